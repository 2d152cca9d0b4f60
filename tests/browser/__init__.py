"""The pages in a real browser: `make browser`."""
