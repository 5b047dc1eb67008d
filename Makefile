# The commands of this project. They need Python 3.11 or newer and make, nothing else beforehand.

PYTHON ?= $(firstword $(foreach name,python3 python3.11 python3.12 python3.13,$(shell \
	$(name) -c 'import sys; sys.version_info < (3, 11) or print("$(name)")' 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The project is not a package: what pyproject.toml says it needs is installed, and nothing is built.
define REQUIREMENTS
import sys, tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
extras = [project["optional-dependencies"][name] for name in sys.argv[1:]]
print(*project["dependencies"], *sum(extras, []), sep="\n")
endef
export REQUIREMENTS

.PHONY: help demo test lint types format screenshots lighthouse constraints clean

help:
	@echo "make demo         the console with a demo landscape on http://127.0.0.1:8000 (PORT=8001 make demo: elsewhere)"
	@echo "make test         everything that must hold: lint, types, import contracts, migrations, tests"
	@echo "make lint         lint and format only"
	@echo "make types        types and import contracts only"
	@echo "make format       put the code into its format"
	@echo "make screenshots  pictures of every main page of the demo: wide, phone, dark, each kind of person, in screenshots/"
	@echo "make lighthouse   Lighthouse's scores of the demo's ten main pages (needs npm)"
	@echo "make constraints  write constraints.txt anew from the newest versions"
	@echo "make clean        remove the virtual environment and caches; the demo's data in .postgres stay"

demo: $(VENV)/installed-demo
	@exec $(BIN)/python manage.py demo

test: $(VENV)/installed-test chromium lint types
	$(BIN)/python manage.py makemigrations --check
	$(BIN)/pytest -n 2 --dist worksteal

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-test
	$(BIN)/mypy .
	$(BIN)/lint-imports

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: $(VENV)/installed-test chromium
	$(BIN)/python -m tests.browser.screenshots $@

lighthouse: $(VENV)/installed-test chromium
	$(BIN)/python benchmarks/lighthouse.py

# In an empty virtual environment, so that nothing that happens to be installed finds its way into the pins.
constraints:
	rm -rf $(VENV)
	$(MAKE) $(VENV)/made
	$(BIN)/python -c "$$REQUIREMENTS" embedded dev >$(VENV)/needs
	$(BIN)/python -m pip install -qq --requirement $(VENV)/needs
	(grep '^#' constraints.txt; $(BIN)/python -m pip freeze) >$(VENV)/pins
	mv $(VENV)/pins constraints.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles screenshots .lighthouse

$(VENV)/made:
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "Python cannot make a virtual environment here. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/installed-demo: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing what the console needs (once) ..."
	@$(BIN)/python -c "$$REQUIREMENTS" embedded >$(VENV)/needs
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --requirement $(VENV)/needs
	@touch $@

$(VENV)/installed-test: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -c "$$REQUIREMENTS" embedded dev >$(VENV)/needs
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --requirement $(VENV)/needs
	@touch $@ $(VENV)/installed-demo

# The browser tests drive Debian's Chromium: one that is packaged, patched and the same for everybody.
.PHONY: chromium
chromium:
	@test -x $(CHROMIUM) || { \
		if [ $(CHROMIUM) = /usr/bin/chromium ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
		fi; }
	@test -x $(CHROMIUM) || { \
		echo "The browser tests need Chromium at $(CHROMIUM). Install it (as root: apt-get install chromium)"; \
		echo "or name another: make test CHROMIUM=/path/to/chromium"; exit 1; }
