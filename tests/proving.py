"""How much is tried: a slice in `make test`, the whole of it in `make prove`, which sets KEYTURN_PROVE=1."""

import os

PROVE = os.environ.get("KEYTURN_PROVE") == "1"
