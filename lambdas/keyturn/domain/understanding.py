"""Whether all that a secret's tags and labels say is understood: an older release must not guess at a newer one's.

State outlives the release that wrote it. After a step back to an older one, a mark that it does not know may mean that
this very key must not be touched.
"""

import re
from typing import Final

from keyturn.domain import tags as tag
from keyturn.domain.secret_labels import Secret, before

# The shape of the labels that Keyturn makes up, such as before:KEY. People's own labels look otherwise and say nothing.
_MADE_UP: Final = re.compile(r"[a-z][a-z-]*:(A[A-Z0-9]{15,127})")


def not_understood(secret: Secret) -> str | None:
    """Name the first thing on a secret that this release cannot read, and the command that takes it off."""
    for name in tag.unknown(secret.tags, tag.ON_SECRETS):
        return _sentence(f"tag {name}", f"untag-resource --secret-id {secret.arn} --tag-keys {name}")
    # An unreadable start of a grace period would let the old key go too early; every other date that cannot be read
    # makes the run wait anew.
    if tag.GRACE_FROM in secret.tags and tag.moment(secret.tags, tag.GRACE_FROM) is None:
        what = f"tag {tag.GRACE_FROM}, which is {secret.tags[tag.GRACE_FROM][:64]!r}"
        return _sentence(what, f"untag-resource --secret-id {secret.arn} --tag-keys {tag.GRACE_FROM}")
    for version in secret.versions:
        for label in sorted(version.labels):
            if (found := _MADE_UP.fullmatch(label)) and label != before(found[1]):
                takes_off = f"--version-stage {label} --remove-from-version-id {version.id}"
                return _sentence(f"label {label}", f"update-secret-version-stage --secret-id {secret.arn} {takes_off}")
    return None


def _sentence(what: str, command: str) -> str:
    return (
        f"its secret has {what}: this release does not know what that means, so nothing is decided. If a newer release "
        f"wrote it, deploy that one again; if nobody needs it, run 'aws secretsmanager {command}'"
    )
