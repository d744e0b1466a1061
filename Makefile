# The commands of the course. `make` alone lists them. On Windows and with conda the README spells
# the same commands out without make.

VENV ?= .venv
PYTHON ?= python3
ARGS ?=

ifeq ($(OS),Windows_NT)
RUN = $(VENV)/Scripts/python
else
RUN = $(VENV)/bin/python
endif

# A kernel named python3 that another project left in the user's folder must not run our lessons.
export JUPYTER_PREFER_ENV_PATH = 1
# Two processes share two cores: more threads for NumPy's linear algebra only wait for each other.
test test-long: export OPENBLAS_NUM_THREADS = 1
# The lessons are checked: a broken promise stops them (medlearn/strict.py).
test: export MEDLEARN_STRICT = 1
# The tests write no progress into the folder of the person who runs them.
test test-long notebooks: export MEDLEARN_HOME = $(CURDIR)/.cache/home

.DEFAULT_GOAL := help
.PHONY: help environment lab test test-all test-long test-reference lesson notebooks book bench status sync format lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

environment: ## make or mend the environment in .venv (the others do it first)
	@$(PYTHON) medlearn/environment.py --venv "$(VENV)"

lab: environment ## open the lessons in JupyterLab, as your own copies in work/
	@"$(RUN)" -m medlearn lab $(ARGS)

test: environment ## unit tests, then every lesson as it stands
	"$(RUN)" -m ruff check .
	"$(RUN)" -m ruff format --check .
	"$(RUN)" -m tools.sync --check
	"$(RUN)" -m pytest tests medlearn medlearn_classroom tools --doctest-modules -m "not long" -n 2 --dist loadscope $(ARGS)
	"$(RUN)" -m pytest notebooks --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg -n 2 --dist loadscope $(ARGS)

test-long: environment ## what takes longer: every lesson solved, other Pythons, fresh installations
	"$(RUN)" -m pytest tests -m long -n 2 --dist worksteal $(ARGS)

test-all: test test-long ## everything that can be tested on this machine (as CI does)

test-reference: environment ## compute again what packages outside the environment say (fetches them)
	"$(RUN)" -m tools.reference $(ARGS)

lesson: environment ## the skeleton of a new lesson: make lesson ARGS="09 segmentation"
	"$(RUN)" -m tools.new_lesson $(ARGS)

notebooks: environment ## execute every lesson, store its outputs, time and memory
	"$(RUN)" -m tools.execute execute $(ARGS)

book: environment ## build the lessons as a web book in build/book/, from their stored outputs
	"$(RUN)" -m tools.book $(ARGS)

bench: environment ## measure lessons, set-up, recipes and images; writes docs/benchmark.md
	"$(RUN)" -m tools.bench $(ARGS)

status: environment ## the state of each lesson
	"$(RUN)" -m tools.execute status $(ARGS)

sync: environment ## write badges, links, tables and environment files from their sources
	"$(RUN)" -m tools.sync $(ARGS)

format: environment ## lay out code and notebooks
	"$(RUN)" -m ruff check --fix .
	"$(RUN)" -m ruff format .

lock: ## choose the packages anew (needs uv; ARGS=--upgrade for newer versions)
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal \
	  --python-version 3.11 --generate-hashes --extra all --no-emit-index-url \
	  --no-emit-find-links $(ARGS) --output-file requirements.lock pyproject.toml

clean: ## delete the environment and every cache; work/ stays
	@$(PYTHON) medlearn/environment.py --venv "$(VENV)" --remove
	rm -rf .cache .pytest_cache .ruff_cache .hypothesis build dist
	find medlearn medlearn_classroom scripts tools tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -type d -not -path "./work/*" -prune -exec rm -rf {} +
