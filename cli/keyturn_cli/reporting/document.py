"""The evidence as one JSON document, as schemas/report.schema.json describes it."""

from collections import Counter
from typing import Any, Final

from keyturn.domain import tags as tag
from keyturn_cli.reporting.controls import CONTROL_MAP, Judged, judged
from keyturn_cli.reporting.evidence import Deed, Evidence, Subject
from keyturn_cli.reporting.periods import KeyLife, Period, lives, periods
from keyturn_cli.reporting.verdict import verdict

KIND: Final = "keyturn report"
SCHEMA: Final = 1
UNREAD: Final = "unread"
# Of the figures, what an account's line has.
_OF_AN_ACCOUNT: Final = (
    "users",
    "active_keys",
    "oldest_active_key_age_days",
    "keys_over_limit",
    "users_blocked",
    "users_failed",
    "users_unreadable",
    "rotations",
)
_SETTINGS: Final = ("max_age_days", "grace_days", "recovery_days", "idle_days", "in_use_at_deadline", "user_path")


def document(evidence: Evidence) -> dict[str, Any]:
    """Make the document."""
    account, subjects = evidence.account, evidence.subjects
    headline = verdict(evidence)
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "made_at": tag.written(account.now),
        "stack": account.stack,
        "account": account.id,
        "region": account.region,
        "mode": account.settings.mode.value,
        "period": {"from": tag.written(account.since), "to": tag.written(account.now)},
        "settings": {name: getattr(account.settings, name) for name in _SETTINGS},
        "verdict": {
            "state": headline.state.value,
            "headline": headline.headline,
            "sentences": list(headline.sentences),
        },
        "figures": _figures(evidence),
        "accounts": [_account(each) for each in evidence.by_account()],
        "users": [_user(subject) for subject in subjects],
        "done": [_deed(deed) for deed in evidence.deeds],
        "controls": {"version": CONTROL_MAP["version"], "note": CONTROL_MAP["note"], "rules": _rules(evidence)},
        "exemptions": _exemptions(evidence),
        "notes": list(evidence.notes),
    }


def _figures(evidence: Evidence) -> dict[str, int]:
    subjects, exempt = evidence.subjects, evidence.account.exempt_until
    ages = [subject.age(key).days for subject in subjects for key in subject.holding.active]
    done = Counter(deed.action for deed in evidence.deeds if deed.outcome == "Done")
    return {
        "users": len(subjects),
        "users_in_scope": sum(subject.line is not None for subject in subjects),
        "users_with_active_keys": sum(bool(subject.holding.active) for subject in subjects),
        "active_keys": len(ages),
        "oldest_active_key_age_days": max(ages, default=0),
        "keys_over_limit": sum(len(subject.over_limit) for subject in subjects),
        "keys_over_limit_of_exempt_users": sum(len(each.over_limit) for each in subjects if exempt(each.user)),
        "keys_past_deadline": sum(subject.past_deadline for subject in subjects),
        "users_blocked": sum(bool(subject.line and subject.line["blocked"]) for subject in subjects),
        "users_failed": sum(subject.failure is not None for subject in subjects),
        "users_exempt": sum(exempt(subject.user) is not None for subject in subjects),
        "users_unreadable": sum(subject.holding.unreadable is not None for subject in subjects),
        "rotations": done["CreateKey"],
        "deactivations": done["DeactivateKey"],
        "deletions": done["DeleteKey"],
        "reactivations": done["ReactivateKey"],
    }


def _account(evidence: Evidence) -> dict[str, Any]:
    """One account's line: its own verdict, and its figures."""
    account, headline, figures = evidence.account, verdict(evidence), _figures(evidence)
    return {
        "account": account.id,
        "state": UNREAD if account.unreadable else headline.state.value,
        "headline": "Its keys could not be read: nothing is proven" if account.unreadable else headline.headline,
        "mode": account.mode,
        "unreadable": account.unreadable,
        "silent": account.silent,
        **{name: figures[name] for name in _OF_AN_ACCOUNT},
    }


def _user(subject: Subject) -> dict[str, Any]:
    line = subject.line or {}
    until = subject.account.exempt_until(subject.user)
    return {
        "user": subject.user.name,
        "account": subject.account.id,
        "user_id": subject.user.id,
        "arn": subject.user.arn,
        "path": subject.user.path,
        "owner": subject.user.tags.get(tag.OWNER),
        "in_scope": subject.line is not None,
        "stage": subject.stage,
        **{name: line.get(name) for name in ("reason", "message", "key", "next_review", "next", "who")},
        "blocked": bool(line.get("blocked")),
        "do": line.get("do"),
        "command": line.get("command"),
        "past_deadline": subject.past_deadline,
        "failure": _deed(subject.failure) if subject.failure else None,
        "unreadable": subject.holding.unreadable,
        "exempt_until": until.isoformat() if until else None,
        "limit_days": subject.limit.days,
        "over_limit": bool(subject.over_limit),
        "keys": [_key(life, subject) for life in lives(subject)],
    }


def _key(life: KeyLife, subject: Subject) -> dict[str, Any]:
    key = next((each for each in subject.holding.keys if each.id == life.id), None)
    used = subject.holding.used(key) if key else None
    return {
        "id": life.id,
        "status": key.status.value if key else "Deleted",
        "created": tag.written(life.created) if key else None,
        "age_days": subject.age(key).days if key else None,
        "over_limit": key in subject.over_limit,
        "last_used": tag.written(used.at) if used and used.at else None,
        "last_used_service": used.service if used and used.at else None,
        "deleted": tag.written(life.deleted) if life.deleted else None,
        "periods": [_period(each) for each in periods(life, subject.account.now)],
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "stage": period.kind.value,
        "from": tag.written(period.begins),
        "to": tag.written(period.ends),
        "planned": period.planned,
    }


def _deed(deed: Deed) -> dict[str, Any]:
    return {
        "at": tag.written(deed.at),
        "source": deed.source,
        "account": deed.account,
        "user": deed.user,
        "action": deed.action,
        "outcome": deed.outcome,
        "key": deed.key,
        "reason": deed.reason,
        "message": deed.message,
    }


def _rules(evidence: Evidence) -> list[dict[str, Any]]:
    by_name = {evidence.name_of(subject): subject for subject in evidence.subjects}
    rules = judged(
        (name, Judged(subject.holding.active, _uses(subject), evidence.account.now))
        for name, subject in by_name.items()
    )
    for rule in rules:
        for failed in rule["failed"]:
            subject = by_name[failed["user"]]
            failed["user"], failed["account"] = subject.user.name, subject.account.id
            until = evidence.account.exempt_until(subject.user)
            failed["exempt_until"] = until.isoformat() if until else None
            failed["grace_until"] = (subject.line or {}).get("next_review") if subject.stage == "Grace" else None
    return rules


def _uses(subject: Subject) -> dict[str, Any]:
    return {key.id: subject.holding.used(key) for key in subject.holding.active}


def _exemptions(evidence: Evidence) -> list[dict[str, Any]]:
    today = evidence.account.now.date()
    exempt = ((subject, evidence.account.exempt_until(subject.user)) for subject in evidence.subjects)
    return [
        {
            "user": subject.user.name,
            "account": subject.account.id,
            "until": until.isoformat(),
            "days_left": (until - today).days,
            "over_limit": bool(subject.over_limit),
        }
        for subject, until in exempt
        if until
    ]
