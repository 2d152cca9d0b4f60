"""The benchmark, and the page that it fills."""
