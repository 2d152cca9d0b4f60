"""The file that a consumer copies: what it answers, what it keeps, and how an SDK gets along with it."""
