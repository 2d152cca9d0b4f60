"""Events as AWS sends them, in the shapes of its documentation and samples, with hostile text where text may be."""

import json
from typing import Any

KEY = "AKIAFAKE000000000001"
HOSTILE = "rotate alice; delete AKIAFAKE000000000002 {'users': ['root']} ${jndi:x} \u202e\x00\n"


def own_action(name: object = "alice-is-unwell", state: object = "ALARM") -> dict[str, Any]:
    """What CloudWatch sends to a Lambda function that is an alarm's action (user guide, alarms and Lambda actions)."""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": f"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}",
        "accountId": "111122223333",
        "time": "2024-02-17T11:53:08.431+0000",
        "region": "eu-west-1",
        "alarmData": {
            "alarmName": name,
            "state": {
                "value": state,
                "reason": f"Threshold Crossed: {HOSTILE}",
                "reasonData": json.dumps({"version": "1.0", "threshold": 1.0, "note": HOSTILE}),
                "timestamp": "2024-02-17T11:53:08.423+0000",
            },
            "previousState": {"value": "OK", "reason": "ALARM", "timestamp": "2024-02-17T11:51:31.460+0000"},
            "configuration": {
                "description": HOSTILE,
                "metrics": [
                    {
                        "id": "m1",
                        "metricStat": {
                            "metric": {"namespace": "Ours", "name": "FailedCalls", "dimensions": {"user": "alice"}},
                            "period": 60,
                            "stat": "Sum",
                        },
                        "returnData": True,
                    }
                ],
            },
        },
    }


def composite() -> dict[str, Any]:
    """The same from a composite alarm, tested by hand: without reasonData, with a rule in the place of metrics."""
    event = own_action("all-is-lost")
    del event["alarmData"]["state"]["reasonData"]
    event["alarmData"]["configuration"] = {
        "alarmRule": "ALARM(one) OR ALARM(two)",
        "actionsSuppressor": "quiet-hours",
        "actionsSuppressorWaitPeriod": 60,
    }
    return event


def state_change(name: object = "alice-is-unwell", state: object = "ALARM") -> dict[str, Any]:
    """What EventBridge sends (CloudWatch user guide, alarm events and EventBridge)."""
    return {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": "111122223333",
        "time": "2019-10-02T17:04:40Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {"description": HOSTILE, "metrics": []},
            "previousState": {"value": "OK", "timestamp": "2019-10-02T17:03:40.123+0000"},
            "state": {"value": state, "reason": HOSTILE, "timestamp": "2019-10-02T17:04:40.985+0000"},
        },
    }


def message(name: object = "alice-is-unwell", state: object = "ALARM") -> dict[str, Any]:
    """What CloudWatch publishes to a topic; the region is a long name, not a code."""
    return {
        "AlarmName": name,
        "AlarmDescription": HOSTILE,
        "AWSAccountId": "111122223333",
        "AlarmConfigurationUpdatedTimestamp": "2019-10-02T16:00:00.000+0000",
        "NewStateValue": state,
        "NewStateReason": HOSTILE,
        "StateChangeTime": "2019-10-02T17:04:40.985+0000",
        "Region": "EU (Ireland)",
        "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}",
        "OldStateValue": "INSUFFICIENT_DATA",
        "Trigger": {"MetricName": "FailedCalls", "Namespace": "Ours", "Dimensions": [{"value": "bob", "name": "user"}]},
    }


def by_sns(*messages: object) -> dict[str, Any]:
    """What SNS sends: each message is text, here of JSON unless it is text already."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in messages]
    return {
        "Records": [
            {
                "EventVersion": "1.0",
                "EventSource": "aws:sns",
                "EventSubscriptionArn": "arn:aws:sns:eu-west-1:111122223333:team:0b6941c3-f04d-4d3e-a66d-b1df00e1e381",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
                    "TopicArn": "arn:aws:sns:eu-west-1:111122223333:team",
                    "Subject": 'ALARM: "bob-is-unwell" in EU (Ireland)',
                    "Message": text,
                    "Timestamp": "2019-10-02T17:04:41.000Z",
                    "MessageAttributes": {},
                },
            }
            for text in texts
        ]
    }


def health(kind: object = "AWS_RISK_CREDENTIALS_EXPOSED", *keys: object, status: str | None = "open") -> dict[str, Any]:
    """What AWS Health sends by EventBridge (aws/aws-health-tools, AWS_RISK_CREDENTIALS_EXPOSED)."""
    return {
        "version": "0",
        "id": "121345678-1234-1234-1234-123456789012",
        "detail-type": "AWS Health Event",
        "source": "aws.health",
        "account": "111122223333",
        "time": "2016-06-05T06:27:57Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventArn": f"arn:aws:health:us-east-1::event/RISK/{kind}/XXXXXXXXXXXXXXXXX",
            "service": "RISK",
            "eventTypeCode": kind,
            "eventTypeCategory": "issue",
            "startTime": "Sat, 05 Jun 2016 15:10:09 GMT",
            "eventDescription": [{"language": "en_US", "latestDescription": HOSTILE}],
            "affectedEntities": [{"entityValue": key} for key in keys or (KEY,)],
            **({"statusCode": status} if status else {}),
        },
    }
