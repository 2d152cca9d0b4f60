"""`make audit` is green when an advisory service has answered that all is well, and never otherwise.

A service on this machine answers in place of the real ones, in their words.
"""

import gzip
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.release.copies import CHECKOUT

LOCKED = ("lambdas/requirements", "requirements", "requirements-dev", "sandbox/requirements")


@dataclass
class Advisories:
    """What the service knows, and what it was asked about."""

    vulnerable: str = ""
    status: int = 200
    asked: set[str] = field(default_factory=set)

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        if "package" not in question:  # npm asks about all at once: {"aws-cdk": ["2.1148.1"]}
            self.asked |= set(question)
            return {name: [_advisory(name)] for name in question if name == self.vulnerable}
        name = question["package"]["name"]
        self.asked.add(name)
        return (
            {"vulns": [{"id": "FAKE-2030-1", "summary": "is fake", "affected": []}]} if name == self.vulnerable else {}
        )


def _advisory(name: str) -> dict[str, Any]:
    return {
        "id": 1,
        "name": name,
        "title": "is fake",
        "severity": "low",
        "vulnerable_versions": "*",
        "url": "https://example.com/FAKE-2030-1",
        "cwe": [],
        "cvss": {"score": 0, "vectorString": None},
    }


@contextmanager
def service(advisories: Advisories) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            answer = json.dumps(advisories.answer(json.loads(body))).encode()
            self.send_response(advisories.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            """Know nothing of how npm could mend a package."""
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def audit(place: str) -> "subprocess.CompletedProcess[str]":
    # What is installed is what runs this test; nothing is to be set up anew for it.
    ready = [f"--assume-old={each}/.ready" for each in (".venv", "node_modules")]
    asking = f"AUDIT=--vulnerability-service=osv --osv-url={place}/v1/query"
    command = ["make", "--no-print-directory", *ready, "audit", asking, f"NPM_AUDIT=--registry={place}"]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=300)


def pinned() -> set[str]:
    """The names of all that is pinned; what is pinned for other systems and Pythons is not asked about on this one."""
    texts = [(CHECKOUT / f"{each}.txt").read_text(encoding="utf-8") for each in LOCKED]
    lines = [Requirement(line.rstrip(" \\")) for text in texts for line in text.splitlines() if line[:1].isalnum()]
    names = {canonicalize_name(each.name) for each in lines if each.marker is None or each.marker.evaluate()}
    return {*names, "aws-cdk"}


def test_all_that_is_pinned_for_this_machine_is_asked_about() -> None:
    advisories = Advisories()
    with service(advisories) as place:
        done = audit(place)
    assert done.returncode == 0, done.stderr
    assert pinned() - advisories.asked == set()


@pytest.mark.parametrize("name", ["botocore", "ministack", "aws-cdk"])
def test_one_vulnerable_package_in_any_of_the_files_makes_it_fail(name: str) -> None:
    with service(Advisories(vulnerable=name)) as place:
        done = audit(place)
    assert done.returncode != 0
    assert "FAKE-2030-1" in done.stdout + done.stderr
    assert "Not clean, or not audited" in done.stderr


@pytest.mark.parametrize("status", [404, 500])
def test_a_service_that_does_not_answer_makes_it_fail(status: int) -> None:
    with service(Advisories(status=status)) as place:
        done = audit(place)
    assert done.returncode != 0
    assert "Not clean, or not audited" in done.stderr


def test_so_does_one_that_is_not_there() -> None:
    with service(Advisories()) as place:
        pass
    assert audit(place).returncode != 0


def test_a_package_that_the_service_does_not_know_is_not_taken_for_a_clean_one() -> None:
    """pip-audit skips such packages and is green, unless it is told to be strict."""
    (rule,) = [line for line in (CHECKOUT / "Makefile").read_text(encoding="utf-8").splitlines() if "pip-audit" in line]
    assert "--strict" in rule
