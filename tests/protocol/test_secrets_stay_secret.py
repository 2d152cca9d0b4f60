"""Every byte that a run lets out, whatever goes wrong and however loud its loggers are, holds no secret access key.

Nor does it hold an SMTP password that is derived from one. What is searched: logs of all loggers at DEBUG, standard
output and error (with the metrics in it), answers, exceptions with their tracebacks, events, messages,
letters, users' and secrets' tags, labels, names and descriptions. There are no other ways out: traces are Lambda's own
and carry no data of the function's.
"""

import base64
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from keyturn.domain.tags import SES_SMTP
from keyturn.request import Request
from tests.fakes.calls import Call, ServiceError
from tests.fakes.faults import EVERY, Fault, always, at
from tests.fakes.identities import SECRET_MARK
from tests.fakes.ses import smtp_password
from tests.fakes.world import World
from tests.protocol.overhearing import Overhearing, Search, every_logger_at_debug
from tests.protocol.scenarios import SCENARIOS, Scenario
from tests.proving import PROVE

DAY = timedelta(days=1)

ROOT = Path(__file__).parents[2]


def echoed(call: Call) -> None:
    """A refusal that repeats what was sent and what it was signed with, as some of AWS's messages do."""
    sent = f"{call.params} by {call.caller.secret_access_key}"
    raise ServiceError("ValidationException", f"1 validation error detected: {sent}", 400)


def broken(call: Call) -> None:
    """An error of our own, in whose message everything stands."""
    raise RuntimeError(f"{call.params} by {call.caller.secret_access_key}")


FAULTS: dict[str, Fault] = EVERY | {"echoed": echoed, "broken": broken}


def event_of(request: Request | None) -> dict[str, object]:
    """The event in which a scenario's request is asked."""
    return {} if request is None else {"action": request.verb.value, "users": list(request.users)}


def calls_of(scenario: Scenario) -> int:
    life, _ = scenario.begin()
    before = len(life.world.calls())
    Overhearing(life.world).invoke(event_of(scenario.request))
    return len(life.world.calls()) - before


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_fault_at_any_call_lets_no_secret_out(
    scenario: Scenario, record_property: Callable[[str, object], None]
) -> None:
    leaked, searched = {}, 0
    for number in range(1, calls_of(scenario) + 1):
        for position, (name, fault) in enumerate(FAULTS.items()):
            if not PROVE and (position + number) % len(FAULTS):
                continue  # in turns: each call meets one of the faults
            life, alice = scenario.begin()
            alice.tags[SES_SMTP] = "eu-west-1"
            overhearing = Overhearing(life.world)
            life.world.intercept.append(at(number, fault))
            overhearing.invoke(event_of(scenario.request) | {"action": "rotate", "on_failure": "raise"})
            overhearing.invoke(event_of(scenario.request))
            life.world.intercept.pop()
            life.world.advance(DAY)
            overhearing.invoke({"action": "status"})
            searched += len(overhearing.everything())
            if found := overhearing.leaked():
                leaked[f"{name} at {number}"] = found
    assert leaked == {}
    record_property("characters searched for secrets", searched)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("operation", ["create_access_key", "put_secret_value", "get_caller_identity"])
def test_a_call_that_carries_a_secret_and_always_fails_lets_none_out(operation: str, fault: Fault) -> None:
    world = World()
    for name in ("alice", "bob"):
        world.key(world.user(name, tags={"keyturn:owner": f"{name}@example.com", SES_SMTP: "eu-west-1"}), age_days=91)
    seen = 0

    def from_the_second(call: Call) -> BaseException | None:
        """Not at the intent, so that there is a key, and its secret, to be let out."""
        nonlocal seen
        seen += call.operation == operation
        return fault(call) if call.operation == operation and (seen > 1 or operation != "put_secret_value") else None

    world.intercept.append(from_the_second)
    overhearing = Overhearing(world)
    for _ in range(3):
        overhearing.invoke({"action": "rotate", "on_failure": "raise"})
        world.advance(DAY)
    assert len(world.keys) > 2 or operation == "create_access_key"
    assert overhearing.leaked() == []


