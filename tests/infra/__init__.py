"""Tests of what is deployed: the template says what no emulator can check."""
