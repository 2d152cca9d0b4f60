"""Tests of one thing at a time, in memory."""
