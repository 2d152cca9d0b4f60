"""AWS as the operator reaches it: a session, and what a refusal means in one sentence.

Imported when a command needs AWS: boto3 takes a quarter of a second, which help and forecasts do without.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

import boto3
from botocore import exceptions
from botocore.config import Config

from keyturn import __version__
from keyturn_cli.options import Target
from keyturn_cli.trouble import Trouble

Client: TypeAlias = Any  # a boto3 client of any service: the stubs name them one by one

_LOGIN: Final = (
    exceptions.SSOError,
    exceptions.SSOTokenLoadError,
    exceptions.UnauthorizedSSOTokenError,
    exceptions.TokenRetrievalError,
    exceptions.LoginTokenLoadError,
)
_EXPIRED: Final = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN_KEY: Final = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
}
_DENIED: Final = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
_THROTTLED: Final = {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"}


class Session:
    """The operator's credentials and region, and clients that are made when they are needed."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._session = boto3.Session(profile_name=target.profile, region_name=target.region)
        self._clients: dict[tuple[str, bool], Client] = {}
        self._making = threading.Lock()  # a session is not safe for threads that make clients

    @property
    def region(self) -> str:
        """The region that is asked.

        Raises:
            NoRegionError: when none is configured.
        """
        if region := self._session.region_name:
            return region
        raise exceptions.NoRegionError

    def client(self, service: str, *, again: bool = False) -> Client:
        """Give the client of a service; with `again` a function may be invoked once more, since it changes nothing."""
        with self._making:
            if (service, again) not in self._clients:
                self._clients[service, again] = self._made(service, attempts=4 if again or service != "lambda" else 1)
            return self._clients[service, again]

    def lent(self, service: str, role: str, external_id: str | None) -> Client:
        """Give a client that signs with a session of a role, which another account lends."""
        asked = {"RoleArn": role, "RoleSessionName": "keyturn-report", "DurationSeconds": 3600}
        lent = self.client("sts").assume_role(**asked, **({"ExternalId": external_id} if external_id else {}))
        with self._making:
            return self._made(
                service,
                aws_access_key_id=lent["Credentials"]["AccessKeyId"],
                aws_secret_access_key=lent["Credentials"]["SecretAccessKey"],
                aws_session_token=lent["Credentials"]["SessionToken"],
            )

    def _made(self, service: str, *, attempts: int = 4, **signing: str) -> Client:
        return self._session.client(
            service,  # type: ignore[call-overload] # the stubs know literal names only
            config=Config(
                user_agent_extra=f"keyturn/{__version__}",
                # An invocation may take a run's 15 minutes, and one that acts is not to be made twice.
                read_timeout=910 if service == "lambda" else 60,
                retries={"mode": "standard", "total_max_attempts": attempts},
                max_pool_connections=64,  # accounts are asked side by side
            ),
            **signing,
        )

    def signing_with(self, service: str, key_id: str, secret_access_key: str) -> Client:
        """Give a client that signs with another access key."""
        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs know literal names only
            region_name=self.region,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret_access_key,
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
        )


def code_of(error: exceptions.ClientError) -> str:
    """Give AWS's own code of a refusal."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


@contextmanager
def explained(target: Target) -> Iterator[None]:
    """Turn what AWS's SDK raises into one sentence that says what to do."""
    profile = target.profile or os.environ.get("AWS_PROFILE") or "default"
    try:
        yield
    except exceptions.ProfileNotFound:
        raise Trouble(f"there is no profile {profile!r}: 'aws configure list-profiles' names those there are") from None
    except _LOGIN:
        raise Trouble(
            f"the sign-in of profile {profile!r} has expired: run 'aws sso login --profile {profile}'"
        ) from None
    except exceptions.NoRegionError:
        raise Trouble(
            "no region is set: add --region NAME, or set AWS_REGION, to where the stack is deployed"
        ) from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError):
        raise Trouble(
            f"no credentials were found for profile {profile!r}: set AWS_PROFILE or add --profile NAME "
            f"('aws sso login --profile NAME' signs in)"
        ) from None
    except exceptions.ClientError as error:
        raise Trouble(_refusal(error, profile)) from None
    except exceptions.ReadTimeoutError:
        raise Trouble(
            "no answer in time: a run may still be at work, 'keyturn status' tells what became of it"
        ) from None
    except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
        raise Trouble(
            f"AWS could not be reached ({type(error).__name__}): see to the network, or AWS_ENDPOINT_URL"
        ) from None
    except exceptions.BotoCoreError as error:
        raise Trouble(f"{type(error).__name__}: {error}") from None


def _refusal(error: exceptions.ClientError, profile: str) -> str:
    code, operation = code_of(error), error.operation_name
    message = str(error.response.get("Error", {}).get("Message", "")).rstrip(".")
    if code in _EXPIRED:
        login = f"run 'aws sso login --profile {profile}', or get new ones"
        return f"the credentials of profile {profile!r} have expired: {login}"
    if code in _UNKNOWN_KEY:
        return f"AWS does not accept the credentials of profile {profile!r} ({code}): see 'aws sts get-caller-identity'"
    if code in _DENIED:
        wish = "ask for the permission, or add --profile NAME; docs/cli.md lists what a command needs"
        return f"{operation} is denied ({message}): {wish}"
    if code in _THROTTLED:
        return f"{operation} is throttled ({code}): try again in a minute"
    return f"{operation}: {code}: {message}"
