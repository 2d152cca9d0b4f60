"""What botocore raises becomes what is known of a call's effect, and tells of no parameter."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from keyturn.aws.translation import asking
from keyturn.domain.refusal import AlreadyExists, Ambiguous, AwsError, NotFound, Refused, Throttled


def client_error(code: str, status: int) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": "what AWS says"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


def translated(error: Exception, *, quiet: bool = False) -> AwsError:
    with pytest.raises(AwsError) as caught, asking("Operation", quiet=quiet):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("Throttling", 400, Throttled),
        ("ThrottlingException", 400, Throttled),
        ("RequestLimitExceeded", 503, Throttled),
        ("TooManyRequestsException", 429, Throttled),
        ("SlowDown", 503, Throttled),
        ("ServiceFailure", 500, Ambiguous),
        ("InternalServiceError", 500, Ambiguous),
        ("ServiceUnavailable", 503, Ambiguous),
        ("NoSuchEntity", 404, NotFound),
        ("ResourceNotFoundException", 400, NotFound),
        ("EntityAlreadyExists", 409, AlreadyExists),
        ("ResourceExistsException", 400, AlreadyExists),
        ("LimitExceeded", 409, Refused),
        ("LimitExceededException", 400, Refused),
        ("AccessDenied", 403, Refused),
        ("AccessDeniedException", 400, Refused),
        ("EntityTemporarilyUnmodifiable", 409, Refused),
        ("InvalidClientTokenId", 403, Refused),
        ("InvalidRequestException", 400, Refused),
        ("", 400, Refused),
    ],
)
def test_a_services_answer_is_told_apart_by_its_effect(code: str, status: int, kind: type[AwsError]) -> None:
    error = translated(client_error(code, status))
    assert type(error) is kind
    assert str(error) == f"Operation: {code} (what AWS says)"
    assert (error.operation, error.code) == ("Operation", code)


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://x"),
        ConnectionClosedError(endpoint_url="https://x"),
        EndpointConnectionError(endpoint_url="https://x"),
        NoCredentialsError(),
        ParamValidationError(report="SecretString: fake-secret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_answer_may_mean_anything(error: Exception) -> None:
    found = translated(error)
    assert type(found) is Ambiguous
    assert str(found) == f"Operation: {type(error).__name__}"


def test_what_aws_says_is_left_out_where_it_may_repeat_a_secret() -> None:
    assert str(translated(client_error("ValidationException", 400), quiet=True)) == "Operation: ValidationException"


def test_the_original_is_not_chained() -> None:
    error = translated(ParamValidationError(report="SecretString: fake-secret"))
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_an_answer_without_an_error_code_is_a_refusal() -> None:
    assert str(translated(ClientError({}, "Operation"))) == "Operation: Unknown"


def test_what_is_no_error_of_aws_passes_as_it_is() -> None:
    with pytest.raises(KeyError), asking("Operation"):
        raise KeyError("x")
