"""The site that `make docs` builds of the pages, which are written for the repository."""
