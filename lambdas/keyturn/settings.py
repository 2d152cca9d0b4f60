"""The settings: parsed once, from a mapping of names to text, into a frozen value that has checked itself.

The same fields serve the Lambda's environment (`KEYTURN_MAX_AGE_DAYS`) and the stack's context (`max_age_days`).
"""

import dataclasses
import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from keyturn import overrides
from keyturn.domain.address import ADDRESS
from keyturn.domain.policy import AtDeadline, Policy
from keyturn.kinds import FLAG, matching, number, one_of, setting

PREFIX: Final = "KEYTURN_"


class Mode(StrEnum):
    """Whether a run acts on its plan."""

    OBSERVE = "observe"
    ENFORCE = "enforce"


class Exposure(StrEnum):
    """What is done about a key that AWS Health reports as exposed."""

    DEACTIVATE = "deactivate"
    ALERT = "alert"


class Keeper(StrEnum):
    """Which account keeps the secrets of a member's users."""

    MEMBER = "member"
    HUB = "hub"


class InvalidSettings(ValueError):
    """Says of each faulty setting its name, its value and what is allowed; raised before any call to AWS."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


_ARN = r"arn:aws[a-z-]*:{service}:[a-z0-9-]+:[0-9]{{12}}:{rest}"
# Only what is plain in an IAM policy's resource: a `*`, `?` or `$` in a path would widen the role built from it.
_PATH = r"/(?:[A-Za-z0-9._=,@+-]+/)*"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings, with their defaults; ages are in days here and become durations in the policy."""

    max_age_days: int = setting(90, number(4, 3650))
    grace_days: int = setting(14, number(1, 365))
    recovery_days: int = setting(30, number(1, 365))
    idle_days: int = setting(2, number(1, 365))
    unused_days: int = setting(90, number(1, 3650))
    in_use_at_deadline: AtDeadline = setting(AtDeadline.HOLD, one_of(AtDeadline))
    mode: Mode = setting(Mode.OBSERVE, one_of(Mode))
    max_rotations_per_run: int = setting(100, number(1, 10_000))
    concurrency: int = setting(8, number(1, 64))
    # A role is scoped to secrets below the prefix, so it has to end where a folder ends.
    secret_prefix: str = setting(
        "keyturn/",
        matching(
            r"(?!aws/)(?!/)(?:[A-Za-z0-9_+=.@-]{1,64}/){1,3}",
            "one to three folders of letters, digits and _+=.@-, each ended by a slash, such as 'keyturn/'",
        ),
    )
    user_path: str = setting(
        "/",
        matching(rf"(?=.{{1,512}}$){_PATH}", "an IAM path that begins and ends with a slash, such as '/services/'"),
    )
    opt_in: bool = setting(default=False, kind=FLAG)
    guard_hours: int = setting(24, number(1, 720))
    exposure_response: Exposure = setting(Exposure.DEACTIVATE, one_of(Exposure))
    notify_from: str | None = setting(None, matching(ADDRESS, "an e-mail address that SES may send from"))
    kms_key_id: str | None = setting(
        None,
        matching(
            r"(?:" + _ARN.format(service="kms", rest=r"(?:key|alias)/[A-Za-z0-9/_-]+") + r"|[A-Za-z0-9/_-]{1,256})",
            "the ID, alias or ARN of a KMS key",
        ),
    )
    event_bus: str | None = setting(
        None,
        matching(
            r"(?:" + _ARN.format(service="events", rest=r"event-bus/[A-Za-z0-9/._-]+") + r"|[A-Za-z0-9/._-]{1,256})",
            "the name or ARN of an event bus",
        ),
    )
    topic_arn: str | None = setting(
        None, matching(_ARN.format(service="sns", rest=r"[A-Za-z0-9_-]+"), "the ARN of an SNS topic")
    )
    mail_configuration_set: str | None = setting(
        None, matching(r"[A-Za-z0-9_-]{1,64}", "the name of a configuration set in SES")
    )
    external_id: str | None = setting(
        None,
        matching(
            r"[A-Za-z0-9+=,.@:/-]{8,64}", "8 to 64 letters, digits and +=,.@:/-, which the members' roles ask for"
        ),
    )
    member_roles: str | None = setting(
        None,
        matching(
            r"arn:aws[a-z-]*:iam::\*:role/[A-Za-z0-9/_+=,.@-]+", "the ARN of a role, with '*' in the account's place"
        ),
    )

    accounts: str | None = setting(None, overrides.KIND)
    secrets_in: Keeper = setting(Keeper.MEMBER, one_of(Keeper))

    def __post_init__(self) -> None:
        """Check what no single setting can tell.

        Raises:
            InvalidSettings: naming each pair of settings that contradict each other.
        """
        faults = [text.format_map(_Spelt(str)) for text in self._contradictions()]
        if faults:
            raise InvalidSettings(faults)

    @property
    def policy(self) -> Policy:
        """The ages as durations."""
        return Policy(
            max_age=timedelta(days=self.max_age_days),
            grace=timedelta(days=self.grace_days),
            recovery=timedelta(days=self.recovery_days),
            idle=timedelta(days=self.idle_days),
            unused=timedelta(days=self.unused_days),
            guard=timedelta(hours=self.guard_hours),
            at_deadline=self.in_use_at_deadline,
        )

    def of_account(self, account: str) -> "Settings":
        """The settings for one account: what `accounts` says of it goes before what holds for all.

        Raises:
            InvalidSettings: naming what is malformed, or contradicts the others.
        """
        kinds = {each.name: each.metadata["kind"] for each in dataclasses.fields(self)}
        values, faults = {}, []
        for name, text in overrides.of(account, self.accounts).items():
            try:
                values[name] = kinds[name].read(text)
            except (ValueError, KeyError):
                faults.append(f"{name} is {_shown(text)}: allowed is {kinds[name].allowed}")
        if faults:
            raise InvalidSettings(faults)
        return dataclasses.replace(self, accounts=None, **values)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the `KEYTURN_*` variables and leave all others alone.

        Raises:
            InvalidSettings: naming every variable that is unknown, malformed or in contradiction to another.
        """
        ours = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
        return cls.parse(ours, lambda name: PREFIX + name.upper())

    @classmethod
    def parse(cls, texts: Mapping[str, str], spelling: Callable[[str], str] = str) -> "Settings":
        """Read settings from `texts`, whose keys are spelt by `spelling` from the fields' names.

        Raises:
            InvalidSettings: naming every key that is unknown, malformed or in contradiction to another.
        """
        kinds = {spelling(each.name): (each.name, each.metadata["kind"]) for each in dataclasses.fields(cls)}
        faults, values = [], {}
        for key, text in texts.items():
            if key not in kinds:
                faults.append(_unknown(key, kinds))
                continue
            name, kind = kinds[key]
            try:
                values[name] = kind.read(text)
            except (ValueError, KeyError):
                faults.append(f"{key} is {_shown(text)}: allowed is {kind.allowed}")
        # Values that can be read are checked against each other even when others can't: all faults are told at once.
        settings = object.__new__(cls)
        for each in dataclasses.fields(cls):
            object.__setattr__(settings, each.name, values.get(each.name, each.default))
        faults.extend(text.format_map(_Spelt(spelling)) for text in settings._contradictions())
        if faults:
            raise InvalidSettings(faults)
        return settings

    def _contradictions(self) -> Iterator[str]:
        needed = 2 * self.grace_days + self.recovery_days + 1
        if self.max_age_days < needed:
            yield (
                f"{{max_age_days}} is {self.max_age_days}: with {{grace_days}} {self.grace_days} and {{recovery_days}} "
                f"{self.recovery_days} allowed is {needed} or more (2 x grace + recovery + 1), or a successor would "
                "fall due while its predecessor still holds the second slot"
            )
        for account in overrides.named(self.accounts):
            try:
                self.of_account(account)
            except InvalidSettings as invalid:
                yield from (f"{{accounts}} for {account}: {fault}" for fault in invalid.faults)
        if self.unused_days < self.idle_days:
            yield (
                f"{{unused_days}} is {self.unused_days}: allowed is {{idle_days}} ({self.idle_days}) or more, "
                "since a key that is in use is not unused"
            )


class _Spelt(dict[str, str]):
    """Spells a field's name as the reader of a fault knows it."""

    def __init__(self, spelling: Callable[[str], str]) -> None:
        super().__init__()
        self._spelling = spelling

    def __missing__(self, name: str) -> str:
        return self._spelling(name)


def _shown(text: str, limit: int = 80) -> str:
    return repr(text if len(text) <= limit else text[:limit] + "…")


def _unknown(key: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "allowed are " + ", ".join(known)
    return f"{_shown(key)} is not a setting: {hint}"
