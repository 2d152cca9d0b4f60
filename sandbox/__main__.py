"""`python -m sandbox`: keeps an account running, with the stack deployed in enforce mode, for use by hand."""

import os
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from sandbox.cdk import CdkError, account_variables
from sandbox.local_aws import Deployment, LocalAws, local_aws, synthesis
from sandbox.places import CDK

SENDER, OWNER = "keyturn@example.com", "alice-team@example.com"
SETTINGS = {"mode": "enforce", "notify_from": SENDER}
ALICE_S_KEY_IS = timedelta(days=80)


def main() -> None:
    """Set up, print what to try, and wait for Ctrl-C."""
    # No markup and no wrapping: what is printed is copied.
    console = Console(highlight=False, markup=False, soft_wrap=True)
    with synthesis(SETTINGS) as assembly, local_aws() as aws:
        console.print("Starting an AWS account on this machine and deploying the stack …")
        aws.client("ses").verify_email_identity(EmailAddress=SENDER)
        _create_alice(aws)
        console.print(_instructions(aws, aws.deploy(assembly)))
        threading.Event().wait()


def _create_alice(aws: LocalAws) -> None:
    # Keys get old by living: the clock is set back, the user and its key are created, the clock is set right.
    aws.clock.move_by(-ALICE_S_KEY_IS)
    aws.client("iam").create_user(UserName="alice", Tags=[{"Key": "keyturn:owner", "Value": OWNER}])
    aws.client("iam").create_access_key(UserName="alice")
    aws.clock.move_by(ALICE_S_KEY_IS)


def _instructions(aws: LocalAws, deployment: Deployment) -> str:
    variables = {
        **account_variables(aws.emulator.endpoint),
        **aws.clock.variables(),
        "CLOCK": str(aws.clock.file),
        "THROTTLES": str(aws.emulator.throttles),
        "FUNCTION": deployment.outputs["RotatorFunctionName"],
    }
    return textwrap.dedent("""
        In another terminal, to reach the account and live by its clock:

        {exports}
        export PATH='{tools}':"$PATH"

        A user with a key of 80 days:      aws iam list-access-keys --user-name alice
        Ask and operate it:                keyturn status (plan, rotate alice, doctor, …)
        Invoke the rotator:                aws lambda invoke --function-name "$FUNCTION" \\
                                             --payload '{request}' /dev/stdout
        See the secret:                    aws secretsmanager get-secret-value --secret-id keyturn/alice/access-key
        Move the clock (days from now):    echo +20d > "$CLOCK"
          the daily schedule fires when its time has come
        Throttle IAM (docs/sandbox.md):    echo '…' > "$THROTTLES"
        Read the letters to alice's owner: ls {mail}
        See what would change (checkout):  cdk diff
        See every call:                    tail -f {calls}

        The stack's outputs:
        {outputs}

        Ctrl-C ends it and leaves nothing behind.
    """).format(
        exports="\n".join(f"export {name}='{value}'" for name, value in variables.items()),
        tools=os.pathsep.join([str(Path(sys.executable).parent), str(CDK.parent)]),
        request='{"action": "rotate", "users": ["alice"]}',
        mail=aws.mailbox.place,
        calls=aws.emulator.calls,
        outputs="\n".join(f"  {name} = {value}" for name, value in deployment.outputs.items()),
    )


if __name__ == "__main__":
    try:
        main()
    except CdkError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nEnded.")
