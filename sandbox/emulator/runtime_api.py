"""Lambda's Runtime API (2018-06-01) for one execution environment: hands out events, takes answers and errors."""

import queue
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass(frozen=True)
class Invocation:
    """One event for the function, and until when it may take."""

    request_id: str
    event: bytes
    function_arn: str
    seconds: int


@dataclass(frozen=True)
class Outcome:
    """What the function said: an answer, or an error with its kind."""

    body: bytes
    error: str = ""


class RuntimeApi:
    """Serves one runtime on a port of the loopback."""

    def __init__(self) -> None:
        self.invocations: queue.Queue[Invocation] = queue.Queue()
        self.outcomes: queue.Queue[Outcome] = queue.Queue()
        self.initialized = threading.Event()
        handler = type("Bound", (_Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    api: ClassVar[RuntimeApi]
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        # Without it every warm invocation waits 40 ms for a delayed acknowledgement.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        """Hand out the next invocation, as soon as there is one."""
        self.api.initialized.set()
        invocation = self.api.invocations.get()
        deadline = int((time.time() + invocation.seconds) * 1000)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Lambda-Runtime-Aws-Request-Id", invocation.request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn)
        self._end(invocation.event)

    def do_POST(self) -> None:
        """Take an answer (…/response) or an error (…/error, also of the initialization)."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        failed = self.path.endswith("/error")
        kind = self.headers.get("Lambda-Runtime-Function-Error-Type") or "Unhandled"
        self.api.outcomes.put(Outcome(body, kind if failed else ""))
        self.api.initialized.set()
        self.send_response(202)
        self._end(b"{}")

    def _end(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet: the calls of the runtime are no news."""
