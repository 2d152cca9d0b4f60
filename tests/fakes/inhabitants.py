"""What happens in an account without the rotator: people make users and keys, programs use them, alarms ring."""

from collections.abc import Mapping
from datetime import timedelta

from tests.fakes.account import Account, Alarm
from tests.fakes.calls import Caller
from tests.fakes.iam_keys import record_use
from tests.fakes.identities import AccessKey, User
from tests.fakes.signing import authenticate

PERSON = Caller("a person")


class InhabitedAccount(Account):
    """An account with the acts of its inhabitants; none of them is a call in the log."""

    def user(self, name: str, *, tags: Mapping[str, str] | None = None, path: str = "/", age_days: float = 400) -> User:
        """A person makes a user."""
        user = self.add_user(name, path, self.now - timedelta(days=age_days))
        user.tags = dict(tags or {})
        return user

    def key(
        self,
        user: User | str,
        *,
        age_days: float = 0,
        status: str = "Active",
        last_used_days: float | None = None,
        service: str = "s3",
    ) -> str:
        """A person made a key some days ago, beyond the quota if need be (fact 2.3: it is racy); its id."""
        owner = user if isinstance(user, User) else self.users[user.lower()]
        key = self.add_key(owner, PERSON, self.now - timedelta(days=age_days), status)
        if last_used_days is not None:
            record_use(self, key, service, self.region, self.now - timedelta(days=last_used_days))
        return key.id

    def use(self, key_id: str, service: str = "s3") -> None:
        """A program signs a call with a key; refused unless the key is Active."""
        authenticate(self, Caller("a consumer", 0, key_id, self.keys[key_id].secret), service)

    def alarm(self, name: str, state: str = "OK", *, composite: bool = False) -> None:
        """An alarm is made, or changes its state now."""
        former = self.alarms.get(name)
        if former is None or former.state != state:
            self.alarms[name] = Alarm(name, state, self.now, composite)

    def active(self, user: str) -> list[AccessKey]:
        """The user's Active keys as they are, whatever listings say."""
        return [key for key in self.users[user.lower()].living if key.status == "Active"]

    def forget_deprecated(self) -> None:
        """Secrets Manager deletes the versions without a label, as it may at any time (fact 4.4)."""
        for secret in self.secrets.values():
            secret.versions = {token: version for token, version in secret.versions.items() if version.labels}
