"""ONNX: the graph that leaves this library computes the same in a runtime that never saw it."""

import onnx
import onnxruntime
import pytest
import torch
from nn_cases import error, make, random_input, state_for
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_lib.nn import to_onnx
from lstm_lib.scratch.variants import VARIANTS, Variant


def session(module):
    model = to_onnx(module)
    onnx.checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


@pytest.mark.parametrize(
    "options",
    [
        dict(),
        dict(bias=False),
        dict(batch_first=True),
        dict(layers=3),
        dict(bidirectional=True),
        dict(layers=2, bidirectional=True, batch_first=True),
    ],
    ids=str,
)
@pytest.mark.parametrize("variant", ["NP", "V"])
def test_onnxruntime_agrees(variant, options):
    """One session for two batch sizes and lengths, ragged and unsorted, from a state.

    For: blocks or peepholes in torch's order, the two directions swapped, T and B fixed at export.
    """
    module = make(variant, dtype=torch.float32, **options)
    run = session(module)
    first = module.batch_first
    for lengths in ([2, 5, 1, 5], [3, 3]):
        T, B = max(lengths), len(lengths)
        x = random_input(*((B, T) if first else (T, B)), 3, dtype=torch.float32).detach()
        hx = state_for(module, B, grad=False)
        feed = {"input": x, "h0": hx[0], "c0": hx[1], "lengths": torch.tensor(lengths).int()}
        got = run.run(["y", "h", "c"], {name: t.numpy() for name, t in feed.items()})
        with torch.no_grad():
            packed, state = module(
                pack_padded_sequence(x, lengths, first, enforce_sorted=False), hx
            )
        y = pad_packed_sequence(packed, first)[0]
        for a, b in zip(got, (y, *state), strict=True):
            assert error(torch.from_numpy(a), b) < 1e-5


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name not in ("NP", "V")])
def test_other_variants_are_refused(variant):
    with pytest.raises(
        ValueError, match=f"variant must be NP or V, as ONNX's LSTM is; got {variant}"
    ):
        to_onnx(make(variant, dtype=torch.float32))


def test_a_variant_is_known_by_what_it_is():
    assert to_onnx(make(Variant("Bob"), dtype=torch.float32)).graph.node[0].op_type == "LSTM"
    with pytest.raises(TypeError, match=r"float32 weights; got torch\.float64"):
        to_onnx(make("NP"))
