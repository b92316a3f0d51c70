# make lab · make run · make test · make slides · make site; PYTHON=python3.12 chooses another Python (3.11 to 3.13).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install dask lab run test test-faults slides site colab bench costs outputs lock clean

install: .venv/installed

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("The course needs Python 3.11, 3.12 or 3.13; this is %d.%d. Try: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Installing into .venv: about 2 GB, a few minutes, once."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@# JupyterLab's news ask the network: off.
	@mkdir -p .venv/etc/jupyter/labconfig
	@echo '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' \
		> .venv/etc/jupyter/labconfig/page_config.json
	@touch $@

# Dask, for the optional notebook 8.
dask: .venv/dask

.venv/dask: .venv/installed requirements-dask.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dask.txt
	@touch $@

lab: install
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/01-explore-the-data.ipynb

run: install
	@$(BIN)/python tools/run.py

test: install
	@$(BIN)/python -m pytest

# The whole course on poor machines, in half an hour; needs root on Linux.
test-faults: dask
	@$(BIN)/python -m pytest -m faults -v tests/test_faults.py

# A deck of slides for each notebook, in build/slides; needs npm, once.
slides: install
	@$(BIN)/python tools/slides.py

# The course as a website, in build/site.
site: install
	@$(BIN)/python tools/site.py

# Run the lessons as on Colab: each alone, with Colab's releases; 15 minutes.
colab: install
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/python tools/colab.py

# Measure the notebooks and the models, and train the network that is shipped, on an idle machine.
bench: dask
	@$(BIN)/python tools/bench_notebooks.py
	@$(BIN)/python tools/bench.py
	@$(BIN)/python tools/bench_network.py
	@$(BIN)/python tools/bench_pictures.py
	@$(BIN)/python tools/bench_dask.py

# Write what the notebooks cost, as `make bench` measured it, wherever it is stated.
costs: install
	@$(BIN)/python tools/bench_notebooks.py --write

# Run the course afresh, ship its KNN and SVM, and store all outputs in the notebooks.
outputs: dask
	@$(BIN)/python tools/run.py --save notebooks/0[1-5]*.ipynb
	@$(BIN)/python tools/ship_models.py
	@$(BIN)/python tools/run.py --save notebooks/0[678]*.ipynb
	@$(BIN)/python tools/run.py --save notebooks/solutions/*.ipynb

# Pin the newest releases that pyproject.toml allows, for every supported Python and system.
COMPILE = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --no-annotate --no-header pyproject.toml
lock: install
	@$(BIN)/python -m pip install --quiet uv
	@$(COMPILE) --upgrade -o requirements.txt
	@$(COMPILE) --extra dask -c requirements.txt | grep -vxFf requirements.txt > requirements-dask.txt

clean:
	rm -rf .venv build
