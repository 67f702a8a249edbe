# One command for each thing a contributor does. `make help` lists them.
#
# PYTHON   the interpreter that the environments are made from (3.11 or newer)
# ARGS     more arguments for pytest, e.g. make test ARGS="tests/numerics -x"
# JOBS     processes of the test suite: a number, or auto for one per core
# TASKS    tasks of `make bench`;  TOOLS: quantizers it compares
# FILE     what `make fuzz` changes: net.xml, net.bin, net.onnx, data.npz, data.npy, run.yaml, config.json, run.json
# ONLY     pattern of the networks of `make sweep`, of the cases of `make reliability`

PYTHON ?= python3
VENV ?= .venv
ZOO_VENV ?= .venv-zoo
TORCH_VENV ?= .venv-torch
CHECKER_VENV ?= .venv-checker
SWEEP_VENV ?= .venv-sweep
TFLITE_VENV ?= .venv-tflite
DOCS_VENV ?= .venv-docs
ARGS ?=
JOBS ?= auto
TASKS ?= t16_doc_orientation t20_magika
TOOLS ?= floor,openpot
ONLY ?=
FILE ?= net.xml

# Tests that run networks: what they find depends on the kernels of the processor.
PROCESSOR_TESTS := $(addprefix tests/,algorithms engine inference job layers measure recipes rewrites search trial \
	api/test_calibrated_model.py test_everyday_networks.py test_front_ends.py test_pipeline.py api/test_quantize.py)

# Each worker begins with a row of whole files: models and fixtures that tests of a file share are made once.
WORKERS := --numprocesses $(JOBS) --dist worksteal

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
TOOLS_STAMP := $(VENV)/.tools-installed
ZOO_STAMP := $(ZOO_VENV)/.installed
TORCH_STAMP := $(TORCH_VENV)/.installed
CHECKER_STAMP := $(CHECKER_VENV)/.installed
SWEEP_STAMP := $(SWEEP_VENV)/.installed
TFLITE_STAMP := $(TFLITE_VENV)/.installed
DOCS_STAMP := $(DOCS_VENV)/.installed
PIP := -m pip --disable-pip-version-check --quiet

# Each worker of the test suite and each process that a test starts would translate every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help reliability fuzz test test-avx2 test-torch test-accuracy-checker check format names pictures docs demo bench sweep clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-22s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(RUNTIME): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) install --editable .
	@touch $@

$(TOOLS_STAMP): $(RUNTIME)
	$(BIN)/python $(PIP) install --editable '.[images,metrics,yaml,test,check]'
	@touch $@

$(ZOO_STAMP): benchmarks/zoo/requirements.txt
	$(PYTHON) -m venv $(ZOO_VENV)
	$(ZOO_VENV)/bin/python $(PIP) install --requirement $<
	@touch $@

# 1.2 GB with the CPU build of torch; the build that PyPI serves for Linux brings CUDA and takes several times that.
$(TORCH_STAMP): pyproject.toml
	$(PYTHON) -m venv $(TORCH_VENV)
	$(TORCH_VENV)/bin/python $(PIP) install --editable . pytest hypothesis torch==2.13.0 torchmetrics==1.9.0 datasets==5.2.0
	@touch $@

$(CHECKER_STAMP): pyproject.toml tools/accuracy_checker_folder.py
	$(PYTHON) -m venv $(CHECKER_VENV)
	$(CHECKER_VENV)/bin/python $(PIP) install --editable '.[images,yaml]' pytest hypothesis scipy tqdm requests defusedxml \
		opencv-python-headless
	$(CHECKER_VENV)/bin/python tools/accuracy_checker_folder.py
	@touch $@

$(SWEEP_STAMP): benchmarks/sweep/requirements.txt
	$(PYTHON) -m venv $(SWEEP_VENV)
	$(SWEEP_VENV)/bin/python $(PIP) install --requirement $<
	@touch $@

$(TFLITE_STAMP): benchmarks/sweep/requirements-tflite.txt
	$(PYTHON) -m venv $(TFLITE_VENV)
	$(TFLITE_VENV)/bin/python $(PIP) install --requirement $<
	@touch $@

