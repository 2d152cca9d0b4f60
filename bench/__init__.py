"""`make bench`: what Keyturn costs in calls, time, memory and money, measured and written into docs/performance.md.

accounts    the accounts that are measured in
calls       calls of a run, against the number of users and of keys that are due
lives       calls of a key's whole life, and of an average day
bound       the fewest calls that could do the same safely
waits       how long a run takes, by how many users it works on at once
asset, cold_start   the functions' size, and how they begin
emulated    the same count in the sandbox, by the deployed function
tables, plots, page   what is made of that
"""
