"""What every test shares: one thread, which kernels inherit, and a Ctrl-C that works."""

import os
import signal

import pytest

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A shell's background job is started with SIGINT ignored; tests of Ctrl-C need Python's own way.
signal.signal(signal.SIGINT, signal.default_int_handler)


# Minutes of files that must not be left for the end: the longest, and those that start processes
# of torch, while the tests' own have not yet grown. Notebooks say theirs themselves.
MINUTES = {
    "test_course_exercises.py": 4.0,
    "test_train_processes.py": 0.5,
    "test_train_kill.py": 0.2,
}


def pytest_collection_modifyitems(items):
    """The longest file first, a notebook being one."""

    def minutes(item):
        course = getattr(item.parent, "nb", {}).get("metadata", {}).get("course", {})
        return course.get("minutes", {}).get("running_measured", MINUTES.get(item.path.name, 0.0))

    items.sort(key=minutes, reverse=True)


@pytest.fixture
def displayed(monkeypatch):
    """Pictures are not shown: each figure that would be is kept, with its metadata."""
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda fig, metadata: shown.append((fig, metadata))
    )
    return shown


@pytest.fixture
def own_progress(tmp_path, monkeypatch):
    """A progress file of the test's own."""
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", str(tmp_path / "progress.json"))
