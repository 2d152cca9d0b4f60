"""State outlives its release: what earlier ones left is gone on with, what later ones left is left alone."""
