"""The turbine's records: every row of the source, with what is wrong in it."""

import numpy as np
import pytest

from lstm_lib.data import load_wind, wind
from lstm_lib.forecast import look, read_table


@pytest.fixture(scope="module")
def records():
    return load_wind()


def test_every_row_is_there_with_its_faults(records, tmp_path):
    """For: a row that was mended, sorted or dropped before the reader has seen it."""
    found = look(read_table(records.write_csv(tmp_path / "wind.csv")))
    assert (found.rows, found.step, found.doubled, found.missing) == (105_120, 600, 12, 12)
    assert set(found.empty.values()) == {435} and found.disordered == found.off == 0
    assert found.clocks == ("2014-03-30", "2014-10-26", "2015-03-29", "2015-10-25")


def test_it_is_a_turbine(records):
    """For: columns in another order, hundredths for units, a wrong row's numbers."""
    power, speed, direction, temperature = records.values[~np.isnan(records.values[:, 0])].T
    assert -30 < power.min() < 0 and 2000 < power.max() < 2100
    assert speed.min() >= 0 and 15 < speed.max() < 30
    assert direction.min() >= 0 and direction.max() <= 360
    assert -12 < temperature.min() < 0 and 30 < temperature.max() < 42
    still, fresh = power[speed < 2.5], power[(speed > 9) & (speed < 10)]
    assert np.median(still) < 5 and 900 < np.median(fresh) < 1600


def test_the_csv_says_what_the_arrays_say(records, tmp_path):
    table = read_table(records.write_csv(tmp_path / "wind.csv"))
    for k, name in enumerate(records.columns):
        assert np.allclose(table.values[name], records.values[:, k], atol=0.0051, equal_nan=True)
    assert not records.values.flags.writeable


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda text: text.replace(",1.25", ",1.2543", 1), "two decimals"),
        (lambda text: text.replace(",1.25", ",", 1), "all numbers or none"),
        (lambda text: text.rsplit("\n", 2)[0] + "\n", "expected 105,120 rows"),
    ],
)
def test_another_file_is_refused(change, said):
    head = "Wind_turbine_name,Date_time,P_avg,Ws_avg,Wa_avg,Ot_avg\n"
    row = f"{wind.TURBINE},2014-01-01T01:00:00+01:00,1.25,2.00,3.00,4.00\n"
    text = head + row * 105_120
    assert wind.to_arrays({"x": text.encode()})["P_avg"][0] == 125
    with pytest.raises(ValueError, match=said):
        wind.to_arrays({"x": change(text).encode()})
