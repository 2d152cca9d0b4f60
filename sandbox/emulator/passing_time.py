"""What happens because time passes: schedules fire and alarms ring, soon after the clock was moved."""

import asyncio

from sandbox.emulator.upstream import cloudwatch, replace, scheduler, sigv4

# EventBridge Scheduler is precise to a minute and CloudWatch looks every minute; a driver that moves the clock waits.
LOOK_EVERY_SECONDS = 0.05
_tasks: set["asyncio.Task[None]"] = set()


def mend() -> None:
    """Look often, in the server's own thread, and believe no single look at the clock."""
    replace(scheduler, "start_scheduler", _start)
    _look_twice()


def _start() -> None:
    # No thread of its own: threads that look at the clock while others do may see it wrong (sandbox/clock.py).
    task = asyncio.get_running_loop().create_task(_look_for_ever())
    _tasks.add(task)  # the loop alone would not keep it


async def _look_for_ever() -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        scheduler._tick_schedules()
        cloudwatch._evaluate_all_alarms()


def _look_twice() -> None:
    once = sigv4.request_time_failure

    def request_time_failure(signature: object) -> object:
        return once(signature) and once(signature)

    replace(sigv4, "request_time_failure", request_time_failure)
