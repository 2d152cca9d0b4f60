"""How things stand at a forecast's start: lives, made of the report's rows and of what is known of the users."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from keyturn.domain.access_key import AccessKey, KeyStatus, LastUse, User
from keyturn.scope import out_of_scope
from keyturn.settings import Settings
from keyturn_cli.forecasting.consumer import Consumer
from keyturn_cli.forecasting.credential_csv import ReportRow
from keyturn_cli.forecasting.life import REPORTED, Life
from keyturn_cli.forecasting.users_file import UserDetail

_UNKNOWN = UserDetail({}, ())


def lives(
    rows: Iterable[ReportRow], details: Mapping[str, UserDetail], settings: Settings, start: datetime
) -> list[Life]:
    """Give the life of each user in scope."""
    users = ((row, _user(row, details.get(row.arn, _UNKNOWN))) for row in rows)
    return [_life(row, user, settings, start) for row, user in users if out_of_scope(user, settings) is None]


def _user(row: ReportRow, detail: UserDetail) -> User:
    # The report has no UserId; in a forecast nobody is renamed or created anew, so that the ARN does as well.
    return User(row.name, row.arn, row.arn, row.path, row.created, detail.tags, detail.policies)


def _life(row: ReportRow, user: User, settings: Settings, start: datetime) -> Life:
    ids = [REPORTED.format(int(key.slot[-1])) for key in row.keys]
    keys = [
        # Without a date it is taken to be as old as it can be.
        AccessKey(id_, KeyStatus.ACTIVE if key.active else KeyStatus.INACTIVE, key.created or row.created)
        for id_, key in zip(ids, row.keys, strict=True)
    ]
    if row.more:
        keys.append(AccessKey(REPORTED.format(3), KeyStatus.ACTIVE, row.created))
    uses = {id_: key.last_use for id_, key in zip(ids, row.keys, strict=True)}
    life = Life(
        user=user,
        keys=tuple(sorted(keys, key=lambda key: (key.created, key.id))),
        uses={**uses, REPORTED.format(3): LastUse()} if row.more else uses,
    )
    active = {key.id for key in life.keys if key.active}
    consumers = (Consumer.of(id_, use, start, settings.policy.unused) for id_, use in uses.items() if id_ in active)
    return replace(life, consumers=tuple(filter(None, consumers)))
