"""Stands in for the Secrets Manager Agent: it wants its token, caches what it has read, and asks anew when told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

TOKEN: Final = "token-of-the-agent"


class Agent(ThreadingHTTPServer):
    """`ask` gives a secret's value as Secrets Manager has it; the time to live never ends here."""

    daemon_threads = True

    def __init__(self, ask: Callable[[str], str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._ask = ask
        self._cache: dict[str, str] = {}
        self.reads = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def value(self, secret: str, *, now: bool) -> str:
        """Give the value from the cache, unless it is not there or is wanted as it is now."""
        if now or secret not in self._cache:
            self.reads += 1
            self._cache[secret] = self._ask(secret)
        return self._cache[secret]


class _Handler(BaseHTTPRequestHandler):
    server: Agent

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if self.headers["X-Aws-Parameters-Secrets-Token"] != TOKEN or asked.path != "/secretsmanager/get":
            self.send_error(403)
            return
        value = self.server.value(query["secretId"], now=query.get("refreshNow") == "true")
        body = json.dumps({"Name": query["secretId"], "SecretString": value}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Be silent."""


@contextmanager
def agent(ask: Callable[[str], str]) -> Iterator[Agent]:
    """Serve for the block."""
    with Agent(ask) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
