"""The forecast: the rotator's own plan, run forward day by day on what a credential report says.

credential_csv   the report's rows, or an error with line and column
users_file       the users' tags, if they are at hand
consumer         when a key is used from now on: an assumption
life             one user's keys and secret, and what an action makes of them (pure)
days             the runs, one a day, on everybody
figures          red days, load, cost
"""
