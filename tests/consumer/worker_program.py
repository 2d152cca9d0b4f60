"""A program that lives for long: for each line that it is given it makes a call with boto3, and tells how it went."""

import sys

import boto3

queues = boto3.Session(profile_name="alice").client("sqs")
for _ in sys.stdin:
    try:
        queues.list_queues()
        line = "done"
    except Exception as error:  # noqa: BLE001 - whatever a program would have met, the test is to see
        line = f"{type(error).__name__}: {' '.join(str(error).split())}"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
