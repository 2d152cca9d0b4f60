"""`make capacity`: what a tour takes through organizations larger than anybody has at hand; a simulation.

limits      every figure that the model rests on, and whether it is published, measured here, ours or assumed
lines       buckets of tokens and a processor, each with its queue
work        what the policy has to do in an account on a day, lived by the forecast's machinery
again       how the shortlist ranks whom a tour is done with
account     one account: the rotator's runs call by call, through the account's own buckets
machine     what the tour's state machine says of itself
tour        the organization: the Map, Lambda, and what all accounts share in the hub
study       the organizations, the settings, the bottleneck and the sweeps
money       what that costs a month
tables, findings, plots   what is made of that
"""
