"""What AWS's SDK raises becomes one sentence that says what to do."""

import pytest
from botocore import exceptions

from keyturn_cli.options import Target
from keyturn_cli.sessions import explained
from keyturn_cli.trouble import Trouble


def refused(code: str, message: str = "Not for you.") -> exceptions.ClientError:
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "InvokeFunction")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.SSOTokenLoadError(error_msg="x"), "run 'aws sso login --profile work'"),
        (exceptions.UnauthorizedSSOTokenError(), "run 'aws sso login --profile work'"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "run 'aws sso login --profile work'"),
        (refused("ExpiredTokenException"), "have expired: run 'aws sso login --profile work', or get new ones"),
        (refused("ExpiredToken"), "have expired"),
        (refused("UnrecognizedClientException"), "AWS does not accept the credentials of profile 'work'"),
        (refused("AccessDeniedException"), "InvokeFunction is denied (Not for you): ask for the permission"),
        (refused("ThrottlingException"), "InvokeFunction is throttled (ThrottlingException): try again in a minute"),
        (refused("Strange", "Odd.\x1b[2J"), "InvokeFunction: Strange: Odd"),
        (exceptions.NoCredentialsError(), "no credentials were found for profile 'work'"),
        (exceptions.NoRegionError(), "no region is set: add --region NAME"),
        (exceptions.ProfileNotFound(profile="work"), "there is no profile 'work'"),
        (exceptions.ReadTimeoutError(endpoint_url="x"), "'keyturn status' tells what became of it"),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), "AWS could not be reached"),
        (exceptions.EndpointConnectionError(endpoint_url="x"), "AWS could not be reached"),
        (exceptions.InvalidConfigError(error_msg="odd"), "InvalidConfigError"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else "",
)
def test_it_says_what_to_do(error: Exception, said: str) -> None:
    with pytest.raises(Trouble) as caught, explained(Target(profile="work")):
        raise error
    assert said in caught.value.message
    assert caught.value.exit_code == 1
    assert caught.value.__cause__ is None


def test_a_profile_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "ours")
    with pytest.raises(Trouble, match="profile 'ours'"), explained(Target()):
        raise exceptions.NoCredentialsError
