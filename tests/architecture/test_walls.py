"""What each part of the product may know of, so that decisions stay pure and effects have one door each."""

import ast
import sys

import pytest

from tests.architecture.source import Module, modules

HANDLERS = {"keyturn.rotate", "keyturn.respond", "keyturn.roster", "keyturn.roundup"}
PURE = ("keyturn.domain", "keyturn.plan")
LONGEST = 260
# Fields whose names speak of secrets, and whose values do not hold one.
NO_SECRETS = {"secret_arn", "secret_prefix"}

ALL = modules()


def named(*beginnings: str) -> list[Module]:
    return [module for module in ALL if module.name.startswith(beginnings)]


def foreign(module: Module) -> set[str]:
    """What a module imports beside the standard library and the product."""
    return {name for name in module.imports if name.split(".")[0] not in {*sys.stdlib_module_names, "keyturn"}}


def every(modules: list[Module]) -> pytest.MarkDecorator:
    assert modules
    return pytest.mark.parametrize("module", modules, ids=lambda module: module.name)


def test_the_product_is_where_it_is_looked_for() -> None:
    names = {module.name for module in ALL}
    assert {"keyturn", "keyturn.plan", "keyturn.rotate", "keyturn.domain.lifecycle", "keyturn.aws.clients"} <= names


@every(named(*PURE))
def test_decisions_know_the_standard_library_and_each_other(module: Module) -> None:
    assert foreign(module) == set()
    ours = {name for name in module.imports if name.startswith("keyturn.")}
    assert {name for name in ours if not name.startswith("keyturn.domain")} == set()


@every(named("keyturn.domain"))
def test_nouns_do_not_know_the_plan(module: Module) -> None:
    assert not {name for name in module.imports if name.startswith("keyturn.plan")}


@every(named(*PURE))
def test_decisions_do_no_input_or_output(module: Module) -> None:
    effects = {
        "os",
        "io",
        "sys",
        "socket",
        "subprocess",
        "pathlib",
        "logging",
        "random",
        "secrets",
        "threading",
        "time",
    }
    assert not {name for name in module.imports if name.split(".")[0] in effects}
    assert not {name for name, _ in module.calls if name in {"open", "print", "input", "exec", "eval", "__import__"}}


@every([module for module in ALL if not module.name.startswith("keyturn.aws")])
def test_the_sdk_is_known_behind_the_doors_alone(module: Module) -> None:
    assert not {name for name in foreign(module) if name.split(".")[0] in {"boto3", "botocore"}}


@every([module for module in ALL if module.name not in HANDLERS])
def test_powertools_is_known_to_the_handlers_alone(module: Module) -> None:
    assert not {name for name in foreign(module) if name.startswith("aws_lambda_powertools")}


@every(ALL)
def test_nothing_else_is_imported_than_the_asset_carries(module: Module) -> None:
    assert {name.split(".")[0] for name in foreign(module)} <= {"boto3", "botocore", "aws_lambda_powertools"}


@every(named("keyturn.aws"))
def test_a_door_knows_the_domain_and_nothing_of_the_flow(module: Module) -> None:
    ours = {name for name in module.imports if name.startswith("keyturn.")}
    assert {name for name in ours if not name.startswith(("keyturn.aws", "keyturn.domain"))} == set()


@every([module for module in ALL if module.name not in HANDLERS])
def test_the_clock_and_the_environment_are_read_by_the_handlers_alone(module: Module) -> None:
    clocks = ("now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime")
    read = {
        name
        for name, _ in module.calls
        if name.split(".")[-1] in clocks and name.split(".")[0] in {"datetime", "date", "time", "dt"}
    }
    assert read == set()
    if module.name != "keyturn.aws.clients":  # clients are kept for as long as the environment they were made in lasts
        assert "os.environ" not in module.text
        assert "getenv" not in module.text


@every([module for module in ALL if module.name not in {*HANDLERS, "keyturn.aws.clients"}])
def test_only_handlers_log(module: Module) -> None:
    assert not {name for name in module.imports if name.split(".")[0] == "logging"}
    assert not {name for name, _ in module.calls if name == "print"}


@every(ALL)
def test_no_logger_is_told_to_log_at_debug(module: Module) -> None:
    levels = {
        ast.unparse(argument)
        for name, call in module.calls
        if name.split(".")[-1] in {"setLevel", "basicConfig", "set_stream_logger", "Logger", "log"}
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
    }
    assert not {level for level in levels if "DEBUG" in level or level in {"10", "0"}}
    assert not {name for name, _ in module.calls if name.split(".")[-1] in {"set_stream_logger", "debug"}}


@every(ALL)
def test_no_secrets_value_is_ever_read(module: Module) -> None:
    words = {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant)}
    names = {name.split(".")[-1] for name, _ in module.calls}
    assert not names & {"get_secret_value", "batch_get_secret_value", "get_random_password"}
    for word in filter(lambda word: isinstance(word, str), words):
        assert "get_secret_value" not in str(word).lower()
        # One policy grants it, to a secret's own user; its module makes no calls.
        assert "GetSecretValue" not in str(word) or module.name == "keyturn.domain.reader_policy"


@every(ALL)
def test_no_field_shows_a_secret_in_its_representation(module: Module) -> None:
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            continue
        name, kind = node.target.id, ast.unparse(node.annotation)
        if "secret" in name and kind in {"str", "str | None", "bytes"} and name not in NO_SECRETS:
            assert node.value is not None, name
            assert "repr=False" in ast.unparse(node.value), name


def test_the_one_class_that_holds_a_secret_is_found_by_the_check_above() -> None:
    bearers = {
        node.target.id
        for module in ALL
        for node in ast.walk(module.tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and "secret" in node.target.id
    }
    assert "secret" in bearers
    assert bearers >= NO_SECRETS


@every(ALL)
def test_a_module_says_what_it_is_and_stays_small(module: Module) -> None:
    first = (ast.get_docstring(module.tree) or "").splitlines()
    assert first
    assert first[0].endswith((".", ":"))
    assert len(module.text.splitlines()) <= LONGEST


@every(ALL)
def test_no_error_is_swallowed_unseen(module: Module) -> None:
    """A broad except is allowed where one user's or one letter's failure is told; a bare one nowhere."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        assert node.type is not None, node.lineno
        if ast.unparse(node.type) in {"Exception", "BaseException"}:
            assert module.name in {"keyturn.turn", "keyturn.retirement", "keyturn.mailing"}, node.lineno
        if all(isinstance(statement, ast.Pass) for statement in node.body):
            assert ast.unparse(node.type) == "NotFound", "what is not there was looked for to be sure of that"


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "constants", "misc", "base", "core"}
    assert not {module.name for module in ALL if module.name.split(".")[-1] in drawers}
