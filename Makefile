# make ask Q="..."   answers a question with the model that ships inside
# make test          what CI runs: style, types, tests
#
# Both set up .venv first. Another build of torch: make TORCH=torch==2.11.0 ask Q="..."

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
    $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
TORCH ?= torch==2.13.0
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

export Q FILE MODEL

.PHONY: ask test check fix clean

ask: $(VENV)/.ask
	@if [ -z "$$Q" ]; then echo 'Ask something: make ask Q="What is 37 * 489 + 12?"'; exit 2; fi
	@$(BIN)/qwact run "$$Q" $(if $(FILE),--file "$$FILE") $(if $(MODEL),--model "$$MODEL")

test: check
	@$(BIN)/python -m pytest -q

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: $(VENV)/.dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.ask: pyproject.toml
	@if [ -z "$(PYTHON)" ]; then echo "qwact needs Python 3.11 or later; none is on the PATH."; exit 2; fi
	@echo "Setting up $(VENV) with $(PYTHON): torch, transformers and the sandbox's packages."
	@echo "This happens once and takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) "$(TORCH)" -e ".[interpreter]"
	@touch $@

$(VENV)/.dev: $(VENV)/.ask
	@echo "Adding what the tests need."
	@$(PIP) -e ".[dev]"
	@touch $@
