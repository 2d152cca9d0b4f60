"""Constructs for the stacks of those who use the keys; Keyturn's own stack has none of them."""
