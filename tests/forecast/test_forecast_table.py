"""Any CSV with a column of times: read as it is meant, or refused with the cell that is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_lib.forecast import Table, TableError, coarser, look, read_table, regular

HOUR = np.timedelta64(1, "h")


def written(tmp_path, text, name="my.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "when,load\n2026-01-30 23:00,1.5\n2026-01-31 00:00,2.5\n",
        "load;when\n1,5;2026-01-30T23:00\n2,5;2026-01-31T00:00\n",
        "id\twhen\tload\n7\t30.01.2026 23:00\t1.5\n8\t31.01.2026 00:00\t2.5\n",
        "\ufeffwhen,load\n2026-01-31T00:00:00+01:00,1.5\n2026-01-31T01:00:00+01:00,2.5\n",
    ],
)
def test_the_usual_ways_to_write_a_table_mean_the_same(tmp_path, text):
    """For: a day read as a month, a decimal comma, an offset that is dropped, a byte-order mark."""
    table = read_table(written(tmp_path, text), columns=["load"])
    assert table.values["load"].tolist() == [1.5, 2.5]
    assert table.time.tolist() == np.array(["2026-01-30T23", "2026-01-31T00"], "M8[s]").tolist()


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "is empty"),
        ("when,load\n", "0 rows below its header"),
        ("when,load\n2026-01-01,1\n2026-01-02,broken\n", r"'load', row 3: 'broken' is no number"),
        ("when,load\n2026-01-01,1\n2026-01-02,inf\n", r"row 3: infinite"),
        ("when,load\n2026-01-01,1\nlater,2\n2026-01-03,2\n", r"row 3: 'later' is no time"),
        ("a,b\n1,2\n3,4\n", "has no column of times"),
        ("when,load,load \n2026-01-01,1,2\n2026-01-02,1,2\n", "two columns of the name 'load'"),
        ("when\n2026-01-01\n2026-01-02\n", "nothing to forecast"),
        ("when,x\n2026-01-01T00:00Z,1\n2026-01-01T01:00,2\n", r"first without is .* in row 3"),
        (b"PK\x03\x04\xff\xfe\x00", "no UTF-8 text"),
    ],
)
def test_what_is_no_such_table_is_refused_with_its_place(tmp_path, text, said):
    with pytest.raises(TableError, match=said):
        read_table(written(tmp_path, text))


def test_a_name_or_a_file_that_is_not_there_is_told(tmp_path):
    path = written(tmp_path, "when,load\n2026-01-01,1\n2026-01-02,2\n")
    with pytest.raises(TableError, match="no column 'price'; there are 'when', 'load'"):
        read_table(path, columns=["price"])
    with pytest.raises(TableError, match="no time zone"):
        read_table(path, zone="Middle/Earth")
    with pytest.raises(TableError, match="there is no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(TableError, match="is a folder"):
        read_table(tmp_path)


@pytest.mark.parametrize("step, lost", [(60, ()), (10, ()), (10, (3, 4, 9))])
def test_clocks_that_change_twice_a_year_are_even_in_utc(tmp_path, step, lost):
    """For: an hour that vanishes in March, two that fall together in October."""
    utc = np.arange("2026-10-24T20:00", "2026-10-25T06:00", step, dtype="M8[m]")
    utc = np.r_[np.arange("2026-03-28T20:00", "2026-03-29T06:00", step, dtype="M8[m]"), utc]
    utc = np.delete(utc, [len(utc) // 2 + 24 + k for k in lost])
    summer = (utc >= np.datetime64("2026-03-29T01:00")) & (utc < np.datetime64("2026-10-25T01:00"))
    clock = utc + np.where(summer, 2, 1) * HOUR
    text = "when,x\n" + "".join(f"{time},1\n" for time in clock)
    table = read_table(written(tmp_path, text), zone="Europe/Paris")
    assert (table.time == utc).all() and table.zoned


def table_of(hours, values):
    time = np.datetime64("2026-01-01", "s") + np.asarray(hours) * HOUR
    return Table(time, {"x": np.asarray(values, float)}, True)


def test_findings_count_what_was_done_to_a_clean_table():
    """One gap, one double and one empty cell, planted at known places."""
    hours = np.r_[0:10, 9, 12:20]
    found = look(table_of(hours, np.r_[np.nan, hours[1:]]))
    assert (found.step, found.missing, found.doubled, found.empty) == (3600, 2, 1, {"x": 1})
    assert str(found.first_missing[0]) == "2026-01-01T10:00:00" and not found.clean
    assert look(table_of(range(5), range(5))).clean


def test_an_hour_too_many_or_too_few_in_spring_and_autumn_is_named():
    hours = np.arange(0, 24 * 365)
    spring = np.flatnonzero(hours == 24 * 87 + 2)
    assert look(table_of(np.delete(hours, spring), np.delete(hours, spring))).clocks == (
        "2026-03-29",
    )


@pytest.mark.parametrize(
    "hours, rules, said",
    [
        ([0, 1, 1, 2], {}, "choose doubled="),
        ([0, 1, 3, 4, 5], {}, "choose missing="),
        ([0, 1, 2], {"missing": "guess"}, "must be one of refuse, line, hold"),
        ([0, 1, 2, 12], {"missing": "line"}, "at least half must"),
    ],
)
def test_nothing_is_mended_that_nobody_asked_for(hours, rules, said):
    with pytest.raises(TableError, match=said):
        regular(table_of(hours, hours), **rules)
    minutes = Table(
        np.array(["2026-01-01T00", "2026-01-01T01", "2026-01-01T02", "2026-01-01T02:07"], "M8[s]"),
        {"x": np.zeros(4)},
        True,
    )
    with pytest.raises(TableError, match="do not lie on steps"):
        regular(minutes)


@given(kept=st.lists(st.integers(0, 39), min_size=25, unique=True), seed=st.integers(0, 2**16))
def test_what_was_measured_stays_and_all_else_is_marked(kept, seed):
    """Any rows left out, in any order: known values are the very ones, filled ones lie between."""
    kept = sorted({0, 1, 39, *kept})
    rng = np.random.default_rng(seed)
    values = rng.normal(size=40)
    order = rng.permutation(kept)
    for rule in ("line", "hold"):
        even = regular(table_of(order, values[order]), step=3600, missing=rule)
        assert np.flatnonzero(even.known[:, 0]).tolist() == kept
        assert (even.values[kept, 0] == values[kept]).all() and np.isfinite(even.values).all()
        assert values[kept].min() <= even.values.min() <= even.values.max() <= values[kept].max()


@pytest.mark.parametrize("rule, kept", [("mean", 3.0), ("first", 2.0), ("last", 4.0)])
def test_doubles_are_joined_by_the_rule(rule, kept):
    even = regular(table_of([0, 1, 1, 2], [1, 2, 4, 5]), doubled=rule)
    assert even.column("x").tolist() == [1.0, kept, 5.0]
    empty_first = regular(table_of([0, 1, 1, 2], [1, np.nan, 4, 5]), doubled=rule)
    assert empty_first.column("x")[1] == 4.0


def test_means_over_longer_steps_are_means_of_what_was_measured():
    hours = [0, 1, 2, 3, 4, 6, 7, 8]
    even = regular(table_of(hours, [1, 3, 5, 7, 9, 11, 13, 15]), missing="line")
    two = coarser(even, 7200)
    assert two.values[:, 0].tolist() == [2, 6, 9, 12] and two.known.all() and two.step == 7200
    assert (np.diff(two.time) == 2 * HOUR).all() and two.time[0] == even.time[0]
    late = table_of(np.arange(1, 8), np.arange(7))
    assert coarser(regular(late), 7200).time[0] == np.datetime64("2026-01-01T02", "s")
    with pytest.raises(TableError, match="multiple of 3600"):
        coarser(even, 5400)
