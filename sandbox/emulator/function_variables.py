"""The environment variables of a function: Lambda's, its own, the clock's, and nothing of the host's."""

import os

from sandbox.emulator.upstream import Record, lambda_runtime

# Shared with every process of the sandbox, so that a function lives by the same clock.
OF_THE_CLOCK = ("LD_PRELOAD", *(name for name in os.environ if name.startswith("FAKETIME")))


def variables(config: Record, *, place: str, runtime_api: str) -> dict[str, str]:
    """Give the variables of a function whose code is in `task` at its place."""
    own: dict[str, str] = (config.get("Environment") or {}).get("Variables") or {}
    credentials: dict[str, str] = lambda_runtime.execution_credentials(config)
    clock = {name: os.environ[name] for name in OF_THE_CLOCK if name in os.environ}
    return (
        _of_lambda(config, f"{place}/task")
        | _of_logging(config)
        | own
        | credentials
        | clock
        | {
            "HOME": place,  # without it an SDK would look into the home of whoever runs the sandbox
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        }
    )


def _of_lambda(config: Record, root: str) -> dict[str, str]:
    # Developer guide, defined runtime environment variables.
    region = config["FunctionArn"].split(":")[3]
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": root,
        "LAMBDA_TASK_ROOT": root,
        "_HANDLER": config["Handler"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
    }


def _of_logging(config: Record) -> dict[str, str]:
    logging = config.get("LoggingConfig") or {}
    group = logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    where = {"AWS_LAMBDA_LOG_GROUP_NAME": group, "AWS_LAMBDA_LOG_STREAM_NAME": "sandbox"}
    if logging.get("LogFormat") != "JSON":
        return where
    level = logging.get("ApplicationLogLevel", "INFO")
    return {**where, "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
