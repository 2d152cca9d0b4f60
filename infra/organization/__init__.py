"""Several accounts: the role that each member lends to the deployment in the hub."""
