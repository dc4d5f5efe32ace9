# Every target is one line of `make help`, made from the ## comments. Nothing here needs root but the kernel tier.
PYTHON ?=
VENV := .venv/bin
PY := $(VENV)/python
READY := .venv/ready
T ?=
ONCE ?=
N ?= logical

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format types bench bench-hub virtual-bench image image-test planted campaign fixtures docs pictures verifier-page page-pictures day lock clean

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml .ci/make-venv
	@echo "Setting up .venv: about half a minute, once (and again when requirements.lock or pyproject.toml changes) ..."
	@PYTHON="$(PYTHON)" .ci/make-venv
	@touch $@

install: $(READY) ## .venv with etabli-station, etabli-hub and etabli-verify (PYTHON=... picks the interpreter)
	@echo "Ready: .venv/bin/etabli-station, .venv/bin/etabli-hub, .venv/bin/etabli-verify (or: . .venv/bin/activate)"

demo: $(READY) ## a hub, a station, six simulated drives, a laptop: until Ctrl-C (ONCE=1: run, verify, end)
	@$(PY) -m station_agent.demo $(if $(ONCE),--once)

test: $(READY) ## all tiers, a process per core (N=1: one; T=path or -k ...: in one; REQUIRE_ALL_TIERS=1: all must run)
	@$(PY) -m pytest $(if $(T),,-n $(N)) $(T)

lint: $(READY) ## style, types, import rules, and the programs of tests/lint
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-logo
	@$(PY) -m tests.lint

format: $(READY) ## format and repair what can be repaired without a decision
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

types: $(READY) ## mypy --strict over the five packages
	@$(VENV)/mypy

bench: $(READY) ## this engine against dd and nwipe on loop devices, interleaved (root); build/bench.json
	@$(PY) -m tests.bench $(ARGS)

bench-hub: $(READY) ## a hub of a million devices: pages, intake, documents (half an hour, 15 GB); build/bench-hub.json
	@$(PY) -m tests.bench.hub $(ARGS)

virtual-bench: $(READY) ## the agent erases emulated drives in a guest with a real kernel (root; ARGS=--planted: bugs it must catch); build/virtual-bench.json
	@$(PY) -m tests.virtual_bench $(ARGS)

image: $(READY) ## the stick that technicians boot: build/etabli.iso and .json (root, Debian's archive; ARGS=--small); HUB=1: a hub appliance
	@$(PY) -m station_agent.image $(if $(HUB),--hub) $(ARGS)

image-test: $(READY) ## that image boots in QEMU, erases, loses its power, is right afterwards (root; ARGS="--cuts 50")
	@$(PY) -m tests.stick $(ARGS)

planted: $(READY) ## plant each known bug in a copy; the suite must catch every one
	@$(PY) -m tests.planted $(ARGS)

campaign: $(READY) ## 10,000 random kills of a bench, 50 of the hub, a fault in every call on the records, 120,000 requests (ETABLI_KILLS, _CASES, _SEED)
	@ETABLI_CAMPAIGN=full $(PY) -m pytest -m campaign -s $(T)

fixtures: $(READY) ## hardware fixtures against their schema
	@$(PY) -m tests.lint fixtures

pictures: $(READY) ## draw every screen of the guided checks, of the bench console and of the stick again
	@$(PY) -m station_agent.checks.pictures
	@$(PY) -m station_agent.console.pictures
	@$(PY) -m station_agent.image.pictures

verifier-page: $(READY) ## the verifier as one HTML file for a donor: build/verifier.html (TRUST=trust.json puts keys in)
	@$(PY) -m certificates.verifier_page build/verifier.html $(TRUST)

page-pictures: $(READY) ## every page of the hub in both themes and three widths, to be looked at; build/pages
	@$(PY) -m tests.browser.pictures

day: $(READY) ## a whole day at a bench, by keys in tmux; its screens as pictures in build/day (LANGUAGE=fr)
	@$(PY) -m tests.day --lang $(or $(filter fr en,$(LANGUAGE)),en) $(ARGS)

docs: $(READY) ## write the command reference from --help
	@$(PY) -m tests.lint.command_help --write

lock: ## resolve requirements.lock anew (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		--no-emit-find-links --extra dev pyproject.toml --output-file requirements.lock

clean: ## remove what make made; never the data of a hub or of a station
	@rm -rf .venv build demo-data *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
