"""The door to what a Distributed Map has written to S3: how each of its executions ended."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3

from keyturn.aws.clients import RETRIED
from keyturn.aws.translation import asking

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Results:
    """The files of a ResultWriter (Step Functions developer guide, ResultWriter)."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    @classmethod
    def connect(cls) -> "Results":
        """Make the client."""
        return cls(boto3.session.Session().client("s3", config=RETRIED))

    def of(self, bucket: str, manifest: str) -> Iterator[Mapping[str, Any]]:
        """Give the records of all executions that a manifest names, whichever way they ended. Raises AwsError."""
        files = self._read(bucket, manifest)["ResultFiles"]
        for ended in ("SUCCEEDED", "FAILED", "PENDING"):
            for file in files.get(ended, []):
                yield from self._read(bucket, file["Key"])

    def _read(self, bucket: str, key: str) -> Any:  # noqa: ANN401 - a manifest is an object, the other files are lists
        with asking("GetObject"):
            return json.loads(self._client.get_object(Bucket=bucket, Key=key)["Body"].read())
