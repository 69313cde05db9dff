# `make demo` and `make test` set up all that they need; `make help` lists the targets.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.set-up
CODE := src tests scripts

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lint types layers shape lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with the deepcode command

$(STAMP): pyproject.toml requirements.lock scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh
	@touch $@

demo: setup ## turn the bundled document into a verified repository; needs no key
	@$(BIN)/deepcode demo

test: setup ## run the tests
	@$(BIN)/pytest

check: setup ## all that CI runs: format, lint, types, layers, tests
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: setup ## format the code
	@$(BIN)/ruff check --fix-only -q $(CODE)
	@$(BIN)/ruff format $(CODE)

shape: setup ## print sizes of files and functions
	@$(BIN)/python scripts/shape.py

lock: setup ## renew requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes \
	  --no-header --no-annotate --quiet --upgrade -o requirements.lock

clean: ## remove what was set up
	@rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
