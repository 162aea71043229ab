"""What pip is set up to use: index, mirrors, certificates and proxy, in its own words.

`pip config list` is pip's public word on its settings: the configuration files of every level, the
file that PIP_CONFIG_FILE names and the PIP_* variables, already merged.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# From the weakest to the strongest: what `pip download` would use, and before it what
# `pip install` would, because many people set their mirror for `install` alone.
SECTIONS = ("global", "install", "download", ":env:")


@dataclass(frozen=True)
class PipSettings:
    """The settings that matter for fetching one file; None means "pip's default"."""

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout: float = 15.0
    retries: int = 5
    trusted_hosts: tuple[str, ...] = ()


def read() -> PipSettings:
    """Ask this Python's pip for its settings; where there is no pip, read the PIP_* variables.

    Raises ValueError with pip's own words if pip refuses its configuration.

    >>> isinstance(read().timeout, float)
    True
    """
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode == 0:
        return from_listing(done.stdout.splitlines())
    if "No module named pip" in done.stderr:
        return from_listing(_variables(os.environ))
    words = done.stderr.strip().splitlines() or ["no message"]
    raise ValueError(f"pip does not accept its own configuration: {words[-1]}")


def from_listing(lines: Iterable[str]) -> PipSettings:
    """Settings from lines such as `global.index-url='...'`, as `pip config list` prints them.

    >>> from_listing(["global.timeout='9'", ":env:.timeout='7'", "global.no-index='true'"]).timeout
    7.0
    """
    values: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in lines:
        key, equals, text = line.partition("=")
        section, dot, name = key.strip().rpartition(".")
        if equals and dot and section in values:
            values[section][_normal(name)] = _literal(text)
    merged: dict[str, str] = {}
    for section in SECTIONS:
        merged.update({name: value for name, value in values[section].items() if value.strip()})

    def words(name: str) -> tuple[str, ...]:
        return tuple(merged.get(name, "").split())

    return PipSettings(
        index_url=merged.get("index-url") or merged.get("pypi-url"),
        extra_index_urls=words("extra-index-url"),
        find_links=words("find-links"),
        no_index=merged.get("no-index", "").lower() in ("1", "true", "yes", "on", "y", "t"),
        cert=merged.get("cert"),
        client_cert=merged.get("client-cert"),
        proxy=merged.get("proxy"),
        timeout=float(merged.get("timeout") or merged.get("default-timeout") or 15),
        retries=int(merged.get("retries", 5)),
        trusted_hosts=words("trusted-host"),
    )


def _normal(name: str) -> str:
    """pip's own spelling: lower case, dashes, no leading dashes."""
    return name.strip().lower().replace("_", "-").lstrip("-")


def _literal(text: str) -> str:
    try:
        return str(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError):
        return text.strip()


def _variables(environment: Mapping[str, str]) -> list[str]:
    return [
        f":env:.{_normal(name[4:])}={value!r}"
        for name, value in environment.items()
        if name.startswith("PIP_")
    ]
