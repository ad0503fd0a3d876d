# Development commands; `make help` lists them. Each target installs what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11
# Number of processes that run the tests.
JOBS ?= 2
# Stamp files of the environment that the program needs: with the OpenSearch client if
# ACTIVITIES_ENGINE names a cluster.
RUNTIME := $(VENV)/.runs $(if $(filter opensearch%,$(ACTIVITIES_ENGINE)),$(VENV)/.opensearch)
export PORT

.PHONY: help install install-import serve test test-slow mutants bench bench-opensearch relevance
.PHONY: check lock clean
.PHONY: opensearch opensearch-stop screenshots lighthouse translations
.PHONY: chromium libreoffice maven npm strace wrk

help: ## List all targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

install: $(RUNTIME) ## Install the program in .venv

install-import: $(VENV)/.imports ## Install also what reads XLSX, DOCX and HTML for "activities import"

# `activities index` exits with 1 if files have errors; the other files are indexed all the same.
serve: $(RUNTIME) ## Index content/ and serve it on http://127.0.0.1:8000/ (PORT=... changes the port)
	@$(BIN)/activities index || [ $$? -eq 1 ]
	@exec $(BIN)/activities serve

# One process more than JOBS: tests often wait for other processes. A process without tests takes
# some of another one, since the tests of servers and browsers are slow and next to each other.
test: $(VENV)/.develops chromium ## Run the fast tests
	@$(BIN)/python -m pytest -n $$(($(JOBS) + 1)) --dist worksteal

# pytest exits with 5, and this target fails, if no test is selected.
test-slow: $(VENV)/.develops chromium libreoffice strace npm maven ## Run the slow tests
	@$(BIN)/python -m pytest -m slow -n $(JOBS) --dist loadgroup

mutants: $(VENV)/.develops ## Check that the tests notice harmful changes of the program (MUTATIONS="id ..." tries some)
	@JOBS=$(JOBS) $(BIN)/python -m tests.mutations $(MUTATIONS)

opensearch: $(VENV)/.develops maven ## Start a local OpenSearch cluster of three nodes on ports 9201 to 9203
	@$(BIN)/python -m tests.cluster start

opensearch-stop: $(VENV)/.develops ## Stop the local OpenSearch cluster and delete its data
	@$(BIN)/python -m tests.cluster stop

bench: $(VENV)/.measures wrk ## Measure extraction, indexing and search, and write BENCHMARKS.md
	@$(BIN)/python tests/bench/detection.py
	@$(BIN)/python -m tests.bench

bench-opensearch: $(VENV)/.develops maven ## Measure the OpenSearch engine against plain OpenSearch, and add it to BENCHMARKS.md
	@$(BIN)/python -m tests.bench.opensearch

relevance: $(VENV)/.measures ## Measure the search page on test collections (COLLECTIONS="folder ..."), and add it to BENCHMARKS.md
	@$(BIN)/python -m tests.relevance $(COLLECTIONS)

check: $(VENV)/.develops ## Run the linter, check formatting and types, and count lines of code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict indexer webapp
	@echo "$$(find indexer webapp -name '*.py' -print0 | xargs -0 cat | wc -l) lines of Python outside tests"

screenshots: $(VENV)/.develops chromium ## Take the screenshots for the README, and others in screenshots/
	@$(BIN)/python -m tests.browser.screenshots

lighthouse: $(VENV)/.develops chromium npm ## Audit every page with Lighthouse, as a phone and as a desktop
	@$(BIN)/python -m tests.browser.lighthouse

translations: $(VENV)/.develops ## Extract messages to webapp/locales/messages.pot and update the .po files
	@$(BIN)/python -m tests.webapp.i18n.sentences

lock: $(VENV)/.develops ## Upgrade all dependencies and write the lock files
	echo 'setuptools>=77' | $(COMPILE) pyproject.toml - --output-file requirements.lock
	echo 'setuptools>=77' | $(COMPILE) --extra dev pyproject.toml - \
		--constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) --extra opensearch pyproject.toml \
		--constraint requirements-dev.lock --output-file requirements-opensearch.lock
	$(COMPILE) --extra import pyproject.toml \
		--constraint requirements-dev.lock --output-file requirements-import.lock
	$(COMPILE) --extra bench pyproject.toml \
		--constraint requirements-dev.lock --output-file requirements-bench.lock

