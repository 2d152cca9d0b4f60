"""The External Secrets recipe asks for what is stored, and often enough."""

from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # cfn-lint brings it along, without its stubs

from keyturn.settings import Settings
from tests.recipes.pages import blocks
from tests.recipes.stored import stored

SECONDS = {"s": 1, "m": 60, "h": 3600}


@pytest.fixture(scope="module")
def manifests() -> dict[str, dict[str, Any]]:
    (lines,) = blocks("external-secrets", "yaml")
    return {each["kind"]: each for each in yaml.safe_load_all(lines)}


def test_there_are_a_store_and_what_is_taken_from_it(manifests: dict[str, dict[str, Any]]) -> None:
    assert set(manifests) == {"SecretStore", "ExternalSecret"}
    assert {each["apiVersion"] for each in manifests.values()} == {"external-secrets.io/v1"}
    reference = manifests["ExternalSecret"]["spec"]["secretStoreRef"]
    assert reference == {"kind": "SecretStore", "name": manifests["SecretStore"]["metadata"]["name"]}
    assert manifests["SecretStore"]["spec"]["provider"]["aws"]["service"] == "SecretsManager"


def test_a_pod_gets_the_key_that_is_current(manifests: dict[str, dict[str, Any]]) -> None:
    value = stored()
    taken = {}
    for each in manifests["ExternalSecret"]["spec"]["data"]:
        remote = each["remoteRef"]
        assert (remote["key"], remote["version"]) == ("keyturn/alice/access-key", "AWSCURRENT")
        taken[each["secretKey"]] = value[remote["property"]]
    assert taken == {
        "AWS_ACCESS_KEY_ID": value["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": value["SecretAccessKey"],
    }


def test_it_is_refreshed_many_times_within_the_grace_period(manifests: dict[str, dict[str, Any]]) -> None:
    interval = manifests["ExternalSecret"]["spec"]["refreshInterval"]
    seconds = int(interval[:-1]) * SECONDS[interval[-1]]
    assert seconds * 24 <= Settings().policy.grace.total_seconds()
