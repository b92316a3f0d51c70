"""Search the neighbours of notebook 08 among up to a million digits: part of `make bench`.

    python tools/bench_dask.py          measure, in eight minutes
    python tools/bench_dask.py picture  take data/pictures/dashboard.png (with Chromium)

The functions are those of the notebook: this file runs its cells that are tagged `recipe`. The
figures go to data/benchmark-dask.json, where the notebook finds them.
"""

import json
import resource
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
from dask.distributed import Client, LocalCluster, as_completed
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import helpers  # noqa: E402
from tools.bench_notebooks import record  # noqa: E402

RESULTS = ROOT / "data" / "benchmark-dask.json"
NOTEBOOK = ROOT / "notebooks" / "08-go-bigger.ipynb"
RUNS = [(1, 10), (1, 30), (1, 100), (2, 10), (2, 30), (2, 100)]  # workers, parts


def recipe():
    """The names that the notebook's cells tagged `recipe` define, for all validation digits."""
    names = {"__name__": "__main__", "np": np, "helpers": helpers, "as_completed": as_completed}
    names |= {"PCA": PCA, "KNeighborsClassifier": KNeighborsClassifier}
    names |= {"make_pipeline": make_pipeline, "FunctionTransformer": FunctionTransformer}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if "recipe" in cell.metadata.get("tags", []):
            exec(compile(cell.source, NOTEBOOK.name, "exec"), names)
    names["ASKED"] = 10_000  # in place: the functions look names up here when they are called
    return names


def peak():
    """The largest memory of this process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@contextmanager
def cluster(names, workers):
    """A client of a cluster on this machine, and the future of what its workers need."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        memory_limit="2GB",
        dashboard_address="127.0.0.1:0",
        silence_logs="CRITICAL",
    ) as local:
        with Client(local) as client:
            ready = client.submit(names["prepare"])
            ready.result()
            yield client, ready


def on_a_cluster(names, workers, parts):
    """The neighbours, the seconds of the search, and the largest memory of a worker."""
    with cluster(names, workers) as (client, ready):
        start = time.perf_counter()
        found = names["nearest_of"](client, ready, parts)
        seconds = time.perf_counter() - start
        return found, seconds, max(client.run(peak).values())


def in_one_process(names, parts):
    """The numbers of the neighbours, from one search among all digits."""
    normal, labels, describe, asked = names["prepare"]()
    stored = np.empty((parts * names["PART"], asked.shape[1]), np.float32)
    for number in range(parts):
        images, _ = names["grow"](normal, labels, number)
        stored[number * names["PART"] :][: names["PART"]] = describe.transform(images)
    knn = KNeighborsClassifier(names["COUNT"], algorithm="brute").fit(stored, np.zeros(len(stored)))
    return knn.kneighbors(asked, return_distance=False)


def picture(names):
    """A screenshot of the dashboard in the middle of a search."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1300,760"):
        options.add_argument(argument)
    driver = webdriver.ChromeService(shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=driver)
    with cluster(names, 2) as (client, ready):

        def shoot(count):
            if count == 2:
                browser.get(client.dashboard_link)
            elif count == 12:
                browser.save_screenshot(ROOT / "data" / "pictures" / "dashboard.png")

        names["nearest_of"](client, ready, 24, shoot)
    browser.quit()


def main():
    names, runs = recipe(), []
    if sys.argv[1:] == ["picture"]:
        return picture(names)
    labels = helpers.load_mnist("validation")[1]
    for workers, parts in RUNS:
        found, seconds, memory = on_a_cluster(names, workers, parts)
        right = 100 * float(np.mean(names["vote"](found[1]) == labels))
        run = {"workers": workers, "digits": parts * names["PART"], "seconds": round(seconds, 1)}
        runs.append(run | {"memory": round(memory, 2), "right": round(right, 2)})
        print(runs[-1], flush=True)
    numbers = in_one_process(names, parts)
    same = float(np.mean(numbers == found[2]))
    print(f"{100 * same:.4f} % of the neighbours are the same in one process")
    results = {"runs": runs, "the same": same == 1}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    record("dask", results)


if __name__ == "__main__":
    main()
