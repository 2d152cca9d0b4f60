"""The sandbox: an AWS account on this machine, with a clock of its own, in which the real stack lives."""
