"""`LSTM` as an ONNX graph, for runtimes that know neither torch nor this library.

ONNX's LSTM (the operator's specification, opset 14) is NP, and V with its input P. Its blocks are
in the order i, o, f, c, where its c is our g, its peepholes in the order i, o, f; each has a
leading axis for the directions.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    import onnx

    from lstm_lib.nn.backends.call import Weights
    from lstm_lib.nn.lstm import LSTM


def to_onnx(module: "LSTM") -> "onnx.ModelProto":
    """The graph of `module`: inputs input, h0, c0, lengths -> outputs y, h, c.

    input (T, B, I), or (B, T, I) with batch_first; h0, c0, h, c (L·D, B, H); lengths (B,) int32, in
    any order, past which y is zero; y as the input, with D·H columns. T and B stay open. Dropout is
    left out, as in eval mode. Needs the package onnx.

    Raises ValueError for other variants than NP and V, TypeError for weights that are not float32.

    >>> from lstm_lib.nn import LSTM
    >>> [node.op_type for node in to_onnx(LSTM(3, 4, bidirectional=True)).graph.node]
    ['LSTM', 'Transpose', 'Reshape']
    """
    from onnx import TensorProto, helper, numpy_helper

    _check(module)
    L, D, H = module.num_layers, module.directions, module.hidden_size
    nodes, constants = [], {"columns": np.array([0, 0, D * H], np.int64)}
    x = "input"
    if module.batch_first:
        nodes.append(helper.make_node("Transpose", ["input"], ["x"], perm=[1, 0, 2]))
        x = "x"
    begin = {name: [f"{name}_{k}" for k in range(L)] for name in ("h0", "c0")}
    end = {name: [f"{name}_{k}" for k in range(L)] for name in ("h", "c")}
    if L == 1:
        begin, end = {name: [name] for name in begin}, {name: [name] for name in end}
    else:
        constants["layers"] = np.full(L, D, np.int64)
        for name, parts in begin.items():
            nodes.append(helper.make_node("Split", [name, "layers"], parts, axis=0))
    for k in range(L):
        arrays = _weights(module.weights()[k * D : (k + 1) * D], H)
        constants |= {f"{name}{k}": array for name, array in arrays.items()}
        state = [begin["h0"][k], begin["c0"][k]]
        inputs = [x, f"W{k}", f"R{k}", f"B{k}", "lengths", *state, f"P{k}" if "P" in arrays else ""]
        outputs = [f"steps{k}", end["h"][k], end["c"][k]]
        way = "bidirectional" if D == 2 else "forward"
        nodes.append(helper.make_node("LSTM", inputs, outputs, hidden_size=H, direction=way))
        # (T, D, B, H) -> (T, B, D·H); for the last layer in the order of the input
        last = k == L - 1
        order = [2, 0, 1, 3] if last and module.batch_first else [0, 2, 1, 3]
        x = "y" if last else f"y{k}"
        nodes.append(helper.make_node("Transpose", [f"steps{k}"], [f"rows{k}"], perm=order))
        nodes.append(helper.make_node("Reshape", [f"rows{k}", "columns"], [x]))
    if L > 1:
        for name, parts in end.items():
            nodes.append(helper.make_node("Concat", parts, [name], axis=0))

    steps = ("B", "T") if module.batch_first else ("T", "B")
    shapes = {"input": (*steps, module.input_size), "y": (*steps, D * H)}
    shapes |= dict.fromkeys(("h0", "c0", "h", "c"), (L * D, "B", H)) | {"lengths": ("B",)}

    def declared(names: Sequence[str]) -> list:
        kinds = {"lengths": TensorProto.INT32}
        return [
            helper.make_tensor_value_info(name, kinds.get(name, TensorProto.FLOAT), shapes[name])
            for name in names
        ]

    graph = helper.make_graph(
        nodes,
        f"LSTM {module.variant.name}",
        declared(("input", "h0", "c0", "lengths")),
        declared(("y", "h", "c")),
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def _check(module: "LSTM") -> None:
    v = module.variant
    if not replace(v, peepholes=False).plain:
        raise ValueError(f"variant must be NP or V, as ONNX's LSTM is; got {v.name}")
    if module.weight_ih_l0.dtype != torch.float32:
        raise TypeError(f"to_onnx needs float32 weights; got {module.weight_ih_l0.dtype}")


def _weights(directions: list["Weights"], H: int) -> dict[str, np.ndarray]:
    """W (D, 4·H, I), R (D, 4·H, H), B (D, 8·H), and P (D, 3·H) if there are peepholes."""

    def ordered(tensor: torch.Tensor, blocks: str, wanted: str) -> np.ndarray:
        parts = dict(zip(blocks, tensor.detach().cpu().split(H), strict=True))
        return torch.cat([parts[name] for name in wanted]).numpy()

    arrays: dict[str, list] = {"W": [], "R": [], "B": [], "P": []}
    for w in directions:
        zero = w.W.new_zeros(len(w.W))
        biases = [zero if b is None else b for b in (w.b_ih, w.b_hh)]
        arrays["W"].append(ordered(w.W, "ifgo", "iofg"))
        arrays["R"].append(ordered(w.R, "ifgo", "iofg"))
        arrays["B"].append(np.concatenate([ordered(b, "ifgo", "iofg") for b in biases]))
        if w.p is not None:
            arrays["P"].append(ordered(w.p, "ifo", "iof"))
    return {name: np.stack(parts) for name, parts in arrays.items() if parts}
