"""What every test shares: one thread, which kernels inherit, and a Ctrl-C that works."""

import os
import signal

import pytest

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A shell's background job is started with SIGINT ignored; tests of Ctrl-C need Python's own way.
signal.signal(signal.SIGINT, signal.default_int_handler)


# Minutes of the file of tests that takes longest; notebooks say theirs themselves.
LONGEST = {"test_course_exercises.py": 4.0}


def pytest_collection_modifyitems(items):
    """The longest file first, a notebook being one: nobody should wait for it at the end."""

    def minutes(item):
        course = getattr(item.parent, "nb", {}).get("metadata", {}).get("course", {})
        return course.get("minutes", {}).get("running_measured", LONGEST.get(item.path.name, 0.0))

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
