"""Custom notifications of Amazon Q Developer in chat applications, which lets any other shape vanish silently."""

from typing import Any, Final

from keyturn.domain.masking import masked

# Below what chat applications show in one message.
_LONGEST_TITLE: Final = 200
_LONGEST_TEXT: Final = 3_000
# What would be a mention, a link or emphasis in some chat application: a user's tag must not call the whole channel.
_PLAIN: Final = str.maketrans({"<": "(", ">": ")", "[": "(", "]": ")", "*": "-", "`": "'", "~": "-", "@": "(at)"})


def notification(
    title: str, text: str, *, thread: str, event_type: str, resources: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Write a notification (administrator guide, custom notifications); key IDs are shortened in it.

    Args:
        title: what happened.
        text: the same in sentences.
        thread: notifications of one thread are shown together.
        event_type: the kind of notification.
        resources: ARNs of what it is about.
    """
    head = _plain(title, _LONGEST_TITLE)
    return {
        "version": "1.0",
        "source": "custom",
        "content": {"textType": "client-markdown", "title": head, "description": _plain(text, _LONGEST_TEXT)},
        "metadata": {
            "threadId": thread,
            "summary": head,
            "eventType": event_type,
            "relatedResources": list(resources),
        },
    }


def _plain(text: str, longest: int) -> str:
    plain = masked(text).translate(_PLAIN)
    return plain if len(plain) <= longest else plain[:longest] + "…"
