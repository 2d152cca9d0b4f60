"""A Secrets Manager of one secret, over HTTP on the loopback, for the file when it runs as a process of its own."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Endpoint(ThreadingHTTPServer):
    """Gives the access key that it is told to give, after a while if it is told to be slow; notes who reads."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.current = ""
        self.more: dict[str, str] = {}
        self.intent = False
        self.refuses = False
        self.pause = threading.Event()
        self.seconds = 0.0
        self.readers: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, reader: str) -> tuple[int, dict[str, object]]:
        """Give the secret's value, or say that there is none, or that the key is none."""
        self.readers.append(reader)
        self.pause.wait(self.seconds)
        if self.refuses:
            return 400, {"__type": "UnrecognizedClientException", "message": "The security token is invalid."}
        if not self.current:
            return 400, {"__type": "ResourceNotFoundException", "Message": "there is no such secret"}
        if self.intent:
            return 200, {"SecretString": json.dumps({"Status": "RotationInProgress"})}
        value = {"Version": 1, "AccessKeyId": self.current, "SecretAccessKey": secret_of(self.current), **self.more}
        return 200, {"Name": "keyturn/alice/access-key", "SecretString": json.dumps(value)}


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        signed = re.search("Credential=([^/]+)/", self.headers["Authorization"])
        status, answer = self.server.answer(signed[1] if signed else "")
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Be silent."""


def secret_of(key_id: str) -> str:
    """Give the fake secret of a fake key."""
    return f"fake-secret-of-{key_id}"


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Serve for the block."""
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.pause.set()
            server.shutdown()
            thread.join()
