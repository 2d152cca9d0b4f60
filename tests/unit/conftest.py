"""How long and how randomly properties are tried: the same examples at every run, however busy the machine is."""

from hypothesis import settings

settings.register_profile("keyturn", deadline=None, derandomize=True)
settings.load_profile("keyturn")
