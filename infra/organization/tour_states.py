"""The tour's states, in the Amazon States Language: waves one by one, their accounts side by side, then one message."""

from typing import Any, Final

from aws_cdk import Aws

from infra.config import Config

# One run lasts fifteen minutes at most, so this is five hours of one account's work; what is left is for the next tour.
_MOST_RUNS: Final = 20
# The map's name in the ARN of its executions, which is what their metrics are by (developer guide, Map Run).
ACCOUNTS: Final = "Accounts"
# What Lambda or the way to it may answer for a while (Step Functions developer guide, Handle transient Lambda errors).
# A run that has begun is not among it: it is the next tour's to look at what it left.
_PASSING: Final = [
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
]


def definition(config: Config, *, rotator: str, roster: str, roundup: str, results: str) -> dict[str, Any]:
    """Write the state machine, in the Amazon States Language; the arguments are ARNs and a bucket's name."""
    order = [wave.split() for wave in config.waves.split(";")]
    excluded = (config.exclude_accounts or "").split()
    return {
        "Comment": "Rotates the access keys of IAM users in all accounts of the organization",
        "StartAt": "ListAccounts",
        "TimeoutSeconds": 23 * 3600,  # before the next one starts
        "States": {
            "ListAccounts": _asking(roster, {"waves": order, "exclude": excluded})
            | {"ResultSelector": {"waves.$": "$.Payload.waves", "notes.$": "$.Payload.notes"}, "Next": "Waves"},
            "Waves": {
                "Type": "Map",
                "ItemsPath": "$.waves",
                "MaxConcurrency": 1,  # a wave begins when the one before it has ended
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "Accounts",
                    "States": {"Accounts": _accounts(config.account_concurrency, rotator, results)},
                },
                "ResultPath": "$.written",
                # Whatever ends a map, people are told: without results all accounts are named.
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.fault", "Next": "WithoutResults"}],
                "Next": "TellPeople",
            },
            "WithoutResults": {"Type": "Pass", "Result": [], "ResultPath": "$.written", "Next": "TellPeople"},
            "TellPeople": _asking(
                roundup,
                {
                    "tour.$": "$$.Execution.Name",
                    "waves.$": "$.waves",
                    "notes.$": "$.notes",
                    "written.$": "$.written",
                },
            )
            | {"OutputPath": "$.Payload", "End": True},
        },
    }


def _accounts(concurrency: int, rotator: str, results: str) -> dict[str, Any]:
    return {
        "Type": "Map",
        "Label": ACCOUNTS,
        "ItemSelector": {"account.$": "$$.Map.Item.Value", "runs": 0},
        "MaxConcurrency": concurrency,
        "ToleratedFailurePercentage": 100,  # a failed account stops no other; the roundup names it
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Rotate",
            "States": {
                "Rotate": _asking(rotator, {"action": "rotate", "account.$": "$.account", "brief": True})
                | {
                    "TimeoutSeconds": 960,  # a minute more than the function has
                    "ResultSelector": {
                        "run_id.$": "$.Payload.run_id",
                        "status.$": "$.Payload.status",
                        "remaining.$": "$.Payload.remaining",
                        "totals.$": "$.Payload.totals",
                        "figures.$": "$.Payload.figures",
                        "users.$": "$.Payload.users",
                    },
                    "ResultPath": "$.report",
                    "Next": "Count",
                },
                "Count": {
                    "Type": "Pass",
                    "Parameters": {
                        "account.$": "$.account",
                        "report.$": "$.report",
                        "runs.$": "States.MathAdd($.runs, 1)",
                    },
                    "Next": "IsMoreLeft",
                },
                "IsMoreLeft": {
                    "Type": "Choice",
                    "Choices": [
                        {
                            "And": [
                                {"Variable": "$.report.remaining", "NumericGreaterThan": 0},
                                # Whoever only observes, or fails, would find the same users left each time.
                                {"Variable": "$.report.totals.done", "NumericGreaterThan": 0},
                                {"Variable": "$.runs", "NumericLessThan": _MOST_RUNS},
                            ],
                            "Next": "Rotate",
                        }
                    ],
                    "Default": "Enough",
                },
                "Enough": {"Type": "Succeed"},
            },
        },
        "ResultWriter": {
            "Resource": f"arn:{Aws.PARTITION}:states:::s3:putObject",
            "Parameters": {"Bucket": results, "Prefix.$": "$$.Execution.Name"},
        },
        "End": True,
    }


def _asking(function: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        "Retry": [
            {
                "ErrorEquals": _PASSING,
                "IntervalSeconds": 5,
                "MaxAttempts": 6,
                "BackoffRate": 2,
                "JitterStrategy": "FULL",
            }
        ],
    }
