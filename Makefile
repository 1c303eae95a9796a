# `make` alone says what there is. Everything but Python 3.11 and make is set up here.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: help setup demo test check bench lock clean

help:  ## Say what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## Set up .venv, so that .venv/bin/kam is the command

demo: $(READY)  ## Load the sample book into a home of its own and open a chat
	@KAM_HOME="$${KAM_HOME:-.demo}" $(BIN)/kam demo $(ARGS)

test: $(READY)  ## Run the tests; ARGS="-k backup" chooses some, ARGS="-m slow" the slow ones
	@$(BIN)/python -m pytest -n 3 --dist loadfile -m "not slow" $(ARGS)

check: $(READY)  ## Check the formatting, the rules of style and the types
	@failed=0; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	exit $$failed

bench: $(READY)  ## Run the measurements under benchmarks/
	@for script in benchmarks/[a-z]*.py; do \
	    echo "== $$script"; $(BIN)/python "$$script" $(ARGS) || exit 1; done

# uv writes the lock: hashes of every platform's files, and no registry's address. It keeps the
# versions that are locked already; ARGS=--upgrade takes newer ones.
lock:  ## Write requirements.lock from pyproject.toml and requirements.in
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	$(PYTHON) -m venv "$$scratch" && \
	"$$scratch/bin/python" -m pip install --quiet --disable-pip-version-check uv && \
	"$$scratch/bin/uv" pip compile pyproject.toml --extra openai requirements.in \
	    --override requirements.override --generate-hashes --universal --python-version 3.11 \
	    --no-annotate --no-header --quiet --output-file requirements.lock $(ARGS)
	@if grep -nE '^-|://' requirements.lock; then \
	    echo "requirements.lock names an address: see the lines above." >&2; exit 1; fi

clean:  ## Remove caches, builds and the demo's home; .venv stays
	@rm -rf build dist .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	    command -v "$(PYTHON)" >/dev/null || { \
	        echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name one:" \
	            "make PYTHON=/path/to/python3.11" >&2; exit 1; }; \
	    "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	        echo "kam needs Python 3.11 or newer and $(PYTHON) is $$("$(PYTHON)" -V 2>&1)." \
	            "Name another: make PYTHON=python3.11" >&2; exit 1; }; \
	    "$(PYTHON)" -m venv --clear $(VENV); fi
	@echo "Setting up $(VENV) (850 MB; a few minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --no-deps --no-compile --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --no-deps --no-build-isolation --editable .
	@touch $@
