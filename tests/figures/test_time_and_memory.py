"""How long a run and the import take, and how much memory a scan needs."""

import subprocess
import sys
import time
from pathlib import Path

from tests.fakes.faults import always, meanwhile
from tests.fakes.invariants import violations
from tests.fakes.world import World
from tests.figures.figure import at_most
from tests.unit.running import performed

ROOT = Path(__file__).parents[2]
TIMES = 5


def test_two_hundred_users_of_which_fifty_are_due_at_sixty_milliseconds_a_call() -> None:
    world = World()
    for number in range(200):
        world.key(world.user(f"user-{number}"), age_days=100 if number < 50 else 10)
    world.intercept.append(always(meanwhile(lambda: time.sleep(0.06))))
    began = time.monotonic()
    run = performed(world, event_bus="default")
    seconds = time.monotonic() - began
    assert run.report.totals["CreateKey"] == 50
    assert violations(world) == []
    at_most("200 users, 50 due, 60 ms added to each call, 8 at once", round(seconds, 2), 8, "s")


def python(code: str) -> float:
    """The number that a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'lambdas'}", "AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return float(done.stdout)


def test_importing_the_handler_takes_little_longer_than_importing_boto3() -> None:
    timed = "import time; t = time.process_time(); import {}; print(time.process_time() - t)"
    # By turns, so that a busy machine is busy for both; the least is what the import itself takes.
    pairs = [(python(timed.format("boto3")), python(timed.format("keyturn.rotate"))) for _ in range(TIMES)]
    boto3, handler = (min(each) for each in zip(*pairs, strict=True))
    print(f"\nboto3 {boto3 * 1000:.0f} ms, keyturn.rotate {handler * 1000:.0f} ms")  # noqa: T201 - what a figure is made of
    at_most("import of the handler", round(handler / boto3, 2), 1.6, "times that of boto3")


SCAN = """
from pathlib import Path
from tests.fakes.world import World
from tests.lambda_function import LambdaFunction

world = World()
for number in range(5_000):
    world.key(world.user(f"user-{number}", tags={"keyturn:owner": "somebody@example.com"}), age_days=10)
function = LambdaFunction(world)
answer = function.invoke({"action": "status"})
assert len(answer["users"]) == 5_000, answer["status"]
# Not ru_maxrss, which a process inherits from the one that starts it.
(peak,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(int(peak.split()[1]) / 1024)
"""


def test_a_scan_of_five_thousand_users_fits_into_a_small_function() -> None:
    megabytes = python(SCAN)
    at_most("peak memory of a scan of 5,000 users, the account itself included", round(megabytes), 256, "MB")
