"""The table of all mutants."""

from tests.mutants.healing import HEALING
from tests.mutants.reading import READING
from tests.mutants.retiring import RETIRING
from tests.mutants.rotating import ROTATING

MUTANTS = (*ROTATING, *HEALING, *RETIRING, *READING)
