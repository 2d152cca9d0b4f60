"""Tests of the recipes in docs/recipes: their own lines, as far as they can be tried here."""
