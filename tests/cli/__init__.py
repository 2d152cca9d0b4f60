"""The command line, from outside: what it prints, where, and how it ends."""
