# Two commands on a fresh machine: `make run` and `make test`. Every set-up step leaves a stamp and runs once.
#
# Words for the program behind a target are passed in ARGS: make test ARGS="-k invoice -x"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BUILD := build
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak manage backup restore setup assets messages lock format clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: setup  ## start everything: address and logins are printed, Ctrl-C stops it
	@exec $(BIN)/python -m core.embedded run

test: setup $(BUILD)/dev.stamp $(BUILD)/browser.stamp  ## all tests, browser tests included, on servers of their own
	@$(BIN)/python -m core.embedded test $(ARGS)

check: setup $(BUILD)/dev.stamp  ## lint, types, import contracts, migrations, system checks, translations, licences
	@$(BIN)/python -m scripts.check $(ARGS)

bench: setup $(BUILD)/dev.stamp  ## the speed rows of docs/quality.md, ours beside plain SQL
	@$(BIN)/python -m core.embedded bench $(ARGS)

soak: setup $(BUILD)/dev.stamp $(BUILD)/browser.stamp  ## the long forms of the reliability tests
	@$(BIN)/python -m core.embedded soak $(ARGS)

manage: setup  ## a management command: make manage ARGS="import_dataset northwind PATH"
	@$(BIN)/python -m core.embedded manage $(ARGS)

backup: setup  ## copy database and files: make backup, or make backup ARGS=DIRECTORY
	@$(BIN)/python -m core.embedded backup $(ARGS)

restore: setup  ## put a backup back: make restore ARGS=DIRECTORY
	@$(BIN)/python -m core.embedded restore $(ARGS)

setup: $(BUILD)/python.stamp $(BUILD)/assets.stamp $(BUILD)/system.stamp messages  ## everything that `make run` needs

assets: $(BUILD)/assets.stamp  ## browser files from npm into static/vendor/

messages: $(BUILD)/python.stamp  ## compile the translations that changed
	@$(BIN)/python -m scripts.compile_messages

# The locks are whole, so nothing is resolved at install: a newer release of a dependency's extra cannot break it.
$(BUILD)/python.stamp: requirements.lock
	@mkdir -p $(BUILD)
	@sh scripts/make_venv.sh "$(PYTHON)" "$(VENV)"
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements.lock
	@touch $@

$(BUILD)/dev.stamp: requirements-dev.lock $(BUILD)/python.stamp
	$(BIN)/pip install --quiet --no-deps --require-hashes --requirement requirements-dev.lock
	@touch $@

$(BUILD)/assets.stamp: package-lock.json static/icons.txt scripts/vendor_assets.py scripts/cut_icons.py | $(BUILD)/python.stamp
	@sh scripts/install_assets.sh "$(BIN)"
	@$(BIN)/python -m scripts.vendor_assets
	@touch $@

# Debian packages are installed when we are root, otherwise named: see the script. Nothing starts without Pango.
$(BUILD)/system.stamp: scripts/system_packages.sh
	@mkdir -p $(BUILD)
	@sh scripts/system_packages.sh pdf && touch $@

$(BUILD)/browser.stamp: scripts/system_packages.sh
	@mkdir -p $(BUILD)
	@sh scripts/system_packages.sh browser && touch $@

lock: $(BUILD)/dev.stamp  ## compile the locks again from pyproject.toml, to take new versions
	@$(BIN)/python -m scripts.lock $(ARGS)

format: $(BUILD)/dev.stamp  ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean:  ## remove what was built; data in var/ stays
	rm -rf $(BUILD) $(VENV) node_modules static/vendor staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
