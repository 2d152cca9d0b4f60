#!/usr/bin/env python3
"""Gives an AWS SDK the access key that Keyturn keeps in Secrets Manager: a `credential_process` that follows rotations.

One file, to be copied to a laptop or server. It needs Python 3.9 or newer and botocore, which boto3 and version 1 of
the AWS CLI bring along. It reads the user's own secret with the access key that it already holds:

    asked for a credential
      |-- read a short while ago ----------------------> answer what is held
      `-- a read is due, made with the key that is held
            |-- AWSCURRENT is another key -------------> take it over, answer it
            |-- no key in it yet, or no secret yet ----> answer what is held
            |-- unreachable, throttled, denied --------> answer what is held, for a short time, and warn
            `-- the key itself is refused -------------> try the one before it, then the bootstrap key, else say so
"""

from __future__ import annotations

import argparse
import configparser
import contextlib
import errno
import getpass
import hashlib
import importlib.util
import io
import json
import os
import re
import stat
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# botocore asks again 15 minutes before Expiration, and at every single call if less than that is left when it is
# answered; 20 minutes make it ask again after five, which is when a failed read is repeated.
SHORT = timedelta(minutes=20)
SOON = timedelta(minutes=5)
# A rollback brings a refused key back at any moment; a program in a loop must not ask at every turn.
VERY_SOON = timedelta(minutes=1)
# An SDK, and so a program, waits for this file. A read that failed is repeated five minutes later, not at once.
CONNECT_SECONDS, READ_SECONDS, LOCK_SECONDS = 2, 3, 15
DEFAULT_MINUTES, LEAST_MINUTES, MOST_MINUTES = 60, 5, 720

# Of the secret's value; the same as of a credential_process's answer, whose shape it has.
VERSION = 1
TIME = "%Y-%m-%dT%H:%M:%SZ"
PRIVATE_DIRECTORY, PRIVATE_FILE = 0o700, 0o600
ENVIRONMENT = ("KEYTURN_ACCESS_KEY_ID", "KEYTURN_SECRET_ACCESS_KEY")
KEY_ID, SECRET_KEY = re.compile(r"\w{16,128}", re.ASCII), re.compile(r"[!-~]{16,256}")
SECRET_ARN = re.compile(r"arn:[a-z-]+:secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}")
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
REGION = re.compile(r"[a-z]+(-[a-z]+)+-[0-9]+")

# What AWS answers to an access key that is Inactive, deleted or unknown, and to a wrong secret.
REFUSALS = frozenset(
    {"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch"}
)
# The same answers come from a clock that is wrong by more than five minutes, with one of these in the message.
WRONG_CLOCK = ("Signature expired", "Signature not yet current")
# A policy that lets users read the secret with their tag denies the one that does not exist yet.
ABSENCES = frozenset({"ResourceNotFoundException", "AccessDeniedException"})

EXAMPLES = """
examples:
  In ~/.aws/config, so that every AWS SDK and the AWS CLI use it as profile alice:
    [profile alice]
    region = eu-west-1
    credential_process = /usr/bin/python3 /opt/keyturn/keyturn_credentials.py
                         --secret keyturn/alice/access-key --region eu-west-1       (all on one line)

  Give it the first access key, once; it is read from the standard input (or asked for), never from an argument:
    aws iam create-access-key --user-name alice --output text \\
        --query 'AccessKey.[AccessKeyId,SecretAccessKey]' |
      keyturn_credentials.py seed --secret keyturn/alice/access-key --region eu-west-1

  Or let it take the first key from a profile of the shared credentials file:
    credential_process = ... --secret keyturn/alice/access-key --region eu-west-1 --bootstrap-profile alice-first

  See what it holds; the exit status is 1 when that does not work:
    keyturn_credentials.py status --secret keyturn/alice/access-key --region eu-west-1

Seed and status need the same --secret, --region, --bootstrap-profile and --cache-dir as the credential_process.
Users of the same name in several accounts: name the secret by its ARN. Without a bootstrap profile the first key may
come from the variables KEYTURN_ACCESS_KEY_ID and KEYTURN_SECRET_ACCESS_KEY.
Exit status: 0 done, 1 failed, 2 wrong arguments.
"""