$(DOCS_STAMP): pyproject.toml
	$(PYTHON) -m venv $(DOCS_VENV)
	$(DOCS_VENV)/bin/python $(PIP) install --editable '.[docs]'
	@touch $@

test: $(TOOLS_STAMP) ## the whole test suite
	$(BIN)/python -m pytest $(WORKERS) $(ARGS)

test-avx2: $(TOOLS_STAMP) ## the tests that run networks, with the kernels of a processor that has AVX2 and no VNNI
	ONEDNN_MAX_CPU_ISA=AVX2 $(BIN)/python -m pytest $(WORKERS) $(PROCESSOR_TESTS) $(ARGS)

test-torch: $(TORCH_STAMP) ## the tests that need torch, in an environment of their own
	$(TORCH_VENV)/bin/python -m pytest tests/with_torch/check_*.py

test-accuracy-checker: $(CHECKER_STAMP) ## the tests that need the Accuracy Checker, in an environment of their own
	$(CHECKER_VENV)/bin/python -m pytest tests/with_accuracy_checker/check_accuracy_checker.py

check: $(TOOLS_STAMP) ## lint, format, types, architecture: what every commit must pass
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --durations=0 tests/test_architecture.py tests/compat/test_historic_tree.py

format: $(TOOLS_STAMP) ## let ruff format and mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

names: $(TOOLS_STAMP) ## write compat/ and docs/names.md from the table of POT's names
	$(BIN)/python tools/historic_tree.py
	$(BIN)/ruff format compat

pictures: $(RUNTIME) ## draw docs/pictures/ again
	$(BIN)/python tools/draw_pictures.py

docs: $(DOCS_STAMP) ## the guide as HTML in build/docs; warnings are errors
	$(DOCS_VENV)/bin/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs build/docs

demo: $(RUNTIME) ## quantize a real network with files of this machine and show both side by side
	$(BIN)/python examples/demo.py

bench: $(RUNTIME) $(ZOO_STAMP) ## real networks and data: quality, size, speed (TASKS=..., TOOLS=...)
	cd benchmarks/bench && ZOO_PY=$(abspath $(ZOO_VENV))/bin/python OPENPOT_PY=$(abspath $(BIN))/python \
		$(abspath $(ZOO_VENV))/bin/python bench.py --tools $(TOOLS) $(TASKS)

sweep: $(RUNTIME) $(SWEEP_STAMP) $(TFLITE_STAMP) ## many architectures with random weights, beside NNCF (ONLY=pattern)
	cd benchmarks/sweep && SWEEP_PY=$(abspath $(SWEEP_VENV))/bin/python NNCF_PY=$(abspath $(SWEEP_VENV))/bin/python \
		TFLITE_PY=$(abspath $(TFLITE_VENV))/bin/python OPENPOT_PY=$(abspath $(BIN))/python \
		$(abspath $(SWEEP_VENV))/bin/python sweep.py --only '$(ONLY)'
	cd benchmarks/sweep && $(abspath $(SWEEP_VENV))/bin/python sweep.py --table

reliability: $(RUNTIME) $(SWEEP_STAMP) ## what becomes of a run when something goes wrong, beside NNCF (ONLY=pattern)
	OPENPOT_PY=$(abspath $(BIN))/python NNCF_PY=$(abspath $(SWEEP_VENV))/bin/python \
		$(BIN)/python benchmarks/reliability.py --json --only '$(ONLY)'

fuzz: $(TOOLS_STAMP) ## changed files, led by coverage (FILE=net.xml, ARGS=-max_total_time=3600; Linux)
	$(BIN)/python $(PIP) install 'atheris>=3'
	$(BIN)/python benchmarks/fuzz.py $(FILE) $(ARGS)

clean: ## remove environments, caches and build results
	rm -rf $(VENV) $(ZOO_VENV) $(TORCH_VENV) $(CHECKER_VENV) $(SWEEP_VENV) $(TFLITE_VENV) $(DOCS_VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
