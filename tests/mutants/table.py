"""The table of all mutants."""

from tests.mutants.creating import CREATING
from tests.mutants.deactivating import DEACTIVATING
from tests.mutants.deleting import DELETING
from tests.mutants.facts import FACTS
from tests.mutants.healing import HEALING
from tests.mutants.storing import STORING

MUTANTS = (*CREATING, *STORING, *HEALING, *DEACTIVATING, *DELETING, *FACTS)
