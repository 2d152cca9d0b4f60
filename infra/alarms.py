"""The alarms, each with what it means and what to do first, and the dead-man's switch: silence rings, too."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

NAMESPACE = "Keyturn"
_FIVE_MINUTES = Duration.minutes(5)
_HOUR = Duration.hours(1)
_SILENCE_HOURS = 26


class Alarms(Construct):
    """Watches the rotator and the responder and tells the topic."""

    def __init__(  # noqa: PLR0913 - a construct's props are keywords, as the CDK's own are
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator: lambda_.IFunction,
        responder: lambda_.IFunction,
        dead_letters: sqs.IQueue,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        self._action = actions.SnsAction(topic)
        self._service = Stack.of(self).stack_name
        self._alarm(
            "FunctionErrors",
            rotator.metric_errors(period=_FIVE_MINUTES),
            "The rotator ended with an error: a run failed, timed out or could not start. Read the newest entries of "
            "its log group first; the next run takes up what this one left.",
        )
        failed = self._alarm(
            "RotationFailed",
            self._reported("RotationsFailed", "Sum"),
            "A run could not rotate some user's key; no key was lost. Look for outcome Failed in the run report in the "
            "log group: it names each user and the reason. This alarm has started one more run by itself, and the next "
            "scheduled one tries again.",
        )
        # The action is taken when the alarm goes off, and a run that fails again leaves it as it is: so at most one
        # such run follows a scheduled one.
        failed.add_alarm_action(actions.LambdaAction(rotator))
        self._alarm(
            "KeysOverdue",
            self._reported("KeysOverdue", "Maximum"),
            "Some Active key is older than the maximum age. Invoke the rotator with action status: it says which key, "
            "and what holds it back (a key still in use, a successor that nobody fetched, mode observe).",
        )
        self._alarm(
            "DeadLetters",
            dead_letters.metric_approximate_number_of_messages_visible(period=_FIVE_MINUTES, statistic="Maximum"),
            "A scheduled run or a signal to the responder was not delivered, or ended with an error. Read the message "
            "in the dead-letter queue for the cause, mend it, send the request in it again, then delete the message.",
        )
        self._alarm(
            "ResponderErrors",
            responder.metric_errors(period=_FIVE_MINUTES),
            "A guard alarm or an exposed key could not be followed to its end, or something came that the responder "
            "does not listen to. Read the newest entries of its log group; if a key has to work again now, invoke the "
            "rotator with action rollback, and if one is exposed, deactivate it by hand.",
            # Unlike the rotator it may not run again for months, and then nothing would end the alarm.
            missing=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        self._dead_mans_switch()

    def _dead_mans_switch(self) -> None:
        # AWS allows 26 periods of an hour: an alarm looks back up to 7 days when its period is an hour or more.
        alarm = cloudwatch.Alarm(
            self,
            "NoGoodRun",
            metric=self._reported("RunSucceeded", "Sum", period=_HOUR),
            alarm_description=(
                f"No run has succeeded for {_SILENCE_HOURS} hours or more: keys are growing old unseen. See whether "
                "the schedule is enabled and the function can be invoked, then invoke the rotator by hand."
            ),
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            threshold=1,
            evaluation_periods=_SILENCE_HOURS,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        alarm.add_alarm_action(self._action)

    def _alarm(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        description: str,
        # A daily run reports once a day: until the next one says otherwise, what the last one said holds.
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.IGNORE,
    ) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            alarm_description=description,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=0,
            evaluation_periods=1,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action)
        return alarm

    def _reported(self, name: str, statistic: str, *, period: Duration = _FIVE_MINUTES) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self._service},
            statistic=statistic,
            period=period,
        )
