"""The plan in every situation that a user can be in, judged by what is promised about it."""
