"""Where the sandbox finds what `make setup` made."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
SANDBOX_VENV = CHECKOUT / ".venv-sandbox"
SANDBOX_PYTHON = SANDBOX_VENV / "bin" / "python"
CDK = CHECKOUT / "node_modules" / ".bin" / "cdk"
