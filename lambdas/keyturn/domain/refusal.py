"""How a call to AWS can fail, told apart by what is known of its effect."""


class AwsError(Exception):
    """A call failed; the sentence names the operation and AWS's error code, and never carries a request or response."""

    def __init__(self, operation: str, code: str, message: str = "") -> None:
        self.operation = operation
        self.code = code
        super().__init__(f"{operation}: {code}" + (f" ({message})" if message else ""))


class Refused(AwsError):
    """AWS answered that it did not do it."""


class Throttled(Refused):
    """AWS did not do it, for now: surely not executed, so even a call that is not idempotent may be made again."""


class NotFound(Refused):
    """The thing is not there, which for a deletion means that it is done."""


class AlreadyExists(Refused):
    """The thing, or the version with another value, is there: somebody else was first."""


class Ambiguous(AwsError):
    """No answer, or a server error: it may have been done or not."""
