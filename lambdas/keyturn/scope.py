"""Whose keys a deployment looks after; the role's policy says the same."""

from keyturn.domain import tags as tag
from keyturn.domain.access_key import User
from keyturn.settings import Settings


def out_of_scope(user: User, settings: Settings) -> str | None:
    """Say why a user is none of this deployment's, if so."""
    if not user.path.startswith(settings.user_path):
        return f"has path {user.path!r}: in scope is {settings.user_path!r}"
    if settings.opt_in and user.tags.get(tag.MANAGED) != "true":
        return f"has no tag {tag.MANAGED}=true: in scope are users that have it"
    return None
