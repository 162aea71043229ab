"""Stocks, films, digits and sentences: shapes, units, what cards say, what loaders refuse."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from lstm_lib.data import (
    DataError,
    load_mnist,
    load_movielens,
    load_stocks,
    load_tatoeba,
    mnist,
    movielens,
    places,
    tatoeba,
)


def built(load, *arguments):
    """The set, or a visible skip where nobody has built it."""
    try:
        return load(*arguments)
    except DataError as error:
        if "is missing" in str(error):
            pytest.skip(f"not built: {error.command}")
        raise


@pytest.mark.parametrize("index", ["sp500", "nasdaq"])
def test_stocks_are_days_in_order_with_prices_that_can_be(index):
    """For: columns exchanged, days out of order, a split that is not in the order of time."""
    stocks = load_stocks(index)
    assert len(stocks) == 5031 and stocks.time.dtype == np.dtype("datetime64[D]")
    assert (np.diff(stocks.time).astype(int) > 0).all()
    assert np.is_busday(stocks.time).all()
    for price in (stocks.open, stocks.close):
        assert (stocks.low <= price + 0.01).all() and (price <= stocks.high + 0.01).all()
    without = stocks.time[stocks.volume <= 0].astype(str).tolist()
    assert without == (["2015-05-12", "2018-01-09"] if index == "nasdaq" else [])
    assert all(day in stocks.card for day in without)
    parts = (stocks.split.train, stocks.split.valid, stocks.split.test)
    assert [len(stocks.time[part]) for part in parts] == [3522, 754, 755]
    assert stocks.time[stocks.split.test][0] == np.datetime64("2015-12-31")
    with pytest.raises(ValueError, match="read-only"):
        stocks.close[0] = 1.0


def test_the_fixed_point_of_the_prices():
    """A GARCH(1,1) with a constant mean has this log-likelihood on the known file."""
    from arch import arch_model

    close = load_stocks().close
    returns = 100 * (close[1:] / close[:-1] - 1)
    likelihood = arch_model(returns).fit(disp="off").loglikelihood
    assert likelihood == pytest.approx(-6936.72, abs=0.01)


def test_the_stocks_card_says_what_is_so():
    """The adjusted price is the price: an index pays nothing."""
    from arch.data import nasdaq, sp500

    for source in (sp500, nasdaq):
        frame = source.load()
        assert (frame["Adj Close"] == frame["Close"]).all()
    card = load_stocks().card
    for fact in ("5,031 trading days", "3,522 train, 754 validation, 755 test", "2015-12-31"):
        assert fact in card
    assert "Nothing in this course is a recommendation" in card


def test_movielens_is_the_known_file():
    """For: users and films exchanged, counted from 1, titles of another film."""
    data = built(load_movielens)
    assert (len(data), data.users, data.films) == (100_000, 943, 1682)
    assert set(data.rating.tolist()) == {1, 2, 3, 4, 5}
    counts = np.bincount(data.film, minlength=data.films)
    assert data.titles[int(counts.argmax())] == "Star Wars" and counts.max() == 583
    assert data.titles[11] == "The Usual Suspects" and data.years[11] == "1995"
    assert len(set(zip(data.user.tolist(), data.film.tolist()))) == len(data)
    with pytest.raises(ValueError, match="read-only"):
        data.film[0] = 1


def test_histories_are_in_time_and_ties_in_the_file_s_order():
    """For: an unstable sort, histories of the wrong user."""
    data = built(load_movielens)
    histories = data.histories()
    assert len(histories) == data.users and sum(map(len, histories)) == len(data)
    assert min(map(len, histories)) == 20
    for user in (0, 404, 942):
        rows = np.flatnonzero(data.user == user)
        rows = rows[np.argsort(data.time[rows], kind="stable")]
        assert np.array_equal(histories[user], data.film[rows])


def test_the_movielens_card_counts_right():
    data = built(load_movielens)
    order = np.lexsort((data.time, data.user))
    same = np.diff(data.user[order]) == 0
    ties = (np.diff(data.time[order])[same] == 0).mean()
    assert f"{ties:.0%}".replace("%", " %") in data.card
    again = data.films - len(set(zip(data.titles, data.years)))
    assert f"{again} films have the title and year of another" in data.card
    assert f"{movielens.RECIPE.path.stat().st_size:,} bytes" in data.card
    days = np.sort(data.time)[[0, -1]].astype("datetime64[s]").astype("datetime64[D]")
    assert f"from {days[0]} to {days[1]}" in data.card


@pytest.mark.parametrize(
    "language, count", [("french", 34_914), ("german", 38_524), ("spanish", 30_279)]
)
def test_tatoeba_pairs(language, count):
    """For: languages exchanged, lines of the two sides that do not belong together."""
    data = built(load_tatoeba, language)
    assert len(data) == len(data.english) == len(data.other) == count
    assert len(set(zip(data.english, data.other))) == count
    assert f"{count:,}" in data.card
    known = {
        "french": ("I have to go to sleep.", "Je dois aller dormir."),
        "german": ("I have to go to sleep.", "Ich muss schlafen gehen."),
        "spanish": ("I have to go to sleep.", "Tengo que irme a dormir."),
    }
    assert known[language] in set(zip(data.english, data.other))
    assert not any(s.strip() in ("", "-") for s in (*data.english, *data.other))
    assert f"{tatoeba.RECIPE.path.stat().st_size:,} bytes" in data.card


def test_a_line_of_another_shape_is_refused():
    """For: a column that moved, noticed by nobody."""
    with pytest.raises(ValueError, match="expected 9 columns"):
        tatoeba.to_arrays({"SENTENCES": b"1\ta\tb\n"})
    files = {
        f"{movielens.FOLDER}/ml-100k.inter": b"user_id:token\titem_id:token\n1\t1\n",
        f"{movielens.FOLDER}/ml-100k.item": b"",
    }
    with pytest.raises(ValueError, match="expected the columns user_id, item_id, rating"):
        movielens.to_arrays(files)


def test_mnist_is_split_evenly_and_no_digit_is_twice():
    """For: rows and labels that do not belong together, a part without some digit, a transpose."""
    digits = built(load_mnist)
    assert digits.images.shape == (5000, 28, 28) and digits.images.dtype == np.uint8
    assert len(np.unique(digits.images.reshape(5000, -1), axis=0)) == len(digits)
    parts = (digits.split.train, digits.split.valid, digits.split.test)
    assert [np.bincount(digits.labels[part]).tolist() for part in parts] == [
        [400] * 10, [50] * 10, [50] * 10
    ]  # fmt: skip
    assert [i for part in parts for i in range(5000)[part]] == list(range(5000))
    known = digits.images[parts[0]].reshape(4000, -1).astype(np.float32)
    asked = digits.images[parts[2]].reshape(500, -1).astype(np.float32)
    nearest = ((known**2).sum(1) - 2 * asked @ known.T).argmin(1)
    assert (digits.labels[parts[0]][nearest] == digits.labels[parts[2]]).mean() > 0.9
    ones = digits.images[digits.labels == 1] > 127
    assert ones.any(2).sum(1).mean() > 2 * ones.any(1).sum(1).mean(), "a one is upright"
    with pytest.raises(ValueError, match="read-only"):
        digits.images[0] = 0


def test_the_mnist_card_counts_right():
    digits = built(load_mnist)
    between = ((digits.images > 0) & (digits.images < 255)).mean()
    assert f"{between:.0%}".replace("%", " %") in digits.card
    assert f"{mnist.RECIPE.path.stat().st_size:,} bytes" in digits.card


@pytest.mark.parametrize("lines", ["1,2,3\n" * 5000, ("0," * 784 + "0\n") * 5000])
def test_mnist_of_another_shape_is_refused(lines):
    with pytest.raises(ValueError, match="expected"):
        mnist.to_arrays({"file": gzip.compress(lines.encode())})


@pytest.mark.parametrize("name", ["movielens", "mnist", "tatoeba"])
def test_what_may_not_be_passed_on_is_not(name):
    """Two stay out of `data pack`, Tatoeba may go in; none is in the repository."""
    recipe = {module.RECIPE.name: module.RECIPE for module in (movielens, mnist, tatoeba)}[name]
    assert recipe.redistributable == (name == "tatoeba") and not recipe.committed
    assert places.cache() in recipe.path.parents
