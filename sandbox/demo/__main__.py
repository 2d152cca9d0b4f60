"""`python -m sandbox.demo`: deploys the stack in enforce mode, lets a company live with it, and judges every day."""

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.text import Text

from sandbox.cdk import CdkError
from sandbox.demo import people, promises, summary, timeline
from sandbox.demo.life import Life
from sandbox.demo.recording import COLUMNS, Recording
from sandbox.demo.screen import Screen
from sandbox.demo.seeding import seed
from sandbox.local_aws import local_aws, synthesis
from sandbox.runs import DailyRuns

# Before the oldest key of the seeds.
PAST = timedelta(days=200)
SETTINGS = {"mode": "enforce", "user_path": people.PATH, "notify_from": people.SENDER}


def main() -> int:
    """Live the days; 1 when a promise is broken."""
    arguments = _arguments()
    everybody = [*people.EVERY_SITUATION, *people.ordinary(arguments.users)]
    screen = Screen(everybody, arguments.days)
    started, day_0 = time.monotonic(), datetime.now(UTC)
    with synthesis(SETTINGS) as assembly, local_aws(start=day_0 - PAST) as aws:
        screen.say(f"An AWS account on this machine: {aws.emulator.endpoint}")
        screen.say(f"Making {len(everybody)} IAM users, with keys of up to {PAST.days} days …")
        screen.introduce()
        credentials = seed(aws, everybody, day_0)
        screen.say("Deploying the stack with the CDK, mode enforce …")
        aws.client("ses").verify_email_identity(EmailAddress=people.SENDER)
        deployment = aws.deploy(assembly)
        life = Life(deployment, everybody, credentials, DailyRuns(deployment))
        screen.say(f"Set up in {time.monotonic() - started:.0f} s. Now {arguments.days} days pass.\n")
        broken, recording = [], Recording()
        with screen.living():
            for number in range(1, arguments.days + 1):
                day = life.live(number)
                screen.tell(day)
                recording.tell(day)
                broken += day.broken
        screen.console.print("", screen.timelines(), Text(f"\n{timeline.LEGEND}\n", style="dim"), sep="\n")
        code, sentence = promises.verdict(broken)
        took = time.monotonic() - started
        summary.show(screen.console, life, day, took)
        if arguments.record and not code:
            shown = (list(summary.figures(life, day, took)), list(summary.excuses(life, day)), sentence)
            arguments.record.write_text(recording.picture(screen.timelines(COLUMNS), *shown), encoding="utf-8")
    screen.console.print(Text(f"\n{sentence}", style="bold red" if code else "bold green"))
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--days", type=_at_least(1), default=120, help="days to live (default: 120)")
    parser.add_argument("--users", type=_at_least(0), default=0, help="ordinary users besides (default: 0)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="draw the recording, an SVG, into this file")
    return parser.parse_args()


def _at_least(least: int) -> "argparse._ActionType":
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least}, not {text!r}")
        return int(text)

    return number


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CdkError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
