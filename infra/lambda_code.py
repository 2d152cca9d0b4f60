"""The Lambda's code as an asset of the CDK, bundled on this machine: no Docker is ever needed."""

import sys
from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra import bundle


@jsii.implements(ILocalBundling)
class _LocalBundling:
    # jsii hands the options over by position, where the protocol says by name; none is of use here.
    def try_bundle(self, output_dir: str, *_options: object, **_same_by_name: object) -> bool:
        try:
            bundle.build(Path(output_dir))
        except bundle.BundlingFailed as failed:
            sys.exit(f"Bundling failed: {failed}")  # an exception would come back through Node, buried in its trace
        return True


def code() -> lambda_.Code:
    """Return the asset; its hash is that of what goes in, so an unchanged one is neither built nor uploaded again."""
    return lambda_.Code.from_asset(
        str(bundle.LAMBDAS),
        asset_hash=bundle.digest(),
        asset_hash_type=AssetHashType.CUSTOM,
        # The CDK wants an image even where it is not used: this name can't be pulled, should it ever try.
        bundling=BundlingOptions(image=DockerImage.from_registry("unused"), local=_LocalBundling()),
    )
