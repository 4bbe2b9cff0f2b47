# Everything that people and CI run here. 'make demo' and 'make test' set up all they need by themselves.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: demo test lint types layers bench crash-walk kill-loop lost-answers clean

# The environment: made anew when the dependencies change.
$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[testing]' --group dev
	touch $@

# Publishes two articles to a WordPress on this machine, twice, and stops what it started.
demo: $(VENV)/ready
	$(BIN)/python examples/demo.py

test: lint $(VENV)/ready
	$(BIN)/python -m pytest -n $(WORKERS) --ignore tests/benchmarks --cov --cov-report=term

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Dies at every step of every deed. WALK=--twice: twice in a row; WALK=wordpress: on a real WordPress, which takes hours.
crash-walk: $(VENV)/ready
	$(BIN)/python tests/crash_walk.py $(WALK)

# Kills a publishing process a hundred times, and looks into the database of the site then. Takes about half an hour.
# SOAK='--seed 7 --kills 10' and the like.
kill-loop: $(VENV)/ready
	$(BIN)/python tests/soak/kill_loop.py $(SOAK)

# Loses the answers of one write in three, and looks into the database of the site then.
lost-answers: $(VENV)/ready
	$(BIN)/python tests/soak/lost_answers.py $(SOAK)

# Ratios against named peers, measured in the same run.
bench: $(VENV)/ready
	$(BIN)/python -m pytest tests/benchmarks -s

clean:
	rm -rf $(VENV) dist .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
