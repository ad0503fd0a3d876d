# Every command sets up what it needs; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Two processes share the tests unless JOBS says otherwise.
JOBS ?= 2
export PORT

.PHONY: help install serve test test-slow bench check screenshots lighthouse translations lock clean chromium strace wrk npm
.PHONY: opensearch opensearch-stop bench-opensearch maven

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

install: $(VENV)/.runs $(if $(filter opensearch%,$(ACTIVITIES_ENGINE)),$(VENV)/.opensearch) ## Set up .venv to run the program, and do nothing else

serve: $(VENV)/.runs $(if $(filter opensearch%,$(ACTIVITIES_ENGINE)),$(VENV)/.opensearch) ## Index content/ and serve it on http://127.0.0.1:8000/ (PORT=... for another)
	@$(BIN)/activities index || [ $$? -eq 1 ]
	@exec $(BIN)/activities serve

test: $(VENV)/.develops chromium ## Run the fast tests
	@$(BIN)/python -m pytest -n $(JOBS)

# pytest exits 5 where nothing was selected, and then this fails.
test-slow: $(VENV)/.develops chromium strace npm maven ## Run the slow tests
	@$(BIN)/python -m pytest -m slow -n $(JOBS) --dist loadgroup

opensearch: $(VENV)/.develops maven ## Start an OpenSearch cluster of three nodes to try, on ports 9201 to 9203
	@$(BIN)/python -m tests.cluster start

opensearch-stop: $(VENV)/.develops ## Stop it, and remove its data
	@$(BIN)/python -m tests.cluster stop

bench: $(VENV)/.measures wrk ## Measure detection, and search against other engines: BENCHMARKS.md
	@$(BIN)/python tests/bench/detection.py
	@$(BIN)/python -m tests.bench

bench-opensearch: $(VENV)/.develops maven ## Measure this program on an OpenSearch cluster against the bare one: BENCHMARKS.md
	@$(BIN)/python -m tests.bench.opensearch

check: $(VENV)/.develops ## Lint, check format and types, and count the lines
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict indexer webapp
	@echo "$$(find indexer webapp -name '*.py' -print0 | xargs -0 cat | wc -l) lines of Python outside tests"

screenshots: $(VENV)/.develops chromium ## Take the pictures of the README, and more to look at in screenshots/
	@$(BIN)/python -m tests.browser.screenshots

lighthouse: $(VENV)/.develops chromium npm ## Score every page with Lighthouse, as a phone and as a desktop
	@$(BIN)/python -m tests.browser.lighthouse

translations: $(VENV)/.develops ## Collect every sentence into webapp/locales/messages.pot, and bring each .po beside it up to date
	@$(BIN)/python -m tests.webapp.i18n.sentences

lock: $(VENV)/.develops ## Resolve the dependencies anew into the lock files
	echo 'setuptools>=77' | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 pyproject.toml - \
		--output-file requirements.lock
	echo 'setuptools>=77' | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --extra dev pyproject.toml - \
		--constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --extra opensearch pyproject.toml \
		--constraint requirements-dev.lock --output-file requirements-opensearch.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --extra bench pyproject.toml \
		--constraint requirements-dev.lock --output-file requirements-bench.lock

clean: ## Remove what was generated: the environment, the index, the caches
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find index -mindepth 1 ! -name .gitkeep -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A venv without pip is what Debian leaves behind when python3-venv is missing.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'make: Python 3.11 or newer is needed: name one with PYTHON=...' >&2; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
		else \
			echo 'make: Python has no venv: run "sudo apt-get install python3-venv", then this again' >&2; exit 1; \
		fi; \
	fi
	@echo 'setting up $(VENV)' >&2
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)

# The stamps hold until a lock file or pyproject.toml changes. What develops also runs.
$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@if [ ! -e $(VENV)/.develops ]; then $(PIP) install --require-hashes -r requirements.lock; \
	else $(PIP) install --require-hashes -r requirements-dev.lock; fi
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Beside what runs: what speaks to a cluster, where ACTIVITIES_ENGINE names one.
$(VENV)/.opensearch: requirements-opensearch.lock $(VENV)/.runs
	@$(PIP) install --require-hashes -r requirements-opensearch.lock
	@touch $@

$(VENV)/.develops: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(VENV)/.runs $@

# Beside what develops: what this program is measured against.
$(VENV)/.measures: requirements-bench.lock $(VENV)/.develops
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

# $(call debian,COMMAND,PACKAGES,NAME,USE): PACKAGES of Debian where there is no COMMAND, if they may be installed.
define debian
	@if ! command -v $(1) >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo 'installing $(3) $(4)' >&2; \
			apt-get update -qq && apt-get install -y -qq $(2) >/dev/null; \
		else \
			echo 'make: no $(3): run "sudo apt-get install $(2)" $(4)' >&2; \
		fi; \
	fi
endef

# Without it the command is not killed at each of its file operations; that test is skipped by name, with CI=true it fails.
strace:
	$(call debian,strace,strace,strace,for all of the slow tests)

# OpenSearch comes from Maven. Without it the tests of the cluster are skipped by name; with CI=true they fail.
maven:
	$(call debian,mvn,maven,Maven,for the tests on OpenSearch)

# Lighthouse and the Nu HTML Checker, which runs on Java. Not npm ci: a package of Lighthouse's asks for "latest" of another,
# and ci refuses a lock file once there is a later one. Without them the test of the markup is skipped by name.
npm: tests/browser/node_modules/.package-lock.json
tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	$(call debian,npm,npm,npm,to check pages)
	$(call debian,java,default-jre-headless,java,to check pages)
	@if command -v npm >/dev/null; then npm install --prefix tests/browser --no-save --ignore-scripts --no-fund --no-audit --silent; fi

# Without it pages over HTTP are not measured, and the report says so.
wrk:
	$(call debian,wrk,wrk,wrk,to measure pages over HTTP)

# Without it the browser tests are skipped by name; with CI=true they fail.
chromium:
	$(call debian,chromium,chromium,Chromium,for the browser tests)
