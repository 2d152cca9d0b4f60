"""The protocol in an account in memory: faults, crashes, races and long histories, judged from outside."""
