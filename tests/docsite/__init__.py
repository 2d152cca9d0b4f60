"""Tests of the site that is built of the pages."""
