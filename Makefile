# hoffice in two commands: `make run` and `make test`. `make help` explains the others.
# Needs python3 (3.11 or newer) with venv, and make; everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python

# Images often set it. Each process would read all sources anew: its start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help python install install-dev run test check fix soak bench story lock vendor licences

help: ## Show this list
	@echo "hoffice: moves a company into home office and back"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "hoffice needs Python 3.11 or newer: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "hoffice needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=python3.11 $(or $(MAKECMDGOALS),run)" >&2; exit 1; }

install: python ## Build the environment in .venv from the pinned, hashed requirements
	@$(PYTHON) tools/install.py

install-dev: python
	@$(PYTHON) tools/install.py --dev

run: install ## Start hoffice with its demo on http://127.0.0.1:8000 (PORT=… for another port, FIRST_MORNING=1)
	@FIRST_MORNING=$(FIRST_MORNING) exec $(PY) -m tools.serve

test: install-dev ## Everything that must hold: format, lint, types, imports, texts, tests, browser
	@$(PY) tools/apt.py
	@exec $(PY) tools/check.py

check: install-dev ## Only the quick half of test: format, lint, types, imports, templates, texts
	@exec $(PY) tools/check.py --linters

fix: install-dev ## Format the code and repair what ruff can repair
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

soak: install-dev ## The long runs: state machines, load, kill tests (up to an hour)
	@exec $(PY) tools/check.py --soak

bench: install-dev ## Measure what the README says about speed (PART=startup|http|import|places|runs|papers|kits)
	@exec $(PY) -m bench $(PART)

story: install-dev ## Only the stories: the product from outside, sentence by sentence
	@exec $(BIN)/pytest tests/stories -v -p no:randomly

lock: install-dev ## Pin and hash the newest versions that requirements*.in allow
	@$(PY) tools/lock.py

licences: install-dev ## Write docs/licences.md from what is installed
	@$(PY) tools/licences.py

vendor: install-dev ## Copy the browser libraries from npm into hoffice/static/vendor
	@$(PY) tools/vendor.py
