# Each target sets up what it needs. The first run fetches and builds (minutes, with progress); later ones take seconds.
#   make preview                 make preview STACK=prod
#   make up ARGS="--diff"        more arguments for Pulumi
#   make test-unit ARGS="-k vault"                     for pytest

STACK ?= dev
ARGS ?=
FILE ?=
PYTHON ?= python3
WORKERS ?= 2

PY := .venv/bin/python
PYTEST := $(PY) -m pytest
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
LANES := unit sandbox ops program contract policies engine property tools servers docs

# The pyright wheel brings its JavaScript and a Node: look for no other of either.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PYRIGHT_PYTHON_GLOBAL_NODE := 0

# Some images forbid Python to keep what it compiled; each of the many processes of a test run would compile anew.
unexport PYTHONDONTWRITEBYTECODE

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: help setup engine servers scanner scan preview policy policy-state up refresh destroy test $(LANES:%=test-%) test-engine-full golden lint format lock lock-check bench clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo '  STACK=dev|prod chooses the stack, ARGS="..." goes on to Pulumi or pytest.'

setup: ## Make .venv from requirements-dev.txt (nothing to do when it is fresh)
	@$(PYTHON) -m tools.environment

engine: setup ## Find, download or build the Pulumi engine, and print its path
	@$(PY) -m tools.engine

preview: setup ## Preview a stack on the sandbox: no account, no credentials
	@$(PY) -m sandbox preview --stack $(STACK) $(ARGS)

policy: setup ## Judge a stack's plan by the policy pack alone, and list what exemptions cover
	@$(PY) -m sandbox policy --stack $(STACK) $(ARGS)

policy-state: setup ## Judge an exported state by the policy pack: FILE=state.json, from pulumi stack export
	@test -n "$(FILE)" || { echo 'policy-state: name the state: make policy-state FILE=state.json' >&2; exit 2; }
	@PATH="$$(dirname "$$($(PY) -m tools.engine)"):$$PATH" $(PY) -m ops policy state "$(FILE)" $(ARGS)

up: setup ## Recover from a killed run, then deploy a stack on the sandbox
	@$(PY) -m sandbox up --stack $(STACK) $(ARGS)

refresh: setup ## Compare a stack's state with the sandbox
	@$(PY) -m sandbox refresh --stack $(STACK) $(ARGS)

destroy: setup ## Destroy a stack on the sandbox; refused while it is protected
	@$(PY) -m sandbox destroy --stack $(STACK) $(ARGS)

servers: setup ## Install the real servers that the tests run (as root on Debian), or name them
	@$(PY) -m tools.servers

scanner: setup ## Make .venv-scan, the environment of the template scanner, from requirements-scan.txt
	@$(PYTHON) -m tools.environment scan

scan: scanner ## Scan the exported ARM template with Checkov; failed checks need a waiver
	@$(PY) -m tools.template_scan $(ARGS)

test: engine servers scanner ## Run every test lane
	@$(PYTEST) $(PARALLEL) $(ARGS) tests

test-unit: setup ## Components and settings against mocks
test-sandbox: setup ## The stand-ins: what they answer, and what they refuse
test-ops: setup ## Operators' commands against doubles of Azure and Graph
test-program: setup ## The whole inventory of each stack, and every pair of choices a stack can make
test-contract: setup ## Every request against the ARM types
test-policies: setup ## Every policy's cases, and the whole program against the pack
test-engine: engine ## Preview, up, refresh, drift, faults and destroy on the real engine
test-property: setup ## Generated settings, names and networks
test-tools: setup scanner ## The toolchain itself, and the scan of the exported ARM template
test-servers: servers ## Rendered files against the real HAProxy, mosquitto, Erlang, PostgreSQL
test-docs: setup ## Links, commands and generated pages of the documentation

$(LANES:%=test-%): test-%:
	@$(PYTEST) $(PARALLEL) $(ARGS) tests/$*

test-engine-full: engine ## As test-engine, with kills and faults at every resource of STACK, not a sample of dev: much longer
	@$(PYTEST) $(PARALLEL) --every-resource $(STACK) $(ARGS) tests/engine

golden: setup ## Write golden files and generated pages anew; their diff belongs into the review
	@$(PYTEST) --snapshot-update -q $$(grep -rlw snapshot --include='test_*.py' tests)
	@$(PY) -m settings docs
	@$(PY) -m components.outputs_reference
	@$(PY) -m ops policy docs
	@$(PY) -m topics docs
	@$(PY) -m ops arm-template --stack prod -o infrastructure/azuredeploy.json --readme infrastructure/README.md
	@$(PY) -m alerts docs

lint: setup ## Formatting, ruff, pyright
	@$(PY) -m ruff format --check --quiet . || { echo 'lint: run make format' >&2; exit 1; }
	@$(PY) -m ruff check --quiet .
	@echo 'lint: ruff is clean; pyright takes about a minute' >&2
	@$(PY) -m pyright

format: setup ## Format and mend what ruff can mend
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

lock: setup ## Compile the requirements from pyproject.toml; ARGS="--upgrade NAME" takes a newer version
	@$(PY) -m tools.lock $(ARGS)
	@$(MAKE) setup

lock-check: setup ## Check that the requirements follow from pyproject.toml
	@$(PY) -m tools.lock --check

bench: engine ## Measure, and write docs/benchmarks.md
	@$(PY) -m tests.bench $(ARGS)

clean: ## Remove what these targets made here; the engine cache and the sandbox's state stay
	@rm -rf .venv .venv-scan .venv-lock .venv-removed-* .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
