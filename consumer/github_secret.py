#!/usr/bin/env python3
"""Gives the access key in a user's secret to a GitHub repository's workflows, and shows it to nobody on the way.

It needs the AWS CLI, with permission to read the secret, and GitHub's `gh`, with permission to write the repository's
secrets. Running it again is harmless.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

NAMES = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}


class Failed(Exception):
    """What could not be done; the sentence holds no secret."""


def main() -> None:
    """Read the secret, and set both of the repository's."""
    arguments = _arguments()
    try:
        value = _stored(arguments.secret, arguments.region)
        where = ["--repo", arguments.repo, *(["--env", arguments.env] if arguments.env else [])]
        for name, field in NAMES.items():
            # By standard input: a command line is there for everybody on the machine to read.
            _run(["gh", "secret", "set", name, *where], given=value[field])
    except Failed as failure:
        sys.exit(f"github_secret.py: {failure}")
    sys.stdout.write(f"access key {value['AccessKeyId']} is given to {arguments.repo}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--secret", required=True, help="name or ARN, such as keyturn/alice/access-key")
    parser.add_argument("--region", required=True, help="where the secret is")
    parser.add_argument("--repo", required=True, help="OWNER/NAME")
    parser.add_argument("--env", help="the deployment environment whose secrets are meant, not the whole repository's")
    return parser.parse_args()


def _stored(secret: str, region: str) -> dict[str, str]:
    which = ["--secret-id", secret, "--region", region, "--query", "SecretString", "--output", "text"]
    text = _run(["aws", "secretsmanager", "get-secret-value", *which])
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not all(isinstance(value.get(field), str) for field in NAMES.values()):
        raise Failed(f"there is no access key in {secret} yet, so nothing was changed")
    return value


def _run(command: list[str], given: str = "") -> str:
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Failed(f"{command[0]} is not installed") from None
    if done.returncode:
        told = done.stderr.strip()
        raise Failed(f"{' '.join(command[:4])} failed: {told.replace(given, '***') if given else told}")
    return done.stdout


if __name__ == "__main__":
    main()
