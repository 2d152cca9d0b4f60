"""Keyturn rotates the access keys of IAM users and never loses one.

One way through, from event to report:

    rotate    the handler: settings, request, the one clock reading
    request   an event becomes a typed request
    run       what follows, in order:
    survey      whom to look at, shortlisted from hints
    turn        one user's turn:
    reading       the truth about it, a fact at a time
    plan          one action with one reason (pure)
    apply         the only effects; the rotation's own are in rotation
    announce      tells programs, and people (in people) what can't wait
    mailing     tells the owners by mail
    report      what was done and why

`domain` holds the nouns and the checks that a plan consists of, `aws` the doors to AWS.
"""

__version__ = "0.1.0"
