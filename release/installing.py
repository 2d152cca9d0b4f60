"""The wheel, tried out where there is nothing: an empty environment, with the newest packages that it says it needs."""

import os
import subprocess
import tempfile
import venv
from pathlib import Path


def try_out(wheel: Path) -> str:
    """Install a wheel into an empty environment, and answer which version the program says that it is.

    Raises:
        subprocess.CalledProcessError: when it can't be installed, or does not work.
    """
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        programs = Path(place, "bin")
        # What lies in the checkout must not come to its aid.
        bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        options = ["install", "--quiet", "--no-input", "--only-binary=:all:", str(wheel.resolve())]
        subprocess.run([str(programs / "python"), "-m", "pip", *options], cwd=place, env=bare, check=True)
        command = [str(programs / "keyturn"), "--version"]
        said = subprocess.run(command, cwd=place, env=bare, check=True, stdout=subprocess.PIPE, text=True).stdout
    return said.split()[-1]
