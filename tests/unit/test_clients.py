"""The real SDK against a server on this machine: how often it sends what, and what it writes into logs."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from keyturn.aws.clients import connect
from keyturn.aws.iam import Iam
from keyturn.aws.identity import Identity
from keyturn.aws.secrets import Secrets
from keyturn.domain.access_key import NewKey
from keyturn.domain.refusal import Ambiguous, AwsError, Refused, Throttled

SECRET = "fake-secret-that-nobody-may-see-00000000"
KEY = NewKey("AKIAFAKE000000000001", SECRET, "alice", datetime(2030, 1, 1, tzinfo=UTC))
CREATED = f"""<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey>
<UserName>alice</UserName><AccessKeyId>{KEY.id}</AccessKeyId><Status>Active</Status>
<SecretAccessKey>{SECRET}</SecretAccessKey><CreateDate>2030-01-01T00:00:00Z</CreateDate>
</AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>"""


@dataclass
class Aws:
    """A server that answers every request alike, and counts them."""

    status: int = 200
    body: str = CREATED
    requests: list[str] = field(default_factory=list)
    drops: bool = False


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """The server, with the SDK's environment pointing to it; retries don't wait."""
    answer = Aws()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer.requests.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if answer.drops:
                self.connection.close()
                return
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body.encode())))
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKIAFAKEROTATOR00001",
            "AWS_SECRET_ACCESS_KEY": "fake",
            "AWS_MAX_ATTEMPTS": "7",
            "AWS_RETRY_MODE": "legacy",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("time.sleep", lambda _: None)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield answer
        server.shutdown()
        thread.join()


def failure(code: str) -> str:
    return f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"


def test_a_created_key_is_read_from_the_answer(aws: Aws) -> None:
    assert Iam(connect()).create_key("alice") == KEY
    assert ["Action=CreateAccessKey" in request for request in aws.requests] == [True]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (500, "ServiceFailure", Ambiguous),
        (503, "ServiceUnavailable", Ambiguous),
        (400, "Throttling", Throttled),
        (409, "LimitExceeded", Refused),
        (403, "AccessDenied", Refused),
    ],
)
def test_a_create_is_sent_once_whatever_comes_of_it(aws: Aws, status: int, code: str, kind: type[AwsError]) -> None:
    aws.status, aws.body = status, failure(code)
    with pytest.raises(AwsError) as error:
        Iam(connect()).create_key("alice")
    assert type(error.value) is kind
    assert len(aws.requests) == 1


def test_a_create_whose_answer_is_lost_is_sent_once(aws: Aws) -> None:
    aws.drops = True
    with pytest.raises(Ambiguous):
        Iam(connect()).create_key("alice")
    assert len(aws.requests) == 1


def test_a_read_is_sent_five_times_whatever_the_environment_says(aws: Aws) -> None:
    aws.status, aws.body = 503, failure("ServiceUnavailable")
    with pytest.raises(Ambiguous):
        Iam(connect()).keys("alice")
    assert len(aws.requests) == 5


def test_a_verification_is_sent_once_and_signed_with_the_new_key(aws: Aws) -> None:
    aws.status, aws.body = 403, failure("InvalidClientTokenId")
    with pytest.raises(Refused, match=r"^GetCallerIdentity: InvalidClientTokenId$"):
        Identity(connect()).of(KEY)
    assert len(aws.requests) == 1


def test_every_request_is_counted_and_so_is_every_throttle(aws: Aws) -> None:
    clients = connect()
    before = clients.tally.sent
    Iam(clients).create_key("alice")
    assert (clients.tally.sent - before, clients.tally.throttled) == (1, 0)
    aws.status, aws.body = 400, failure("Throttling")
    with pytest.raises(Throttled):
        Iam(clients).keys("alice")
    aws.drops = True
    with pytest.raises(Ambiguous):
        Identity(clients).of(KEY)
    assert clients.tally.sent - before == len(aws.requests) == 7
    assert clients.tally.throttled == 5


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every logger there is, and every one to come, at its most talkative."""
    root, former = logging.getLogger(), logging.getLogger().level
    root.setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield caplog
    root.setLevel(former)


def test_no_logger_prints_a_secret_at_any_level_anybody_sets(aws: Aws, log: pytest.LogCaptureFixture) -> None:
    clients = connect()
    for name in list(logging.root.manager.loggerDict):
        log.set_level(logging.DEBUG, logger=name)
    Iam(clients).create_key("alice")
    aws.body = '{"ARN": "arn", "VersionId": "v"}'
    Secrets(clients).store("arn", "t" * 32, KEY)
    aws.body = "<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>"
    with pytest.raises(KeyError):
        Identity(clients).of(KEY)
    assert sum(SECRET in request for request in aws.requests) == 1, "only the store sends it"
    assert SECRET not in log.text


def test_a_call_that_the_sdk_refuses_to_send_shows_no_parameter(aws: Aws) -> None:
    with pytest.raises(AwsError) as error:
        Secrets(connect()).store("arn", "short", KEY)
    assert str(error.value) == "PutSecretValue: ParamValidationError"
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    assert aws.requests == []


def test_a_new_key_shows_no_secret() -> None:
    assert SECRET not in repr(KEY)
    assert SECRET not in f"{KEY}"
