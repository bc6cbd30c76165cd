# Needs make and a Python of version 3.11 to 3.13, nothing else. `make` alone lists the tasks.

PYTHON ?= python3
export VENV ?= .venv
# What several machines run on is kept apart: its packages differ in places.
CLUSTER_VENV ?= .venv-cluster
bin := $(VENV)/bin
compile := $(bin)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--python-version 3.11 $(if $(filter-out 0,$(UPGRADE)),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help install install-dev demo demo-reset secrets stack-test test test-long bench bench-first-sync bench-matching bench-page faults mutants conformance schema lint audit format lock clean

help: ## list the tasks
	@awk -F ' *:.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install: ## build .venv with what the product runs on; at no cost when that is done
	@$(PYTHON) -m stack.install demo

install-dev: ## the same with what its tests and checks need
	@$(PYTHON) -m stack.install dev

demo: install ## sync a sandbox CRM to a sandbox Books in a real Airflow, and stay; ONCE=1 ends after the table
	@exec $(bin)/python -m stack.demo $(if $(filter-out 0,$(ONCE)),--once)

demo-reset: ## forget what the demo keeps in .demo between runs
	@$(PYTHON) -m stack.reset

secrets: ## make the files that docker-compose.yml reads passwords and keys from; SANDBOX=1 to try it without a Zoho
	@SANDBOX=$(SANDBOX) $(PYTHON) -m stack.cluster.secrets

stack-test: ## run the services of docker-compose.yml as processes, kill some in the middle of syncs, and look at the end
	@VENV=$(CLUSTER_VENV) $(PYTHON) -m stack.install cluster
	@exec $(CLUSTER_VENV)/bin/python -m stack.cluster

test: install-dev ## run the tests; ARGS="tests/core -k merge" picks some
	@$(bin)/python -m pytest -n 2 --dist loadscope --ignore tests/conformance --ignore tests/faults $(ARGS)

test-long: install-dev ## try 100,000 generated cases and 1,000 random histories, and print what came of them; SEED=7 repeats a run
	@ZOHO_LONG_SEED=$(SEED) $(bin)/python -m tests.long -n 2 --dist worksteal $(ARGS)

bench: install-dev ## measure how good and how fast all of it is, into docs/benchmarks.md; ARGS="--only extract,calls"
	@$(bin)/python -m tests.bench $(ARGS)

bench-first-sync: install-dev ## sync a million accounts for the first time, step by step; ARGS="--many 10000"
	@$(bin)/python -m tests.bench.first_sync $(ARGS)

bench-matching: install-dev ## measure how well and how fast near-duplicate names are found; ARGS="--many 20000"
	@$(bin)/python -m tests.bench.matching $(ARGS)

bench-page: install-dev ## measure how long each view of the page takes, with 100,000 changes and 20 integrations
	@ZOHO_SYNC_MEASURED=1 $(bin)/python -m pytest -q tests/web/test_quick.py $(ARGS)

faults: install-dev ## try clients and whole integrations under faults of all kinds; MINUTES=60 plays for so long, SEED=7 repeats
	@ZOHO_FAULT_MINUTES=$(MINUTES) ZOHO_FAULT_SEED=$(SEED) $(bin)/python -m pytest -n 2 --dist loadgroup tests/faults $(ARGS)

mutants: install-dev ## make small mistakes in merging, money, pairing and matching, and see that tests notice each; ARGS="money -j 2"
	@$(bin)/python -m tests.mutation $(ARGS)

conformance: install-dev ## compare the sandbox with Zoho's OpenAPI, its SDK and recorded answers
	@$(bin)/python -m tests.conformance -n 2 --dist worksteal $(ARGS)

schema: install-dev ## write the JSON Schemas of settings and mappings anew
	@PYTHONPATH=plugins $(bin)/python -m zoho.config.schema

lint: install-dev ## check style, types and which part may import which
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports

audit: install-dev ## look for weak places in the code, and for packages with known ones
	$(bin)/bandit -q -c pyproject.toml -r plugins dags stack deploy sandbox
	@$(bin)/python -m stack.audit

format: install-dev ## put the code into the house's style
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

lock: install-dev ## resolve requirements*.in anew into requirements*.txt; UPGRADE=1 takes newer versions
	$(compile) requirements.in -o requirements.txt
	$(compile) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@# The same versions but for one: Amazon's library does not take the newest python-dateutil.
	sed -n '/^python-dateutil=/d; s/^\([a-z0-9].*\) \\$$/\1/p' requirements.txt > .cluster-constraints.txt
	$(compile) requirements-cluster.in -c .cluster-constraints.txt -o requirements-cluster.txt
	rm .cluster-constraints.txt

clean: demo-reset ## remove everything made here: .venv, .demo and caches
	rm -rf .venv .venv-cluster .cache .cluster .cluster-logs .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
