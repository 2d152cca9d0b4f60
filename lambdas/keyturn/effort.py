"""What a run takes: calls to AWS and time."""

from dataclasses import dataclass

from keyturn.doors import Run


@dataclass(frozen=True)
class Effort:
    """A run's beginning, from which its effort is told; `left`, `sent` and `throttled` are as they were then."""

    run: Run
    left: float
    sent: int
    throttled: int

    @classmethod
    def begins(cls, run: Run) -> "Effort":
        """Start counting."""
        tally = run.doors.tally
        return cls(run, run.deadline.remaining(), tally.sent, tally.throttled)

    def so_far(self) -> dict[str, float]:
        """The metrics of what the run has taken until now."""
        tally = self.run.doors.tally
        return {
            "ApiCalls": tally.sent - self.sent,
            "ApiThrottles": tally.throttled - self.throttled,
            "RunSeconds": self.left - self.run.deadline.remaining(),
        }
