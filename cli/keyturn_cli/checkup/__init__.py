"""The doctor's checks, each a few calls that only read, and one line that says what to do.

deployment    the stack, its functions, its schedule
runs          the last good run, alarms, dead letters, subscribers
permissions   the roles as they are, against the roles as they were deployed
vault         the KMS key and the secrets
workplace     Node and the CDK on the operator's side
"""