@pytest.mark.says_secrets
@pytest.mark.parametrize("plain", [True, False], ids=["the secret access key", "the SMTP password"])
def test_the_search_finds_a_secret_that_is_there(*, plain: bool) -> None:
    """Wherever a secret is put on purpose, it is found."""
    for spot in ("a log", "a refusal", "an exception", "an event", "the digest", "a letter", "a tag", "a label"):
        world = World()
        alice = world.user("alice", tags={SES_SMTP: "eu-west-1"})
        key = world.keys[world.key(alice, age_days=91)]
        secret = key.secret if plain else smtp_password(key.secret, "eu-west-1")
        overhearing = Overhearing(world)
        overhearing.invoke({})
        assert overhearing.leaked() == []
        match spot:
            case "a log":
                with every_logger_at_debug(overhearing.heard):
                    logging.getLogger("somebody").debug("signing with %s", secret)
            case "a refusal":
                overhearing.invoke({"action": secret})
            case "an exception":
                world.intercept.append(always(raising(f"{secret} is not accepted"), operation="list_secrets"))
                overhearing.invoke({})
            case "an event":
                world.events.append({"Detail": {"secret": secret}})
            case "the digest":
                world.messages.append({"Message": f"use {secret}"})
            case "a letter":
                hidden = b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(f"use {secret}".encode())
                world.letters.append({"RawMessage": {"Data": hidden}})
            case "a tag":
                alice.tags["password"] = secret
            case "a label":
                current = world.secrets["keyturn/alice/access-key"].holder("AWSCURRENT")
                assert current is not None
                current.labels.append(secret)
        assert overhearing.leaked() == [alice.keys[0].id], spot


@pytest.mark.says_secrets
def test_the_search_that_goes_along_with_all_tests_finds_a_secret_in_any_logger() -> None:
    search = Search()
    with every_logger_at_debug(search):
        for name in ("", "somebody", "somebody.else"):
            logging.getLogger(name).debug("signing with %s", f"{SECRET_MARK}AKIA")
    assert search.leaked == [f"signing with {SECRET_MARK}AKIA\n"] * 3
    assert search.length == sum(map(len, search.leaked))


def raising(message: str) -> Fault:
    def fault(_call: Call) -> None:
        raise RuntimeError(message)

    return fault


def loud_run(tmp_path: Path, *options: str) -> tuple[str, dict[str, tuple[str, str]], list[str]]:
    """What a run's process lets out, the secrets and passwords that existed, and who was rotated."""
    file = tmp_path / "secrets.json"
    ended = subprocess.run(
        [sys.executable, "-m", "tests.protocol.loud_run", str(file), *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'lambdas'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    output = ended.stdout.decode(errors="replace")
    assert ended.returncode == 0, output[-2000:]
    account = json.loads(file.read_text(encoding="utf-8"))
    return output, account["secrets"], account["rotated"]


def test_the_real_sdk_at_debug_lets_no_secret_out(tmp_path: Path) -> None:
    output, secrets, rotated = loud_run(tmp_path)
    assert sorted(rotated) == ["alice", "bob", "carol"]
    assert '"level":"INFO"' in output
    assert "KeysRotated" in output
    assert [key for key, words in secrets.items() if any(word in output for word in words)] == []


def test_without_the_filter_the_real_sdk_at_debug_prints_secrets(tmp_path: Path) -> None:
    """Botocore 1.44 prints CreateAccessKey's response and PutSecretValue's parameters."""
    output, secrets, rotated = loud_run(tmp_path, "unheld")
    assert sorted(rotated) == ["alice", "bob", "carol"]
    assert "Response body" in output
    assert len([key for key, (secret, _) in secrets.items() if secret in output]) >= len(rotated)
    assert len([key for key, (_, password) in secrets.items() if password in output]) >= len(rotated)
