"""Mutants: the protocol with one of its rules broken, each caught by a test that is named."""
