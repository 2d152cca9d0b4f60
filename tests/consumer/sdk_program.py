"""A program that lives for long: for each line that it is given it says with which access key boto3 would sign."""

import sys

import boto3

session, credentials = None, None
for _ in sys.stdin:
    try:
        session = session or boto3.Session(profile_name="alice")
        credentials = credentials or session.get_credentials()
        line = credentials.get_frozen_credentials().access_key if credentials else "no credentials"
    except Exception as error:  # noqa: BLE001 - whatever a program would have met, the test is to see
        line = f"{type(error).__name__}: {' '.join(str(error).split())}"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
