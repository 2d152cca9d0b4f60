"""Every command that a page shows is run as it stands there, by somebody who has typed `make sandbox` before."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.e2e.terminal import Terminal, terminal
from tests.shown import commands, pages, suite

# What a page takes for granted: a run on the first day, an alarm of the reader's, another user, a key that is typed in.
GRANTED: Final = {
    "README.md": """
        aws iam tag-user --user-name alice --tags Key=keyturn:exempt-until,Value="$(date +%F)"
        aws lambda invoke --function-name "$FUNCTION" --payload '{"action": "rotate"}' /dev/stdout
        aws iam untag-user --user-name alice --tag-keys keyturn:exempt-until
        ringing=$(aws cloudwatch describe-alarms --state-value ALARM --query 'MetricAlarms[].AlarmName' --output text)
        for alarm in $ringing; do
            aws cloudwatch set-alarm-state --alarm-name "$alarm" --state-value OK --state-reason 'a run has ended well'
        done
    """,
    "docs/alarms.md": """
        aws cloudwatch put-metric-alarm --alarm-name alice-is-unwell --namespace Ours --metric-name FailedCalls \\
            --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold
    """,
    "docs/consumers.md": """
        aws iam create-user --user-name carol
        aws iam create-access-key --user-name carol --output text \\
            --query 'AccessKey.[AccessKeyId, SecretAccessKey]' > ~/typed
    """,
    "docs/recipes/ses-smtp.md": "aws iam create-user --user-name mailer",
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    with terminal(tmp_path_factory.mktemp("reader")) as opened:
        yield opened


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("page", [page for page in pages() if commands(page) and not suite(page)])
def test_every_command_of_a_page_works_in_the_order_in_which_it_stands(reader: Terminal, page: str) -> None:
    reader.run(GRANTED.get(page, ""))
    for block in commands(page):
        said = reader.run(block)
        assert "FunctionError" not in said
        assert '"status": "FAILED"' not in said
