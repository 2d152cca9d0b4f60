"""The alarms, each with what it means, what to do first and its runbook page, and the dead-man's switch for silence."""

import re

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.organization.tour import Tour
from infra.own_metric import own_metric

# As short as CloudWatch keeps them: a run that puts things right minutes after one that did not is then seen by itself.
_MINUTE = Duration.minutes(1)
_FIVE_MINUTES = Duration.minutes(5)
_HOUR = Duration.hours(1)
_SILENCE_HOURS = 26


class Alarms(Construct):
    """Watches the rotator, the responder and the tour, if there is one, and tells the topic."""

    def __init__(  # noqa: PLR0913 - a construct's props are keywords, as the CDK's own are
        self,
        scope: Construct,
        construct_id: str,
        *,
        rotator: lambda_.IFunction,
        responder: lambda_.IFunction,
        dead_letters: sqs.IQueue,
        topic: sns.ITopic,
        runbook_url: str,
        tour: Tour | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._action = actions.SnsAction(topic)
        self._runbook_url = runbook_url
        self.all: list[cloudwatch.Alarm] = []
        self._of_the_functions(rotator, responder, dead_letters)
        self._of_the_runs(rotator)
        self._of_users()
        self._silence(
            "NoGoodRun",
            "RunSucceeded",
            f"No run has succeeded for {_SILENCE_HOURS} hours or more: keys are growing old unseen. See whether "
            "the schedule is enabled and the function can be invoked, then invoke the rotator by hand.",
        )
        if tour:
            self._of_the_tour(tour)

    def _of_the_functions(
        self, rotator: lambda_.IFunction, responder: lambda_.IFunction, dead_letters: sqs.IQueue
    ) -> None:
        self._alarm(
            "FunctionErrors",
            rotator.metric_errors(period=_FIVE_MINUTES),
            "The rotator ended with an error: a run failed, timed out or could not start. Read the newest entries of "
            "its log group first; the next run takes up what this one left.",
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
        self._alarm(
            "DeadLetters",
            dead_letters.metric_approximate_number_of_messages_visible(period=_FIVE_MINUTES, statistic="Maximum"),
            "A scheduled run or a signal to the responder was not delivered, or ended with an error. Read the message "
            "in the dead-letter queue for the cause, mend it, send the request in it again, then delete the message.",
        )

    def _of_the_runs(self, rotator: lambda_.IFunction) -> None:
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
            "MailsFailed",
            self._reported("MailsFailed", "Sum"),
            "A mail to the owner of a key could not be sent; the rotation itself went on. The notes in the run report "
            "say to whom, and what SES had to say. Until it is mended, owners learn nothing: tell them by other means.",
        )

    def _of_users(self) -> None:
        self._alarm(
            "UsersBlocked",
            self._reported("UsersBlocked", "Maximum"),
            "Some user's keys are left as they are until a person acts. Invoke the rotator with action status: it "
            "names each such user, the reason, and the command or the change that lets its rotation go on.",
        )
        self._alarm(
            "KeysInUsePastDeadline",
            self._reported("KeysInUsePastDeadline", "Maximum"),
            "An old key has reached its last day and is still in use, or nobody has fetched its successor, so it is "
            "held and not cut. Invoke the rotator with action status: it says which service used the key last, and "
            "where; have its program take the successor from the user's secret.",
        )
        self._alarm(
            "KeysOverdue",
            self._reported("KeysOverdue", "Maximum"),
            "Some Active key is older than the maximum age. Invoke the rotator with action status: it says which key, "
            "and what holds it back (a key still in use, a successor that nobody fetched, mode observe).",
        )

    def _of_the_tour(self, tour: Tour) -> None:
        # The executions of single accounts have an ARN of their own, so their failures are not among these: those are
        # RotationFailed's (Step Functions developer guide, Viewing a Distributed Map Run).
        self._of_an_end(
            "TourFailed",
            tour.machine.metric_failed(period=_FIVE_MINUTES),
            "A tour through the organization ended with an error: the accounts could not be listed, or people not "
            "told. See which state failed, and why, in the execution's history; then start a tour by hand.",
        )
        self._of_an_end(
            "TourTimedOut",
            tour.machine.metric_timed_out(period=_FIVE_MINUTES),
            "A tour through the organization was not through after 23 hours and was ended; nobody was told of its "
            "accounts. See which take long, then let more go side by side (account_concurrency).",
        )
        self._of_an_end(
            "TourAborted",
            tour.machine.metric_aborted(period=_FIVE_MINUTES),
            "A tour through the organization was stopped by somebody; the remaining accounts were not run, and "
            "nobody was told of the others. Find out who did it and why, then start a tour by hand.",
        )
        self._of_an_end(
            "TourThrottled",
            tour.throttled(period=_FIVE_MINUTES),
            "Step Functions holds the tour's accounts back: the account's quota of state transitions is used up. "
            "Tours take longer, and fail nowhere. Let fewer go side by side, or ask AWS for a higher quota.",
        )
        self._silence(
            "NoTour",
            "AccountsToured",
            f"No tour through the organization has come to its end for {_SILENCE_HOURS} hours or more: accounts may "
            "not be looked at. See whether one is under way, whether the schedule is enabled and what came of its "
            "last start, then start a tour by hand.",
        )

    def _of_an_end(self, construct_id: str, metric: cloudwatch.IMetric, description: str) -> None:
        # Nothing is reported where nothing happens, and then nothing would end the alarm.
        self._alarm(construct_id, metric, description, missing=cloudwatch.TreatMissingData.NOT_BREACHING)

    def _silence(self, construct_id: str, metric: str, description: str) -> None:
        # AWS allows 26 periods of an hour: an alarm looks back up to 7 days when its period is an hour or more.
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=self._reported(metric, "Sum", period=_HOUR),
            alarm_description=self._described(construct_id, description),
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            threshold=1,
            evaluation_periods=_SILENCE_HOURS,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        self._reaching_people(alarm)

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
            alarm_description=self._described(construct_id, description),
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=0,
            evaluation_periods=1,
            treat_missing_data=missing,
        )
        return self._reaching_people(alarm)

    def _reaching_people(self, alarm: cloudwatch.Alarm) -> cloudwatch.Alarm:
        alarm.add_alarm_action(self._action)
        self.all.append(alarm)
        return alarm

    def _described(self, construct_id: str, description: str) -> str:
        page = re.sub("(?<=[a-z])(?=[A-Z])", "-", construct_id).lower()
        return f"{description} Runbook: {self._runbook_url}/{page}.md"

    def _reported(self, name: str, statistic: str, *, period: Duration = _MINUTE) -> cloudwatch.Metric:
        return own_metric(self, name, statistic, period=period)
