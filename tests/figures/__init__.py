"""Figures that Keyturn promises, measured; `pytest -s tests/figures` prints them."""
