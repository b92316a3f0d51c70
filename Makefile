# make lab · make ready · make run · make test · make slides · make site; PYTHON=python3.12 chooses another Python (3.11 to 3.13).
PYTHON ?= python3
BIN := .venv/bin
PIP = $(BIN)/python -m pip install -qq --disable-pip-version-check

.PHONY: install dask dev lab ready run test test-faults slides site colab bench costs mutants release outputs lock clean

# What a learner needs.
install: .venv/installed

.venv/installed: requirements.txt
	@$(PYTHON) tools/check_ready.py machine
	@echo "Installing into .venv: about 2 GB, a few minutes, once."
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) -r requirements.txt
	@# JupyterLab's news ask the network: off.
	@mkdir -p .venv/etc/jupyter/labconfig
	@echo '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' \
		> .venv/etc/jupyter/labconfig/page_config.json
	@touch $@

# Dask, for the optional notebook 10.
dask: .venv/dask

.venv/dask: .venv/installed requirements-dask.txt
	@$(PIP) -r requirements-dask.txt
	@touch $@

# All of it, and what developers need: tests, website, linter.
dev: .venv/dev

.venv/dev: .venv/dask requirements-dev.txt
	@$(PIP) -r requirements-dev.txt
	@touch $@

lab: install
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/01-explore-the-data.ipynb

# Is this computer ready for the course? In half a minute, "ready" or what to do.
ready: install
	@$(BIN)/python tools/check_ready.py

run: install
	@$(BIN)/python tools/run.py

# Two files at a time; all tests of a file, and all cells of a notebook, in one process.
test: dev
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadscope

# The whole course on poor machines and twice at once, in half an hour; needs root on Linux.
test-faults: dev
	@$(BIN)/python -m pytest -m slow -v tests/test_faults.py

# A deck of slides for each notebook, in build/slides; needs npm, once.
slides: install
	@$(BIN)/python tools/slides.py

# The course as a website, in build/site.
site: dev
	@$(BIN)/python -m sphinx -q -W -E -c tools . build/site

# Run the lessons as on Colab: each alone, with Colab's releases; 15 minutes.
colab: install
	@$(PIP) uv
	@$(BIN)/python tools/colab.py

# Measure the notebooks and the models, and train the network that is shipped, on an idle machine.
bench: dev
	@$(BIN)/python tools/bench.py

# Write what the notebooks cost, as `make bench` measured it, and their minutes in class, by a rule,
# wherever they are stated.
costs: install
	@$(BIN)/python tools/bench.py costs
	@$(BIN)/python tools/minutes.py

# Change the last digit of every number in the prose, one at a time: would a test notice?
mutants: dev
	@$(BIN)/python tools/mutate.py

# What has to hold before a release, beside the tests.
release: install
	@$(BIN)/python tools/set_repository.py --check

# Run the course afresh, ship its KNN and SVM, and store all outputs in the notebooks.
outputs: dask
	@rm -rf build/*/models
	@$(BIN)/python tools/run.py --save notebooks/0[1-5]*.ipynb
	@$(BIN)/python tools/bench.py ship
	@$(BIN)/python tools/run.py --save notebooks/0[67]*.ipynb
	@$(BIN)/python tools/bench.py ship  # the KNN has its threshold now
	@$(BIN)/python tools/run.py --save notebooks/0[89]*.ipynb notebooks/1*.ipynb
	@$(BIN)/python tools/run.py --save notebooks/solutions/*.ipynb

# Pin the newest releases that pyproject.toml allows, for every supported Python and system.
COMPILE = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --no-annotate --no-header pyproject.toml
lock: install
	@$(PIP) uv
	@$(COMPILE) --upgrade -o requirements.txt
	@for group in dask dev; do \
		$(COMPILE) --extra $$group -c requirements.txt | grep -vxFf requirements.txt > requirements-$$group.txt; \
	done

clean:
	rm -rf .venv build
