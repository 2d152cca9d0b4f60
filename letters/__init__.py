"""The letters' sources, and how they become the templates that the Lambda fills: `make letters`."""
