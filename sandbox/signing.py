"""Calls signed by the sandbox's clock: botocore signs by the machine's, which the emulator would refuse as skewed."""

from typing import TYPE_CHECKING, cast

import boto3
from botocore.auth import AUTH_TYPE_MAPS, SigV4Auth

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSRequest

    from sandbox.clock import Clock

AMZ_DATE = "%Y%m%dT%H%M%SZ"


def session_by(clock: "Clock", region: str) -> boto3.Session:
    """Give a session without credentials of its own, whose clients sign by a clock."""
    signature_version = f"v4-{clock.file}"
    AUTH_TYPE_MAPS[signature_version] = _signer(clock)
    session = boto3.Session(region_name=region)
    session.events.register("choose-signer", _chosen(signature_version))
    return session


def _chosen(signature_version: str) -> "Callable[..., None]":
    def choose(**_: object) -> None:
        # botocore takes the first answer of these handlers, and its stubs know of none.
        return cast("None", signature_version)

    return choose


def _signer(clock: "Clock") -> type[SigV4Auth]:
    class ClockedSigner(SigV4Auth):
        """Signature version 4, at the time of the sandbox."""

        def _modify_request_before_signing(self, request: "AWSRequest") -> None:
            # The time stamp is set before this and read after it: for the header, the scope and the string to sign.
            request.context["timestamp"] = clock.now().strftime(AMZ_DATE)
            super()._modify_request_before_signing(request)  # type: ignore[misc] # private, so not in the stubs

    return ClockedSigner
