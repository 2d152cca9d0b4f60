"""The stack's configuration: the rotation's settings and the stack's own, checked before anything is synthesized."""

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aws_cdk.aws_logs import RetentionDays

from infra import context
from keyturn.domain.address import ADDRESS
from keyturn.domain.waves import OWN_ACCOUNT
from keyturn.kinds import FLAG, Kind, matching, number
from keyturn.settings import InvalidSettings, Keeper, Settings

# The periods that CloudWatch Logs knows, without "forever": what is kept for ever is kept by nobody's decision.
LOG_RETENTION: Final = {
    1: RetentionDays.ONE_DAY,
    7: RetentionDays.ONE_WEEK,
    30: RetentionDays.ONE_MONTH,
    90: RetentionDays.THREE_MONTHS,
    180: RetentionDays.SIX_MONTHS,
    365: RetentionDays.ONE_YEAR,
    400: RetentionDays.THIRTEEN_MONTHS,
    731: RetentionDays.TWO_YEARS,
    1096: RetentionDays.THREE_YEARS,
    1827: RetentionDays.FIVE_YEARS,
    2557: RetentionDays.SEVEN_YEARS,
    3653: RetentionDays.TEN_YEARS,
}

# At least one run a day, whatever the schedule: a key falls due one day before its grace period has to begin, and the
# alarm for "no good run" waits 26 hours. So a cron expression chooses the minute and the hours, and no days.
_HOUR: Final = r"(?:[01]?[0-9]|2[0-3])"
_HOURS: Final = rf"(?:\*(?:/(?:[1-9]|1[0-2]))?|{_HOUR}(?:-{_HOUR})?(?:,{_HOUR}(?:-{_HOUR})?)*)"
_CRON: Final = rf"cron\([1-5]?[0-9] {_HOURS} (?:\* \* \?|\? \* \*) \*\)"
_RATE: Final = r"rate\((?:1 day|1 hour|(?:[2-9]|1[0-9]|2[0-4]) hours)\)"
# Where the runbook is: a folder of this repository, or wherever its pages are shown. It stands in alarms' descriptions.
_PLACE: Final = r"[A-Za-z0-9][^\s\"'<>]{0,198}[^\s\"'<>/]"
# What a wave of accounts names (patterns of ids: Organizations API reference).
_UNIT: Final = r"(?:ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})"
_ACCOUNT: Final = rf"(?:\*|{OWN_ACCOUNT}|[0-9]{{12}}|{_UNIT})"
_ACCOUNTS: Final = rf"{_ACCOUNT}(?: +{_ACCOUNT})*"


_OWN: Final = {
    "schedule": matching(
        f"{_RATE}|{_CRON}",
        "at least one run a day: 'rate(1 day)', 'rate(N hours)', or in UTC 'cron(MINUTE HOURS * * ? *)'",
    ),
    # Two runs are at most a day, the window and a run apart: within the alarm's 26 hours only with an hour's window.
    "flexible_minutes": Kind(number(0, 60).read, "a whole number from 0 (no window) to 60"),
    "log_retention_days": Kind(
        {str(days): days for days in LOG_RETENTION}.__getitem__, "one of " + ", ".join(map(str, LOG_RETENTION))
    ),
    "customer_managed_key": FLAG,
    "runbook_url": matching(_PLACE, "a path or URL of 2 to 200 characters that does not end in '/'"),
    "alarm_email": matching(ADDRESS, "an e-mail address"),
    "organization": FLAG,
    "organization_id": matching(r"o-[a-z0-9]{10,32}", "an organization's id, such as 'o-a1b2c3d4e5'"),
    "waves": matching(
        rf"{_ACCOUNTS}(?:; *{_ACCOUNTS})*",
        "waves separated by ';', each of accounts, 'own' for this one, units (ou-…), roots (r-…) or '*' for all others",
    ),
    "exclude_accounts": matching(_ACCOUNTS, "accounts, units (ou-…) or roots (r-…), separated by blanks"),
    "account_concurrency": number(1, 1000),
    "member_units": matching(rf"{_UNIT}(?: +{_UNIT})*", "units (ou-…) or roots (r-…), separated by blanks"),
    "delegated_admin": FLAG,
}
_SET_BY_THE_STACK: Final = frozenset({"kms_key_id", "topic_arn", "mail_configuration_set", "member_roles"})


