# What people, CI and hooks all call. `make help` lists it. Needs python3 (3.11 or newer), make and git; nothing else.
# The scripts are bundled with the machine's Node, or with one from a wheel; see hatch_build.py.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# One file stands for "installed"; its name changes when what is to be installed does.
SOURCES := pyproject.toml hatch_build.py $(wildcard connector/translations/*/LC_MESSAGES/*.po) $(wildcard frontend/*.*)
UV := .tools/bin/uv
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export UV_NO_PROGRESS = 1
export UV_PYTHON_DOWNLOADS = never

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test test-fast coverage check format lock bench pictures translations migration lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: $(VENV)/.run ## Start tool, sandbox LMS, LRS and worker (PORT=8000 and the two above it)
	@exec $(BIN)/kring demo --port $(PORT)

demo-reset: ## Forget what the demo has stored
	rm -rf .demo

test: $(VENV)/.test ## Run every test: a real browser and a real PostgreSQL included
	$(BIN)/python -m tests.needs
	$(BIN)/pytest -n auto --dist loadgroup -q

coverage: $(VENV)/.test ## Run every test, and say what no test has run
	$(BIN)/pytest -n auto --dist loadgroup --cov --cov-report=term --cov-report=html -q

test-fast: $(VENV)/.test ## Run the tests that need neither browser nor PostgreSQL
	$(BIN)/pytest -n auto --dist loadgroup -q -m "not browser" --engines sqlite

check: $(VENV)/.test ## Lint, format, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.test ## Format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test ## Run the benchmarks; each prints ratios measured in one run
	$(BIN)/python -m tests.bench

pictures: $(VENV)/.test ## Take the pictures in docs/pictures again
	$(BIN)/python -m tests.browser.pictures

translations: $(VENV)/.test ## Collect the texts for translators, and compile what they translated
	$(BIN)/pybabel -q extract --project Kring --omit-header --no-location --sort-output -F babel.cfg -o connector/translations/messages.pot connector
	$(BIN)/pybabel -q update -i connector/translations/messages.pot -d connector/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d connector/translations

migration: $(VENV)/.test ## Write a migration from what the models say (M="What it does.")
	$(BIN)/python -m connector.migrations "$(M)"

lock: $(UV) ## Write the locks again from pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --group build pyproject.toml -o requirements/run.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url -c requirements/run.txt \
		--group build --extra semantic pyproject.toml -o requirements/semantic.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url -c requirements/run.txt \
		--group build --group test --group bench --group dev pyproject.toml -o requirements/test.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --group pyproject.toml:node -o requirements/node.txt

clean: ## Remove everything that was installed or made
	rm -rf $(VENV) .tools .demo frontend/node_modules connector/static/dist htmlcov .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit("Kring needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m pip install -q --require-hashes --target .tools --upgrade -r requirements/uv.txt
	@touch $@

# Not bin/python: that is a link to a Python that is older than anything here, so it would be made again and again.
$(VENV)/pyvenv.cfg: $(UV)
	@$(UV) venv -q --clear --python $(PYTHON) $(VENV)

$(VENV)/.run: $(VENV)/pyvenv.cfg requirements/run.txt $(SOURCES)
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/run.txt
	@node --version 2>&1 | grep -qE '^v[2-9][0-9]\.' || $(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/node.txt || true
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements/test.txt
	@touch $@
