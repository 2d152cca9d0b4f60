"""The door to STS: whom a key belongs to, as AWS sees it."""

from dataclasses import dataclass

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking
from keyturn.domain.access_key import NewKey


@dataclass(frozen=True)
class Caller:
    """Who signed a call."""

    account: str
    arn: str
    user_id: str


class Identity:
    """STS in the domain's words."""

    def __init__(self, clients: Clients) -> None:
        self._sts = clients.sts

    def of(self, key: NewKey) -> Caller:
        """Ask STS, with a call signed by the key, whose it is; it needs no permission, and no policy can deny it.

        Raises:
            AwsError: a new key is refused (InvalidClientTokenId, SignatureDoesNotMatch) until IAM has spread it.
        """
        with asking("GetCallerIdentity", quiet=True):
            answer = self._sts(key.id, key.secret).get_caller_identity()
        return Caller(answer["Account"], answer["Arn"], answer["UserId"])
