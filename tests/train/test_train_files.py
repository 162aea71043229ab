"""Weights and result files, seeds and threads."""

import json
import math

import numpy as np
import pytest
import torch

from lstm_lib.train import load_weights, save_weights, seeds, set_seed, write_result


def test_weights_exact_and_half(tmp_path):
    torch.manual_seed(0)
    a, b = torch.nn.Linear(4, 3), torch.nn.Linear(4, 3)
    save_weights(tmp_path / "w.safetensors", a)
    assert torch.equal(load_weights(tmp_path / "w.safetensors", b).weight, a.weight)
    size = save_weights(tmp_path / "h.safetensors", a, half=True)
    assert size == (tmp_path / "h.safetensors").stat().st_size
    load_weights(tmp_path / "h.safetensors", b)
    assert b.weight.dtype == torch.float32
    assert torch.equal(b.weight, a.weight.half().float())


def test_weights_errors(tmp_path, monkeypatch):
    path = tmp_path / "w.safetensors"
    save_weights(path, torch.nn.Linear(4, 3))
    with pytest.raises(ValueError, match=r"weight has shape \(3, 4\), wanted \(3, 5\)"):
        load_weights(path, torch.nn.Linear(5, 3))
    with pytest.raises(ValueError, match="bias is not in the module"):
        load_weights(path, torch.nn.Linear(4, 3, bias=False))
    big = torch.nn.Linear(4, 3)
    torch.nn.init.constant_(big.weight, 1e6)
    with pytest.raises(ValueError, match="weight holds 1e\\+06"):
        save_weights(tmp_path / "x.safetensors", big, half=True)
    with pytest.raises(ValueError, match=r"would have 18.0 MB; at most 12 MB"):
        save_weights(tmp_path / "x.safetensors", torch.nn.Linear(3000, 3000, False), half=True)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(ValueError, match="not a whole safetensors file"):
        load_weights(path, torch.nn.Linear(4, 3))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.safetensors"]


def test_result_file(tmp_path):
    path = tmp_path / "task" / "r.json"
    write_result(path, {"rmse": np.float64(0.5), "seeds": np.arange(2), "t": torch.tensor(3)})
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["rmse"] == 0.5 and written["seeds"] == [0, 1] and written["t"] == 3
    assert written["environment"]["torch"] == torch.__version__
    for bad, error in ((math.nan, ValueError), (object(), TypeError)):
        with pytest.raises(error):
            write_result(path, {"x": bad})
    with pytest.raises(ValueError, match="'environment'"):
        write_result(path, {"environment": 1})
    assert json.loads(path.read_text(encoding="utf-8")) == written
    assert [p.name for p in path.parent.iterdir()] == ["r.json"]


def test_set_seed_sets_all_three():
    import random

    def draw():
        return random.random(), np.random.random(), torch.rand(()).item()  # noqa: NPY002

    set_seed(4)
    first = draw()
    set_seed(4)
    assert draw() == first
    set_seed(5)
    assert not set(draw()) & set(first)


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [({}, 1), ({"LSTM_COURSE_THREADS": "2"}, 2), ({"OMP_NUM_THREADS": "7"}, 3)],
)
def test_threads(environ, wanted):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        assert seeds.default_threads(environ) == wanted
        with pytest.raises(ValueError, match="LSTM_COURSE_THREADS"):
            seeds.default_threads({"LSTM_COURSE_THREADS": "many"})
    finally:
        torch.set_num_threads(before)
