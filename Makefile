# Keyturn's targets. `make` lists them; each sets up what it needs, once.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
SANDBOX_VENV := .venv-sandbox
BIN := $(CURDIR)/$(VENV)/bin
export PATH := $(CURDIR)/node_modules/.bin:$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Everything below runs from the checkout: the asset root holds the Lambda's package, the top level the rest.
export PYTHONPATH := $(CURDIR):$(CURDIR)/lambdas:$(CURDIR)/cli

DAYS ?= 120
USERS ?= 0
PIP_INSTALL = -m pip install --quiet --no-input --require-hashes --only-binary :all:

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: tools
tools:
	@command -v git >/dev/null || { echo "Keyturn needs git: install it with your package manager (Debian: apt-get install git)." >&2; exit 1; }
	@command -v $(PYTHON) >/dev/null || { echo "Keyturn needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3 …'." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Keyturn needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1): install a newer one, or name it with 'make PYTHON=/path/to/python3 …'." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module: install it (Debian: apt-get install python3-venv)." >&2; exit 1; }

$(VENV)/.ready: requirements-dev.txt | tools
	@echo "setting up $(VENV): the CDK, the tests and the tools"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python $(PIP_INSTALL) -r requirements-dev.txt
	@$(VENV)/bin/python -m pip install --quiet --no-input --no-deps --no-build-isolation --editable .
	@touch $@

$(SANDBOX_VENV)/.ready: sandbox/requirements.txt | tools
	@echo "setting up $(SANDBOX_VENV): the local AWS"
	@$(PYTHON) -m venv $(SANDBOX_VENV)
	@$(SANDBOX_VENV)/bin/python $(PIP_INSTALL) -r sandbox/requirements.txt
	@touch $@

node_modules/.ready: package.json package-lock.json $(VENV)/.ready
	@echo "setting up node_modules: the CDK CLI"
	@npm ci --silent --no-fund --no-audit
	@touch $@

.PHONY: setup
setup: $(VENV)/.ready $(SANDBOX_VENV)/.ready node_modules/.ready  ## Set up everything the other targets need

.PHONY: demo
demo: setup  ## Deploy the stack into the sandbox and live 120 days (DAYS=… USERS=…)
	@python -m sandbox.demo --days $(DAYS) --users $(USERS)

.PHONY: recording
recording: setup  ## Draw the README's recording of the demo anew
	@python -m sandbox.demo --record docs/images/demo.svg

.PHONY: sandbox
sandbox: setup  ## Keep the sandbox running, with the stack deployed, for use by hand
	@python -m sandbox

.PHONY: test
test: setup  ## Run all tests
	@pytest

.PHONY: prove
prove: setup  ## Try everything to make it lose a key: faults, pairs, races, people, load, mutants (takes two hours)
	@KEYTURN_PROVE=1 pytest -n 2 --dist worksteal tests/protocol tests/mutants tests/unit/sweep tests/unit/test_bad_input_*.py

.PHONY: browser
browser: setup  ## Look at the report's pages in a real browser (needs a Chromium)
	@pytest tests/browser

.PHONY: letters
letters: $(VENV)/.ready  ## Render the letters to owners into the Lambda's package
	@python -m letters

.PHONY: format
format: $(VENV)/.ready  ## Format the code and mend what the linter can
	@ruff format .
	@ruff check --fix .

.PHONY: lint
lint: $(VENV)/.ready
	@ruff format --check .
	@ruff check .

.PHONY: types
types: $(VENV)/.ready
	@mypy

.PHONY: synth
synth: $(VENV)/.ready node_modules/.ready  ## Synthesize the stack, with cdk-nag's and cfn-lint's rules
	@cdk synth --quiet
	@cfn-lint cdk.out/*.template.json

.PHONY: docs
docs: $(VENV)/.ready node_modules/.ready  ## Build the site of the pages into build/site
	@NO_MKDOCS_2_WARNING=1 mkdocs build --strict --quiet

.PHONY: check
check: lint types test synth docs  ## Format, lint, types, tests, synth, docs: what has to pass

.PHONY: diff
diff: $(VENV)/.ready node_modules/.ready  ## Show what a deploy to your account would change
	@cdk diff Keyturn

.PHONY: deploy
deploy: $(VENV)/.ready node_modules/.ready  ## Deploy to your account (asks before it widens permissions)
	@cdk deploy Keyturn

.PHONY: lock
lock:  ## Pin all requirements anew, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "Pinning needs uv: pip install uv." >&2; exit 1; }
	@for each in lambdas/requirements requirements requirements-dev sandbox/requirements; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command 'make lock' $$each.in --output-file $$each.txt; done
	@npm install --package-lock-only --silent

.PHONY: bench
bench: setup  ## Measure calls, time, memory and money anew, into docs/performance.md (five minutes)
	@python -m bench

.PHONY: capacity
capacity: $(VENV)/.ready  ## Simulate tours through large organizations, into docs/performance.md (two minutes)
	@python -m bench.organization

.PHONY: sbom
sbom: $(VENV)/.ready  ## List what each part that ships is made of, in CycloneDX (build/sbom)
	@python -m release.sbom build/sbom

.PHONY: audit
audit: $(VENV)/.ready node_modules/.ready  ## Look for known vulnerabilities in all that is pinned (asks an advisory service)
	@failed=; for each in lambdas/requirements requirements requirements-dev sandbox/requirements; do \
	  echo "$$each.txt"; pip-audit --strict --require-hashes --disable-pip --progress-spinner off $(AUDIT) -r $$each.txt || failed=1; done; \
	echo package-lock.json; npm audit $(NPM_AUDIT) || failed=1; \
	[ -z "$$failed" ] || { echo "Not clean, or not audited: see above." >&2; exit 1; }

.PHONY: release
release: $(VENV)/.ready  ## Rehearse a release: make and check all of it, publish nothing (build/release)
	@python -m release

.PHONY: clean
clean:  ## Remove what the targets made, the environments included
	@rm -rf $(VENV) $(SANDBOX_VENV) node_modules cdk.out build .pytest_cache .mypy_cache .ruff_cache .hypothesis
