"""The stack: constructs named after what they are, and the configuration they are made from."""
