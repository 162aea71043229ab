"""Every data test has a cache of its own, and a pip that knows nothing but what the test says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import toy_recipe

from lstm_lib.data import pip_settings, places

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "network: asks the package index that pip is set up to use")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(places.CACHE_VARIABLE, str(folder))
    return folder


@pytest.fixture
def bare_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip without any configuration, and no proxy of the machine's."""
    for name in list(os.environ):
        if name.startswith("PIP_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")


@pytest.fixture
def quick_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the PIP_* variables without starting pip, where pip is not what is tested."""
    from_environment = pip_settings.from_listing
    monkeypatch.setattr(
        pip_settings, "read", lambda: from_environment(pip_settings._variables(os.environ))
    )


@pytest.fixture
def index(bare_pip: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[toy_recipe.Index]:
    """A local index that pip is set up to use, with the toy package in it."""
    with toy_recipe.Index() as made:
        made.add(toy_recipe.WHEEL, toy_recipe.wheel())
        made.add(toy_recipe.SDIST, toy_recipe.sdist())
        monkeypatch.setenv("PIP_INDEX_URL", made.url)
        yield made


@pytest.fixture
def python() -> Callable[..., subprocess.Popen]:
    """Start another Python on a piece of code that can import `toy_recipe`."""

    def start(code: str, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(HERE), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start
