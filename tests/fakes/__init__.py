"""One AWS account in memory, exact where a key could be lost: IAM, Secrets Manager, STS and the signals around them.

    world = World()
    alice = world.user("alice", tags={"keyturn:owner": "alice@example.com"})
    world.key(alice, age_days=91, last_used_days=1)
    world.intercept.append(at(3, response_lost))       # faults: what goes wrong, and when
    clients = world.clients()                          # a new run; boto3's methods, answers and errors
    ...
    assert violations(world) == []                     # invariants: the promises, judged from outside

The account behind it keeps to what AWS documents; where AWS may be slow, stale or stingy, a world has a knob.
"""
