"""A whole forecaster as an ONNX graph: scaling, LSTM, quantiles, for runtimes without torch."""

from typing import TYPE_CHECKING

import numpy as np

from lstm_lib.forecast.forecaster import Forecaster
from lstm_lib.forecast.series import calendar

if TYPE_CHECKING:
    import onnx


def to_onnx(forecaster: Forecaster) -> "onnx.ModelProto":
    """The graph: values (past, C), filled (past, C), calendar (past, F) -> quantiles (ahead, P).

    All float32: values in their own units, filled 1 where a value was not measured, calendar as
    `series.calendar` makes it of the times; `inputs_for_onnx` gives the three. Needs the package
    onnx. Raises ValueError for a forecaster that has learnt nothing.
    """
    from onnx import TensorProto, helper, numpy_helper

    from lstm_lib.nn.onnx import to_onnx as lstm_to_onnx

    model, config = forecaster.model, forecaster.config
    if model is None:
        raise ValueError("this forecaster has learnt nothing yet: call fit first")
    past, columns = config.past, len(forecaster.columns)
    graph = lstm_to_onnx(model.lstm.eval()).graph
    H, P, K = config.hidden_size, len(config.levels), config.ahead
    target = forecaster.columns.index(config.target)
    constants = {
        "mean": forecaster.scaler.mean.astype(np.float32),
        "deviation": forecaster.scaler.deviation.astype(np.float32),
        "batch": np.array([1], np.int64),
        "h0": np.zeros((1, 1, H), np.float32),
        "c0": np.zeros((1, 1, H), np.float32),
        "lengths": np.array([past], np.int32),
        "flat": np.array([1, H], np.int64),
        "W": model.dense.weight.detach().numpy(),
        "b": model.dense.bias.detach().numpy(),
        "table": np.array([K, P], np.int64),
        "zero": np.array([0], np.int64),
        "one": np.array([1], np.int64),
        "end": np.array([P], np.int64),
        "axis": np.array([1], np.int64),
        "half": np.array(0.5, np.float32),
        "place": np.array(1, np.int64),
        "change": model.change.numpy()[:, None],
        "row": np.array([past - 1], np.int64),
        "column": np.array([target], np.int64),
    }
    make = helper.make_node
    before = [
        make("Sub", ["values", "mean"], ["centred"]),
        make("Div", ["centred", "deviation"], ["scaled"]),
        make("Concat", ["scaled", "filled", "calendar"], ["x"], axis=1),
        make("Unsqueeze", ["x", "batch"], ["input"]),
    ]
    after = [
        make("Reshape", ["h", "flat"], ["last_h"]),
        make("Gemm", ["last_h", "W", "b"], ["dense"], transB=1),
        make("Reshape", ["dense", "table"], ["said"]),
        make("Slice", ["said", "zero", "one", "axis"], ["low"]),
        make("Slice", ["said", "one", "end", "axis"], ["raw"]),
        make("Softplus", ["raw"], ["gaps"]),
        make("ReduceSum", ["gaps", "axis"], ["width"], keepdims=1),
        make("Mul", ["width", "half"], ["down"]),
        make("Sub", ["low", "down"], ["first"]),
        make("Concat", ["first", "gaps"], ["steps"], axis=1),
        make("CumSum", ["steps", "place"], ["units"]),
        make("Mul", ["units", "change"], ["moved"]),
        make("Gather", ["values", "row"], ["last_row"], axis=0),
        make("Gather", ["last_row", "column"], ["now"], axis=1),
        make("Add", ["moved", "now"], ["quantiles"]),
    ]
    F = calendar(forecaster.last.time, forecaster.step).shape[1]
    shapes = {"values": columns, "filled": columns, "calendar": F}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [past, width])
        for name, width in shapes.items()
    ]
    output = helper.make_tensor_value_info("quantiles", TensorProto.FLOAT, [K, P])
    kept = [t for t in graph.initializer if t.name not in constants]
    whole = helper.make_graph(
        [*before, *graph.node, *after],
        "forecaster",
        inputs,
        [output],
        [
            *kept,
            *(numpy_helper.from_array(np.ascontiguousarray(a), n) for n, a in constants.items()),
        ],
    )
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    return made


def inputs_for_onnx(forecaster: Forecaster) -> dict[str, np.ndarray]:
    """The last window of a forecaster, as its graph takes it."""
    last = forecaster.last
    return {
        "values": last.values.astype(np.float32),
        "filled": (~last.known).astype(np.float32),
        "calendar": calendar(last.time, last.step).astype(np.float32),
    }
