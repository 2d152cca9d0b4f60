"""Translates botocore's exceptions into the domain's, so that what is known of a call's effect is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from keyturn.domain.refusal import AlreadyExists, Ambiguous, AwsError, NotFound, Refused, Throttled

# IAM answers `Throttling`, which its service model does not list. Secrets Manager's LimitExceededException is a quota,
# though botocore takes it for a throttle, too.
THROTTLES: Final = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
}
_NOT_FOUND: Final = {"NoSuchEntity", "ResourceNotFoundException"}
_EXISTS: Final = {"EntityAlreadyExists", "ResourceExistsException"}
_SERVER_ERROR: Final = 500


@contextmanager
def asking(operation: str, *, quiet: bool = False) -> Iterator[None]:
    """Translate what the calls inside raise.

    Args:
        operation: the API operation, for the sentence.
        quiet: leave AWS's message out: it may repeat a parameter that must not be seen.

    Raises:
        AwsError: always one of its kinds. The original is not chained, since tracebacks are logged and botocore's
            validation errors print parameters.
    """
    try:
        yield
    except ClientError as error:
        raise _translated(operation, error, quiet=quiet) from None
    except BotoCoreError as error:
        raise Ambiguous(operation, type(error).__name__) from None


def _translated(operation: str, error: ClientError, *, quiet: bool) -> AwsError:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    message = "" if quiet else error.response.get("Error", {}).get("Message", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in THROTTLES:
        return Throttled(operation, code, message)
    if status >= _SERVER_ERROR:
        return Ambiguous(operation, code, message)
    if code in _NOT_FOUND:
        return NotFound(operation, code, message)
    if code in _EXISTS:
        return AlreadyExists(operation, code, message)
    return Refused(operation, code, message)
