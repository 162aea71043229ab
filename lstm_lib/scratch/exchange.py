"""Weights to and from torch, exactly. torch is imported inside: `scratch` does without it.

Gate order i, f, g, o is torch's, so that W is `weight_ih_l0` and R is `weight_hh_l0`. torch adds
two biases, where one is enough: ours goes into the first and the second is zero; from torch, the
two are added.
"""

import numpy as np


def lstm_to_torch(lstm):
    """A `torch.nn.LSTM` that computes what `lstm` (NP) computes."""
    import torch

    if not lstm.variant.plain:
        raise ValueError(
            f"variant must be NP, the only one that torch has; got {lstm.variant.name}"
        )
    module = torch.nn.LSTM(
        lstm.input_size, lstm.hidden_size, lstm.num_layers, dtype=_torch_dtype(lstm.dtype)
    )
    _fill(module, lstm)
    return module


def lstm_from_torch(cls, module):
    """An instance of `cls` (our LSTM) that computes what a `torch.nn.LSTM` computes."""
    import torch

    _refuse(module, torch.nn.LSTM)
    if module.proj_size:
        raise ValueError(f"module must have proj_size=0; got {module.proj_size}")
    return _read(cls, module)


def rnn_to_torch(rnn):
    """A `torch.nn.RNN` that computes what `rnn` computes."""
    import torch

    module = torch.nn.RNN(
        rnn.input_size, rnn.hidden_size, rnn.num_layers, dtype=_torch_dtype(rnn.dtype)
    )
    _fill(module, rnn)
    return module


def rnn_from_torch(cls, module):
    """An instance of `cls` (our RNN) that computes what a `torch.nn.RNN` computes."""
    import torch

    _refuse(module, torch.nn.RNN)
    if module.nonlinearity != "tanh":
        raise ValueError(f"module must have nonlinearity='tanh'; got {module.nonlinearity!r}")
    return _read(cls, module)


def _torch_dtype(dtype: np.dtype):
    import torch

    if dtype.kind == "c":
        raise TypeError(f"dtype must be float32 or float64; got {dtype}")
    return getattr(torch, str(dtype))


def _refuse(module, kind) -> None:
    """Options that would be lost on the way."""
    if not isinstance(module, kind):
        raise TypeError(f"module must be a torch.nn.{kind.__name__}; got {type(module).__name__}")
    for option, wanted in {"bidirectional": False, "dropout": 0, "batch_first": False}.items():
        if getattr(module, option) != wanted:
            raise ValueError(
                f"module must have {option}={wanted}, which is all that scratch does; "
                f"got {getattr(module, option)}"
            )


def _fill(module, model) -> None:
    import torch

    with torch.no_grad():
        for layer in range(model.num_layers):
            for name, key in {"weight_ih": "W", "weight_hh": "R", "bias_ih": "b"}.items():
                array = model.params[f"{key}{layer}"]
                getattr(module, f"{name}_l{layer}").copy_(torch.from_numpy(array.copy()))
            getattr(module, f"bias_hh_l{layer}").zero_()


def _read(cls, module):
    def array(name: str, layer: int) -> np.ndarray:
        return getattr(module, f"{name}_l{layer}").detach().cpu().numpy()

    dtype = array("weight_ih", 0).dtype
    model = cls(module.input_size, module.hidden_size, module.num_layers, dtype=dtype)
    for layer in range(module.num_layers):
        model.params[f"W{layer}"] = array("weight_ih", layer).copy()
        model.params[f"R{layer}"] = array("weight_hh", layer).copy()
        model.params[f"b{layer}"][:] = 0
        if module.bias:
            model.params[f"b{layer}"] = array("bias_ih", layer) + array("bias_hh", layer)
    return model
