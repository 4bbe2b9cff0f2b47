# Everything that people and CI run here. 'make demo' and 'make test' set up all they need by themselves.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: demo test test-blocks blocks-corpus browser lint bench crash-walk kill-loop lost-answers compare webflow cassettes clean

# The environment: made anew when the dependencies change.
$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[cli,receiver,testing]' --group dev
	touch $@

# Publishes the articles of examples/articles to a WordPress, a simulated Webflow and a receiver of webhooks on this
# machine, again without and with a change, meets conflicts, and stops what it started. SERVE=1 leaves all of them up to
# look at until Ctrl-C.
demo: $(VENV)/ready
	$(BIN)/python examples/demo.py $(if $(filter-out 0 no,$(SERVE)),--serve)

test: lint $(VENV)/ready
	$(BIN)/python -m pytest -n $(WORKERS) --ignore tests/benchmarks --cov --cov-report=term

# Spec examples, random Markdown and the demo's articles, judged by the block editor's own library (npm, on demand).
test-blocks: $(VENV)/ready
	$(BIN)/python -m pytest tests/blocks

# The same library on articles of your own: make blocks-corpus FOLDER=~/blog
blocks-corpus: $(VENV)/ready
	$(BIN)/python tests/blocks/corpus.py $(FOLDER)

# A browser for the tests that open the block editor. Only where none is there, and only on Debian, as root.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v $$name && exit; done; \
	  apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Dies at every step of every deed. WALK=--twice: twice in a row; WALK=webhook or WALK=receiver: on a receiver of
# webhooks, or on our own; WALK=webflow, WALK=webflow-staged, WALK=webflow-odd: on the simulated Webflow, about half an
# hour each; WALK=wordpress: on a real WordPress, which takes hours.
crash-walk: $(VENV)/ready
	$(BIN)/python tests/crash_walk.py $(WALK)

# Kills a publishing process a hundred times, and looks into the database of the site then. Takes about half an hour.
# SOAK='--seed 7 --kills 10' and the like.
kill-loop: $(VENV)/ready
	$(BIN)/python tests/soak/kill_loop.py $(SOAK)

# Loses the answers of one write in three, and looks into the database of the site then.
lost-answers: $(VENV)/ready
	$(BIN)/python tests/soak/lost_answers.py $(SOAK)

# The same folder by publisher and by three scripts: what stands twice, what is missing, how many requests. About a
# minute and a half. COMPARE='--articles 20 --seed 7' and the like.
compare: $(VENV)/ready
	$(BIN)/python tests/soak/compare.py $(COMPARE)

# Records tests/cassettes anew with a real WordPress on this machine; the fast tests play them.
cassettes: $(VENV)/ready
	PYTHONPATH=examples/wordpress $(BIN)/python tests/backends/recorded_exchanges.py

# A thousand articles to the simulated Webflow at 60 requests a minute, and one write in three without an answer there.
webflow: $(VENV)/ready
	$(BIN)/python tests/backends/test_webflow_at_scale.py
	$(BIN)/python tests/backends/test_webflow_soak.py $(SOAK)

# Ratios against named peers, measured in the same run.
bench: $(VENV)/ready
	$(BIN)/python -m pytest tests/benchmarks -s

clean:
	rm -rf $(VENV) dist .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
