"""onnxruntime's LSTM: an independent implementation, which has peepholes and sequence lengths."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from lstm_lib.scratch import LSTM, relative_error

T, B, I, H = 6, 4, 3, 5


def onnx_order(array, blocks="ifgo", wanted="iofg"):
    """ONNX stores the blocks as i, o, f, c (its c is our g), and the peepholes as i, o, f."""
    parts = dict(zip(blocks, np.split(array, len(blocks))))
    return np.concatenate([parts[name] for name in wanted])[None]


def run_onnx(lstm, x, state, lengths):
    p = lstm.params
    peepholes = onnx_order(p["p0"], "ifo", "iof") if "p0" in p else np.zeros((1, 3 * H), "f4")
    bias = onnx_order(p["b0"])
    feed = {
        "X": x,
        "W": onnx_order(p["W0"]),
        "R": onnx_order(p["R0"]),
        "B": np.concatenate([bias, np.zeros_like(bias)], axis=1),
        "lengths": lengths.astype(np.int32),
        "h": state[0],
        "c": state[1],
        "P": peepholes,
    }
    node = helper.make_node("LSTM", list(feed), ["Y", "Y_h", "Y_c"], hidden_size=H)
    kinds = {name: TensorProto.INT32 if name == "lengths" else TensorProto.FLOAT for name in feed}
    graph = helper.make_graph(
        [node],
        "lstm",
        [helper.make_tensor_value_info(n, kinds[n], a.shape) for n, a in feed.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in node.output],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    h_seq, h, c = session.run(None, feed)
    return h_seq[:, 0], h, c


@pytest.mark.parametrize("lengths", [[T] * B, [2, 6, 1, 4]], ids=["full", "ragged"])
@pytest.mark.parametrize("variant", ["NP", "V"])
def test_equals_onnxruntime(variant, lengths):
    rng = np.random.default_rng(0)
    lstm = LSTM(I, H, variant=variant)
    for array in lstm.params.values():
        array[:] = rng.standard_normal(array.shape)
    x = rng.standard_normal((T, B, I)).astype(np.float32)
    state = tuple(rng.standard_normal((1, B, H)).astype(np.float32) for _ in "hc")
    want = run_onnx(lstm, x, state, np.array(lengths))
    h_seq, (h, c), _ = lstm.forward(x, state, lengths)
    for got, wanted in zip((h_seq, h, c), want):
        assert relative_error(got, wanted) < 1e-5