@dataclass(frozen=True, kw_only=True)
class Config:
    """What `cdk.json` decides about a deployment."""

    rotation: Settings = field(default_factory=Settings)
    schedule: str = "rate(1 day)"
    flexible_minutes: int = 60
    log_retention_days: int = 365
    customer_managed_key: bool = True
    runbook_url: str = "docs/runbook"
    alarm_email: str | None = None
    organization: bool = False
    organization_id: str | None = None
    waves: str = "*"
    exclude_accounts: str | None = None
    account_concurrency: int = 10
    member_units: str | None = None
    delegated_admin: bool = False

    @classmethod
    def from_context(cls, block: object) -> "Config":
        """Read the context block `keyturn`.

        Raises:
            InvalidSettings: naming every setting that is unknown, malformed or in contradiction to another.
        """
        texts, faults = context.texts(context.read(block))
        faults += [_unknown(key) for key in texts if key not in _known()]
        own, own_faults = _own(texts)
        rotation, rotation_faults = _rotation({key: texts[key] for key in texts if key in _known() - _OWN.keys()})
        if not rotation_faults:
            own_faults += [] if rotation.external_id else _without_members(texts, own)
            own_faults += _without_readers(own) if rotation.secrets_in is Keeper.HUB else []
        if faults := faults + own_faults + rotation_faults:
            raise InvalidSettings(faults)
        return cls(rotation=rotation, **own)


def _own(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values, faults = {}, []
    for key, kind in _OWN.items():
        try:
            if key in texts:
                values[key] = kind.read(texts[key])
        except (ValueError, KeyError):
            faults.append(f"{key} is {texts[key]!r}: allowed is {kind.allowed}")
    return values, faults


def _without_members(texts: Mapping[str, str], own: Mapping[str, Any]) -> list[str]:
    alone = own.get("waves") == OWN_ACCOUNT  # a tour through the one account needs nobody's leave
    return [
        f"{key} is {texts[key]}: allowed is that with external_id, which the members' roles ask for"
        + (f", or with waves '{OWN_ACCOUNT}' for this account alone" if key == "organization" else "")
        for key in ("organization", "member_units")
        if own.get(key) and not (key == "organization" and alone)
    ] + (["secrets_in is hub: allowed is that with external_id"] if texts.get("secrets_in") == "hub" else [])


def _without_readers(own: Mapping[str, Any]) -> list[str]:
    """What members' users need to read their secrets in the hub; AWS's own key serves its own account only."""
    faults = []
    if not own.get("customer_managed_key", True):
        faults.append("secrets_in is hub: allowed is that with customer_managed_key true, for members to decrypt with")
    if not own.get("organization_id"):
        faults.append("secrets_in is hub: allowed is that with organization_id, whose accounts may use the key")
    return faults


def _rotation(texts: Mapping[str, str]) -> tuple[Settings, list[str]]:
    try:
        return Settings.parse(texts), []
    except InvalidSettings as invalid:
        return Settings(), list(invalid.faults)


def _known() -> set[str]:
    return {each.name for each in dataclasses.fields(Settings)} - _SET_BY_THE_STACK | _OWN.keys()


def _unknown(key: str) -> str:
    if key in _SET_BY_THE_STACK:
        return f"{key} is not a setting of cdk.json: the stack sets it itself"
    near = difflib.get_close_matches(key, _known(), n=1)
    hint = f"did you mean {near[0]}?" if near else "allowed are " + ", ".join(sorted(_known()))
    return f"{key!r} is not a setting: {hint}"
