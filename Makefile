# Two commands: `make run` serves the site, `make test` runs everything. Both build their own environment.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: run test lint bench clean environment test-environment browser

environment: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

test-environment: $(VENV)/.installed-test

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group test
	touch $@

# The end-to-end tests use the Chromium that is there; on Debian as root it is installed.
browser:
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    (apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk) >/dev/null 2>&1 || true; fi; }
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || \
	  echo "No Chromium: browser tests are skipped. Install it with your package manager (Debian: apt-get install chromium fonts-noto-cjk)."

run: environment
	$(BIN)/lingbao serve --port $(PORT)

lint: test-environment
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/lint-imports
	$(BIN)/mypy

test: test-environment browser lint
	$(BIN)/python -m pytest -n 2 --dist loadfile
	$(BIN)/python tests/wheel.py

bench: test-environment
	$(BIN)/python -m benchmarks.run $(if $(FULL),--full) $(if $(ONLY),--only $(ONLY))

clean:
	rm -rf $(VENV) .lingbao dist build