class Fault(Exception):
    """Nothing can be answered; the sentence says why and what to do."""


class Refused(Exception):
    """AWS does not accept the access key."""


class Absent(Exception):
    """There is no secret that this user may read."""


class Unreadable(Exception):
    """The secret could not be read; that says nothing about the access key."""


@dataclass(frozen=True)
class Credential:
    """An access key with its secret, which no representation shows."""

    key_id: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Check the shape."""
        if not KEY_ID.fullmatch(self.key_id) or not SECRET_KEY.fullmatch(self.secret):
            raise ValueError("this is not an access key ID and a secret access key")


@dataclass(frozen=True)
class Held:
    """What this machine holds, and how it stands with it.

    Attributes:
        credential: the access key that is answered.
        since: when it was taken over.
        next_read: when Secrets Manager is asked again.
        last_read: when it last gave the secret.
        former: the access key before this one: Active during the grace period, and again after a rollback.
        trouble: what went wrong at the last read, empty if nothing did.
        refused: whether AWS refuses the access key.
    """

    credential: Credential
    since: datetime
    next_read: datetime
    last_read: datetime | None = None
    former: Credential | None = None
    trouble: str = ""
    refused: bool = False

    def due(self, now: datetime, interval: timedelta) -> bool:
        """Whether it is time to read; a time further off than one interval was written by a clock since corrected."""
        return not now < self.next_read <= now + interval

    def using(self, credential: Credential, now: datetime) -> Held:
        """The same with another access key, and without a trouble."""
        calm = replace(self, trouble="", refused=False)
        if credential.key_id == self.credential.key_id:
            return replace(calm, credential=credential)
        return replace(calm, credential=credential, former=self.credential, since=now)


Read = Callable[[Credential], "Credential | None"]
Connect = Callable[[str, Credential], Any]


def renewed(held: Held, bootstrap: Credential | None, read: Read, now: datetime, interval: timedelta) -> Held:
    """Look into the secret with the first access key that AWS accepts, and hold what is to be held now."""
    refusals: dict[str, Refused] = {}
    for credential in _to_try(held, bootstrap):
        try:
            found = read(credential)
        except Refused as refusal:
            refusals[credential.key_id] = refusal
            continue
        except Absent as absence:
            # Before the first rotation this is the normal state; afterwards somebody took the secret away.
            trouble = str(absence) if held.last_read else ""
            return replace(
                held.using(credential, now), trouble=trouble, next_read=now + (SOON if trouble else interval)
            )
        except Unreadable as failure:
            return replace(held.using(credential, now), trouble=str(failure), next_read=now + SOON)
        read_now = replace(held.using(credential, now), last_read=now, next_read=now + interval)
        if found is None:
            return read_now
        if found.key_id in refusals or (found == held.former and not _accepted(found, read)):
            trouble = f"AWS refuses access key {masked(found.key_id)}, which the secret holds"
            return replace(read_now, trouble=trouble, next_read=now + SOON)
        return read_now.using(found, now)
    return replace(held, refused=True, trouble=str(refusals[held.credential.key_id]), next_read=now + VERY_SOON)


def _to_try(held: Held, bootstrap: Credential | None) -> Iterable[Credential]:
    by_id: dict[str, Credential] = {}
    for credential in (held.credential, held.former, bootstrap):
        if credential is not None:
            by_id.setdefault(credential.key_id, credential)
    return by_id.values()


def _accepted(credential: Credential, read: Read) -> bool:
    try:
        read(credential)
    except Refused:
        return False
    except (Absent, Unreadable):
        pass
    return True


def answer(held: Held, now: datetime, interval: timedelta) -> str:
    """Give the held access key as the SDKs want it from a credential_process.

    Without an Expiration an SDK would keep the key as long as its process lives. A key that AWS refuses is not
    answered: the program's next call would fail all the same, but with AWS's bare "security token is invalid", since an
    SDK shows what a credential_process writes to stderr only if that fails.

    Raises:
        Fault: when AWS refuses the access key.
    """
    if held.refused:
        raise Fault(held.trouble)
    lasts = SHORT if held.trouble else max(interval, SHORT)
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": held.credential.key_id,
            "SecretAccessKey": held.credential.secret,
            "Expiration": (now + lasts).strftime(TIME),
        }
    )


class Cache:
    """One file in a directory of the user's own, replaced as a whole, so that any number of processes may read it."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self.file = directory / f"{name}.json"

    def load(self) -> Held | None:
        """Give what is held, or None if nothing is.

        Raises:
            Fault: when somebody else can read or has written it, or it makes no sense.
        """
        try:
            self._check(os.lstat(self._directory), self._directory, directory=True)
            with os.fdopen(os.open(self.file, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8") as file:
                self._check(os.fstat(file.fileno()), self.file, directory=False)
                return _held(json.load(file))
        except FileNotFoundError:
            return None
        except OSError as error:
            why = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
            raise Fault(f"{self.file} cannot be used: {why}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            # Without the cause: an error about the content may quote it.
            raise Fault(f"{self.file} is damaged: remove it, and give this file a key again with 'seed'") from None

    def store(self, held: Held) -> None:
        """Replace what is held; only under the lock. It may be the only copy there is, so it is safe on disk before."""
        new = self.file.with_suffix(".new")
        with contextlib.suppress(FileNotFoundError):
            new.unlink()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # which follows no link
        with os.fdopen(os.open(new, flags, PRIVATE_FILE), "w", encoding="utf-8") as file:
            json.dump(_written(held), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.file)
        directory = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    @contextlib.contextmanager
    def lock(self, patience: float) -> Iterator[bool]:
        """Be the only process at it, for the block; False when another one is, for longer than one's patience."""
        import fcntl  # noqa: PLC0415 - not there on Windows, where cache_of() says so

        try:
            self._directory.mkdir(PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            self._check(os.lstat(self._directory), self._directory, directory=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            handle = os.open(self.file.with_suffix(".lock"), flags, PRIVATE_FILE)
        except OSError as error:
            raise Fault(
                f"{self._directory} cannot be used: {error.strerror}; name another one by --cache-dir"
            ) from None
        until = time.monotonic() + patience
        try:
            while not _taken(lambda: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                if time.monotonic() >= until:
                    yield False
                    return
                time.sleep(0.05)
            yield True
        finally:
            os.close(handle)

    @staticmethod
    def _check(status: os.stat_result, path: Path, *, directory: bool) -> None:
        kind, mode = (stat.S_ISDIR, PRIVATE_DIRECTORY) if directory else (stat.S_ISREG, PRIVATE_FILE)
        if not kind(status.st_mode):
            raise Fault(f"{path} is not a {'directory' if directory else 'file'} (a link to one is not used either)")
        if status.st_uid != os.geteuid():
            raise Fault(f"{path} belongs to another user (uid {status.st_uid}): a key in it could be anybody's")
        if others := stat.S_IMODE(status.st_mode) & 0o077:
            raise Fault(
                f"{path} is open to other users (mode {stat.S_IMODE(status.st_mode):04o}, too much by {others:04o}): "
                f"run 'chmod {mode:o} {path}', and have the key rotated if somebody may have read it"
            )


def _taken(take: Callable[[], None]) -> bool:
    try:
        take()
    except BlockingIOError:
        return False
    return True


def _written(held: Held) -> dict[str, object]:
    def keys(credential: Credential | None) -> dict[str, str] | None:
        if credential is None:
            return None
        return {"AccessKeyId": credential.key_id, "SecretAccessKey": credential.secret}

    return {
        "Credential": keys(held.credential),
        "Since": held.since.strftime(TIME),
        "NextRead": held.next_read.strftime(TIME),
        "LastRead": held.last_read and held.last_read.strftime(TIME),
        "Former": keys(held.former),
        "Trouble": held.trouble,
        "Refused": held.refused,
    }


def _held(content: dict[str, Any]) -> Held:
    def moment(text: str) -> datetime:
        return datetime.strptime(text, TIME).replace(tzinfo=timezone.utc)

    return Held(
        credential=_credential(content["Credential"]),
        since=moment(content["Since"]),
        next_read=moment(content["NextRead"]),
        last_read=moment(content["LastRead"]) if content["LastRead"] else None,
        former=_credential(content["Former"]) if content["Former"] else None,
        trouble=str(content["Trouble"]),
        refused=content["Refused"] is True,
    )


def _credential(content: dict[str, Any]) -> Credential:
    return Credential(content["AccessKeyId"], content["SecretAccessKey"])


def reader(secret: str, region: str, connect: Connect) -> Read:
    """Make what reads the AWSCURRENT version of the secret: the access key in it, or None when there is none yet."""

    def read(credential: Credential) -> Credential | None:
        try:
            got = connect(region, credential).get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails here, the access key that is held is still good;
            # and the classes of botocore and of the AWS CLI's own copy of it are not the same.
            raise _translated(error, credential, secret) from None
        try:
            value = json.loads(got["SecretString"])
            # An intent of the first rotation: it has begun, and there is no key in the secret yet.
            if value.get("Status") == "RotationInProgress":
                return None
            # A person may have left it out, or written it as text. Any other one gives the fields another meaning.
            if str(value.get("Version", VERSION)) != str(VERSION):
                raise Unreadable(
                    f"secret {secret} has version {str(value['Version'])[:16]} of Keyturn's form, and this file knows "
                    f"{VERSION}: replace it by a newer keyturn_credentials.py"
                )
            return _credential(value)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unreadable(f"secret {secret} holds no access key in Keyturn's form") from None

    return read


def _translated(error: Exception, credential: Credential, secret: str) -> Exception:
    response = getattr(error, "response", None)
    told = response.get("Error", {}) if isinstance(response, dict) else {}
    code, message = told.get("Code", type(error).__name__), told.get("Message", str(error))
    if any(sign in message for sign in WRONG_CLOCK):
        return Unreadable(f"AWS refuses the time of the call ({message}): set this machine's clock")
    if code in REFUSALS:
        return Refused(
            f"AWS refuses access key {masked(credential.key_id)} ({code}): it is Inactive or deleted, most likely "
            "because this machine did not ask for its successor during the whole grace period. Ask whoever runs "
            f"Keyturn for a rollback of the user of secret {secret}: it makes the key Active again while the key "
            "exists, and nothing else is to be done here. If the key is deleted, have a new one made and give it to "
            "'keyturn_credentials.py seed --replace'"
        )
    if code in ABSENCES:
        return Absent(f"secret {secret} cannot be read any more ({code}: {message}): was it, or a policy, taken away?")
    return Unreadable(f"Secrets Manager could not be asked ({code}: {message})")


def connect_to_secrets_manager(region: str, credential: Credential) -> Any:
    """Make a client; botocore is imported only now, since it takes longer than an answer from the cache."""
    if importlib.util.find_spec("botocore") is None:
        with contextlib.suppress(ImportError):
            # Since 1.46 the AWS CLI (version 1) carries its own copy of botocore, within reach once this is imported.
            importlib.import_module("awscli")
    try:
        config, session = map(importlib.import_module, ("botocore.config", "botocore.session"))
    except ImportError:
        raise Unreadable(f"botocore is missing: run '{sys.executable} -m pip install botocore'") from None
    # With a key given, botocore looks for no other: a profile that names this file does not lead back here.
    return session.Session().create_client(
        "secretsmanager",
        region_name=region,
        aws_access_key_id=credential.key_id,
        aws_secret_access_key=credential.secret,
        config=config.Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1},
            user_agent_extra="keyturn-credentials",
        ),
    )


def bootstrap_credential(profile: str | None) -> Credential | None:
    """Give the access key that the owner gave once: in a profile of the shared credentials file, or in variables.

    Not from AWS_ACCESS_KEY_ID and its like: what is there may be somebody else's, and would be taken for this user's.

    Raises:
        Fault: when there should be one and is not.
    """
    if profile is None:
        values = [os.environ.get(name, "") for name in ENVIRONMENT]
        source = f"the variables {' and '.join(ENVIRONMENT)}"
        if not any(values):
            return None
    else:
        file = _at_home(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials")
        source = f"profile {profile} in {file}"
        values = _from_profile(file, profile)
    try:
        return Credential(*values)
    except ValueError:
        raise Fault(f"{source}: there is no access key ID and secret access key") from None


def _from_profile(file: Path, profile: str) -> list[str]:
    # Raw, as botocore reads it: a secret access key may hold a percent sign.
    parser = configparser.RawConfigParser(default_section="")
    try:
        parser.read(file, encoding="utf-8")
        section = parser[profile]
    except (configparser.Error, KeyError, UnicodeError):  # whose messages may quote the line
        return ["", ""]
    return [section.get(name, "") for name in ("aws_access_key_id", "aws_secret_access_key")]


def masked(key_id: str) -> str:
    """Show enough of an access key ID to tell it from another."""
    return f"{key_id[:4]}…{key_id[-4:]}"


def give(options: argparse.Namespace, cache: Cache, now: datetime, connect: Connect) -> str:
    """Answer with a credential, after a look into the secret if one is due."""
    interval = timedelta(minutes=options.refresh_minutes)
    held = cache.load()
    if held is None or held.due(now, interval):
        # What is held is good while another process looks; without anything good, this one has to wait for it.
        with cache.lock(LOCK_SECONDS if held is None or held.refused else 0) as mine:
            held = cache.load()
            if mine and (held is None or held.due(now, interval)):
                read = reader(options.secret, options.region, connect)
                held = renewed(*_start(held, options, now), read, now, interval)
                _keep(cache, held)
    if held is None:
        raise Fault("another process has been reading the secret for too long: try again")
    if held.trouble and not held.refused:
        warn(f"{held.trouble}; going on with access key {masked(held.credential.key_id)}")
    return answer(held, now, interval)


def _start(held: Held | None, options: argparse.Namespace, now: datetime) -> tuple[Held, Credential | None]:
    if held is not None:
        with contextlib.suppress(Fault):  # it is not needed any more
            return held, bootstrap_credential(options.bootstrap_profile)
        return held, None
    first = bootstrap_credential(options.bootstrap_profile)
    if first is None:
        raise Fault(
            f"no access key is held for secret {options.secret} yet: give it the user's key once, with "
            "'keyturn_credentials.py seed' or from a --bootstrap-profile (see --help)"
        )
    return Held(first, since=now, next_read=now), first


def _keep(cache: Cache, held: Held) -> None:
    try:
        cache.store(held)
    except OSError as error:  # the answer is good all the same
        warn(f"{cache.file} cannot be written ({error.strerror}), so the secret is read again at the next call")


def seed(options: argparse.Namespace, cache: Cache, now: datetime) -> str:
    """Take the first access key, or another one, from the standard input."""
    try:
        if sys.stdin.isatty():
            words = [getpass.getpass("Access key ID: "), getpass.getpass("Secret access key: ")]
        else:
            words = sys.stdin.read().split()
        given = Credential(*words)
    except (EOFError, TypeError, ValueError):
        raise Fault(
            "the standard input has to hold an access key ID and a secret access key, and nothing else"
        ) from None
    with cache.lock(LOCK_SECONDS) as mine:
        if not mine:
            raise Fault("another process is at it: try again")
        if not options.replace and (held := cache.load()):
            raise Fault(
                f"{cache.file} holds access key {masked(held.credential.key_id)} already. For another key of the same "
                "user give --replace. For a user of the same name in another account name the secret by its ARN"
            )
        try:
            cache.store(Held(given, since=now, next_read=now))
        except OSError as error:
            raise Fault(f"{cache.file} cannot be written: {error.strerror}") from None
    return f"access key {masked(given.key_id)} is held in {cache.file}"


def status(options: argparse.Namespace, cache: Cache) -> tuple[str, bool]:
    """Tell what is held and how it stands with it, without asking AWS; and whether all is well."""
    held = cache.load()
    if held is None:
        raise Fault(f"{cache.file} is not there: no access key is held for secret {options.secret}")
    shown = held.credential.key_id if options.full else masked(held.credential.key_id)
    lines = [
        f"access key  {shown}, held since {held.since:%Y-%m-%d %H:%M} UTC{', refused by AWS' if held.refused else ''}",
        f"secret      {options.secret} in {options.region}",
        "last read   " + (f"{held.last_read:%Y-%m-%d %H:%M} UTC" if held.last_read else "never"),
        f"next read   {held.next_read:%Y-%m-%d %H:%M} UTC or later, when an SDK asks",
        f"cache       {cache.file}",
    ]
    return "\n".join([*lines, f"trouble     {held.trouble}"] if held.trouble else lines), not held.trouble


def arguments(given: list[str] | None) -> argparse.Namespace:
    """Read the command line; whatever is wrong with it is named, with exit status 2."""
    parser = argparse.ArgumentParser(
        description="A credential_process that follows the rotations of an IAM user's access key by Keyturn.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = ("give", "seed", "status")
    parser.add_argument("command", nargs="?", choices=commands, default="give", help="what to do (default: give)")
    parser.add_argument("--secret", required=True, help="the user's secret, by its name or ARN")
    parser.add_argument("--region", help="where the secret is (not needed with an ARN)")
    parser.add_argument(
        "--refresh-minutes",
        type=_minutes,
        default=DEFAULT_MINUTES,
        metavar="N",
        help=f"how often the secret is read, {LEAST_MINUTES} to {MOST_MINUTES} (default: {DEFAULT_MINUTES})",
    )
    parser.add_argument("--cache-dir", type=_directory, help="default: $XDG_CACHE_HOME/keyturn or ~/.cache/keyturn")
    parser.add_argument("--bootstrap-profile", metavar="NAME", help="where the first key is (static, no role)")
    parser.add_argument("--replace", action="store_true", help="seed: take the new key although one is held")
    parser.add_argument("--full", action="store_true", help="status: show the whole access key ID")
    options = parser.parse_args(given)
    _check_place(options, parser.error)
    return options


def _check_place(options: argparse.Namespace, complain: Callable[[str], NoReturn]) -> None:
    by_arn = SECRET_ARN.fullmatch(options.secret)
    if not by_arn and not SECRET_NAME.fullmatch(options.secret):
        complain(f"argument --secret: must be the name or ARN of a secret, not {options.secret!r}")
    if by_arn and options.region not in {None, by_arn[1]}:
        complain(f"argument --region: is {options.region}, but the ARN says {by_arn[1]}")
    options.region = options.region or (by_arn and by_arn[1])
    if options.region is None:
        complain("argument --region: is needed, unless --secret is an ARN")
    if not REGION.fullmatch(options.region):
        complain(f"argument --region: must be a region such as eu-west-1, not {options.region!r}")


def _minutes(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not LEAST_MINUTES <= int(text) <= MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"must be a whole number from {LEAST_MINUTES} to {MOST_MINUTES}, not {text!r}")
    return int(text)


def _directory(text: str) -> Path:
    path = _at_home(text)
    if not path.is_absolute():  # an SDK starts this file wherever the program happens to be
        raise argparse.ArgumentTypeError(f"must be an absolute path, not {text!r}")
    return path


def _at_home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # a container may run as a user that nobody knows
        raise Fault(
            f"there is no home directory, so {path} is nowhere: set HOME, or give --cache-dir a full path"
        ) from None


def cache_of(options: argparse.Namespace) -> Cache:
    """Give the cache for these arguments: whatever tells one user from another tells their caches apart."""
    if importlib.util.find_spec("fcntl") is None:  # Windows
        raise Fault("keys are kept by the file modes and locks of Linux and macOS: use it there, or in WSL")
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG specification wants a relative path ignored.
    directory = options.cache_dir or (home if home.is_absolute() else _at_home("~/.cache")) / "keyturn"
    identity = "\n".join([options.region, options.secret, options.bootstrap_profile or ""])
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "-", options.secret)[-80:].lstrip("-")
    return Cache(directory, f"{slug}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}")


def warn(sentence: str) -> None:
    """Tell a person; an SDK reads the standard output alone."""
    sys.stderr.write(f"keyturn_credentials: {sentence}.\n")


def utc_now() -> datetime:
    """Give the time."""
    return datetime.now(timezone.utc)


def main(
    given: list[str] | None = None,
    *,
    connect: Connect = connect_to_secrets_manager,
    clock: Callable[[], datetime] = utc_now,
) -> int:
    """Do what the command line says, and give the exit status."""
    now = clock()
    well = True
    try:
        options = arguments(given)
        cache = cache_of(options)
        if options.command == "seed":
            warn(seed(options, cache, now))
        elif options.command == "status":
            text, well = status(options, cache)
            sys.stdout.write(text + "\n")
        else:
            sys.stdout.write(give(options, cache, now, connect) + "\n")
    except Fault as fault:
        warn(str(fault))
        return 1
    return 0 if well else 1


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):  # SDKs decode both as UTF-8, whatever the machine's own encoding is
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())
