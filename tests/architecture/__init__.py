"""The walls inside the product, held by reading its source."""