clean: ## Delete generated files: .venv, the index and caches
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find index -mindepth 1 ! -name .gitkeep -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Without python3-venv, Debian's Python creates a venv without pip, so the package is checked first.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'make: Python 3.11 or newer is needed: choose one with PYTHON=...' >&2; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo 'make: running as root: installing the Debian package python3-venv' >&2; \
			apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; \
		else \
			echo 'make: Python has no venv module: run "sudo apt-get install python3-venv" and repeat the command' >&2; exit 1; \
		fi; \
	fi
	@echo 'creating $(VENV)' >&2
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)

# Stamp files: an environment is installed again when a lock file or pyproject.toml changes. The
# development environment includes the runtime environment.
$(VENV)/.runs: requirements.lock pyproject.toml | $(BIN)/python
	@if [ ! -e $(VENV)/.develops ]; then $(PIP) install --require-hashes -r requirements.lock; \
	else $(PIP) install --require-hashes -r requirements-dev.lock; fi
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The runtime environment with the OpenSearch client.
$(VENV)/.opensearch: requirements-opensearch.lock $(VENV)/.runs
	@$(PIP) install --require-hashes -r requirements-opensearch.lock
	@touch $@

# The runtime environment with the libraries that read the formats of office programs and the web.
$(VENV)/.imports: requirements-import.lock $(VENV)/.runs
	@$(PIP) install --require-hashes -r requirements-import.lock
	@touch $@

$(VENV)/.develops: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(VENV)/.runs $@

# The development environment with the search libraries that the benchmarks compare.
$(VENV)/.measures: requirements-bench.lock $(VENV)/.develops
	@$(PIP) install --require-hashes -r requirements-bench.lock
	@touch $@

# $(call debian,COMMAND,PACKAGES,NAME,USE): if COMMAND is missing, install Debian's PACKAGES as root,
# or print how to install them. NAME and USE appear in the message.
define debian
	@if ! command -v $(1) >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo 'make: running as root: installing the Debian package(s) $(2) $(4)' >&2; \
			apt-get update -qq && apt-get install -y -qq $(2) >/dev/null; \
		else \
			echo 'make: $(3) is missing: run "sudo apt-get install $(2)" $(4)' >&2; \
		fi; \
	fi
endef

# For the test that kills a command at each of its file operations. Without strace it is skipped;
# with CI=true it fails.
strace: ## Install strace, for the tests that kill commands
	$(call debian,strace,strace,strace,for all of the slow tests)

# Maven downloads OpenSearch. Without it the cluster tests are skipped; with CI=true they fail.
maven: ## Install Maven, for the tests on OpenSearch
	$(call debian,mvn,maven,Maven,for the tests on OpenSearch)

# Lighthouse, and the Nu HTML Checker, which needs Java. `npm ci` would fail: a dependency of
# Lighthouse requires the "latest" version of a package, and ci rejects the lock file as soon as a
# later one is released. Without the checker the markup test is skipped.
npm: tests/browser/node_modules/.package-lock.json ## Install Lighthouse and the HTML checker
tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	$(call debian,npm,npm,npm,to check pages)
	$(call debian,java,default-jre-headless,java,to check pages)
	@if command -v npm >/dev/null; then \
		npm install --prefix tests/browser --no-save --ignore-scripts --no-fund --no-audit --silent; \
	fi

# Without wrk pages over HTTP are not measured, and the report says so.
wrk: ## Install wrk, for the benchmarks of pages
	$(call debian,wrk,wrk,wrk,to measure pages over HTTP)

# Without Chromium the browser tests are skipped; with CI=true they fail.
chromium: ## Install Chromium, for the browser tests
	$(call debian,chromium,chromium,Chromium,for the browser tests)

# Without LibreOffice the tests that open office files are skipped; with CI=true they fail.
libreoffice: ## Install LibreOffice, for the tests that open office files
	$(call debian,soffice,libreoffice-writer libreoffice-calc,LibreOffice,for all of the slow tests)
