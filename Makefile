# Two commands do everything on a machine with Python 3.11, Node 20 and make:
#   make run    serve the default bundle and the page on http://127.0.0.1:8000
#   make test   every check and every test
# and a third makes the default bundle anew, from images and ImageNet weights, in a night on two cores:
#   make bundle DATA=... WEIGHTS=...
PYTHON ?= python3.11
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip
BOOTSTRAP := $(VENV)/.bootstrap
SERVE := $(VENV)/.serve
DEV := $(VENV)/.dev
PACKAGES := web/node_modules/.package-lock.json
PAGE := server/dermsplit_server/page/index.html
PAGE_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print)

.PHONY: run test page browser lint types web-checks pytest e2e fuzz cluster browsers locks golden docs screenshots clean

run: $(SERVE) $(PAGE)
	$(BIN)/dermsplit serve --port $(PORT)

test: lint types web-checks pytest

# --- environments ---------------------------------------------------------------------------------------------------

$(BOOTSTRAP): requirements/bootstrap.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# The development environment holds all that serving needs, so it is never narrowed to it again.
$(SERVE): requirements/serve.txt pyproject.toml $(BOOTSTRAP)
	@test -e $(DEV) || { echo "Installing the server (TensorFlow is large: a few minutes)"; \
		$(UV) install --quiet --python $(BIN)/python --require-hashes -r $<; }
	$(UV) install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements/dev.txt pyproject.toml $(BOOTSTRAP)
	@echo "Installing the development environment (TensorFlow is large: a few minutes)"
	$(UV) sync --quiet --python $(BIN)/python --require-hashes $<
	$(UV) install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(PACKAGES): web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	touch $@

$(PAGE): $(PACKAGES) $(PAGE_SOURCES)
	cd web && npm run --silent build
	touch $@

page: $(PAGE)

# Chromium for the end-to-end tests: the one that is there, else Debian's where this user may install it.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
	else echo "No Chromium found: the end-to-end tests cannot run. Install the package chromium."; fi

# --- checks ---------------------------------------------------------------------------------------------------------

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(DEV)
	$(BIN)/mypy

web-checks: $(PACKAGES)
	cd web && npm run --silent check && npm run --silent lint && npm test --silent

pytest: $(DEV) $(PAGE) browser
	$(BIN)/python -X faulthandler -m pytest

e2e: $(DEV) $(PAGE) browser
	$(BIN)/python -m pytest -m e2e

# Firefox and WebKitGTK: Debian's, where this user may install them. WebKitGTK draws on a virtual display.
browsers: $(DEV) $(PAGE) browser
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends \
			firefox-esr webkit2gtk-driver xvfb xauth >/dev/null; fi
	xvfb-run --auto-servernum $(BIN)/python -m pytest tests/browsers

# The guided fuzzer on whatever reads bytes from outside, so many seconds each. What it found lies in build/fuzz.
FUZZ_SECONDS ?= 600

fuzz: $(DEV)
	$(BIN)/python -m tests.fuzz.seeds build/fuzz
	for target in request manifest; do \
		$(BIN)/python -m tests.fuzz.run $$target build/fuzz/$$target \
			-max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/ || exit 1; done

# Ray has an environment of its own: tensorflowjs cannot live beside it.
RAY := $(VENV)/ray

$(RAY)/.made: requirements/ray.txt pyproject.toml $(BOOTSTRAP)
	$(PYTHON) -m venv $(RAY)
	$(UV) sync --quiet --python $(RAY)/bin/python --require-hashes $<
	$(UV) install --quiet --python $(RAY)/bin/python --no-deps --no-build-isolation --editable .
	touch $@

cluster: $(RAY)/.made
	$(RAY)/bin/python -m pytest --confcutdir=tests/cluster tests/cluster

# --- upkeep ---------------------------------------------------------------------------------------------------------

COMPILE := $(UV) compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml
LOCKED := --constraint requirements/dev.txt

# One resolution for all: the narrower sets are cut out of the widest.
locks: $(BOOTSTRAP)
	$(COMPILE) --extra training --extra convert --extra phone --group dev --output-file requirements/dev.txt
	$(COMPILE) $(LOCKED) --extra training --output-file requirements/training.txt
	$(COMPILE) $(LOCKED) --extra convert --output-file requirements/convert.txt
	$(COMPILE) $(LOCKED) --extra keras --extra openvino --extra litert --extra phone --output-file requirements/serve.txt
	$(COMPILE) $(LOCKED) --extra openvino --output-file requirements/serve-openvino.txt
	$(COMPILE) --extra ray --group cluster --output-file requirements/ray.txt
	$(UV) compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
		$(LOCKED) --group bootstrap --output-file requirements/bootstrap.txt

golden: $(DEV)
	$(BIN)/python contract/golden/regenerate.py

docs: $(DEV)
	$(BIN)/python docs/generate.py

screenshots: $(DEV) $(PAGE) browser
	$(BIN)/python -m tests.e2e.screenshots

include training/bundle.mk

clean:
	rm -rf $(VENV) web/node_modules server/dermsplit_server/page
