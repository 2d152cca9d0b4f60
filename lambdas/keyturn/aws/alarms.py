"""The door to CloudWatch: the state of a guard alarm."""

from keyturn.aws.clients import Clients
from keyturn.aws.translation import asking
from keyturn.domain.state import AlarmState


class Alarms:
    """CloudWatch alarms in the domain's words."""

    def __init__(self, clients: Clients) -> None:
        self._cloudwatch = clients.cloudwatch

    def state(self, name: str) -> AlarmState:
        """Read the state of a metric or composite alarm; composite ones are only shown when asked for.

        Raises:
            AwsError: when it can't be read, which is not the same as MISSING.
        """
        with asking("DescribeAlarms"):
            answer = self._cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        return next((AlarmState(alarm["StateValue"]) for alarm in found), AlarmState.MISSING)
