"""Ways torch's users reach a module: each gives the right numbers, or names the way out.

Right is what the definition (`loop`) gives, and for NP what torch.nn.LSTM gives where it can.
"""

import copy
import io
import pickle
import shutil
import sysconfig
from pathlib import Path

import numpy as np
import pytest
import torch
from nn_cases import dtype_of, error, every_backend, make, only_if_it_can, random_input, state_for
from torch.autograd import forward_ad, functional
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.utils import parametrizations, prune
from torch.utils.checkpoint import checkpoint

from lstm_lib.nn import LSTM

VARIANTS = ("NP", "V", "FGR")
WIDE = {torch.float64: 1e-10, torch.float32: 1e-4}


def of_all(module, x):
    """One number that hangs on all outputs, and not linearly."""
    y, state = module(x)
    return sum(part.pow(3).sum() for part in (y, *state))


def second(module, x, wanted, **options):
    """Gradients of a gradient; None counts as a wrong answer here."""
    x = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(of_all(module, x), x, create_graph=True)
    inputs = [{"x": x, **dict(module.named_parameters())}[name] for name in wanted]
    return torch.autograd.grad(first.pow(2).sum(), inputs, **options)


def backward_to_some(module, x):
    """backward(inputs=...) of a gradient; what no path leads to would keep its .grad of None."""
    x = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(of_all(module, x), x, create_graph=True)
    first.pow(2).sum().backward(inputs=[x, module.bias_hh_l0])
    grads, module.bias_hh_l0.grad = (x.grad, module.bias_hh_l0.grad), None
    return grads


def of_the_upstream(module, x):
    """The derivative of a gradient with respect to the gradient that came in."""
    x = x.clone().requires_grad_()
    y = module(x)[0]
    upstream = torch.ones_like(y, requires_grad=True)
    (first,) = torch.autograd.grad(y, x, upstream, create_graph=True)
    return torch.autograd.grad(first.pow(2).sum(), upstream, allow_unused=True)


def dual(module, x, frozen):
    with forward_ad.dual_level(), torch.set_grad_enabled(not frozen):
        y, _ = module(forward_ad.make_dual(x, torch.ones_like(x)))
        return (forward_ad.unpack_dual(y).tangent,)


def traced(module, x):
    return torch.jit.trace(module, (x,), check_trace=False)(2.0 * x)


def exported(module, x):
    return torch.export.export(module, (x,)).module()(2.0 * x)


MORE_THAN_A_FIRST_DERIVATIVE = {
    "hessian": lambda m, x: (functional.hessian(lambda x: of_all(m, x), x),),
    "hvp": lambda m, x: functional.hvp(lambda x: of_all(m, x), x, torch.ones_like(x)),
    "vhp": lambda m, x: functional.vhp(lambda x: of_all(m, x), x, torch.ones_like(x)),
    "jvp": lambda m, x: functional.jvp(lambda x: of_all(m, x), x, torch.ones_like(x)),
    "grad of grad": lambda m, x: second(m, x, ["x"]),
    "grad of grad, unused allowed": lambda m, x: second(m, x, ["x"], allow_unused=True),
    "grad of grad, weights": lambda m, x: second(
        m, x, ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"], allow_unused=True
    ),
    "backward(inputs=...)": backward_to_some,
    "of the upstream": of_the_upstream,
    "jacobian, vectorized": lambda m, x: (
        functional.jacobian(lambda x: m(x)[0], x, vectorize=True),
    ),
    "forward mode": lambda m, x: dual(m, x, frozen=False),
    "forward mode without grad": lambda m, x: dual(m, x, frozen=True),
    "func.grad": lambda m, x: (torch.func.grad(lambda x: of_all(m, x))(x),),
    "func.vmap": lambda m, x: torch.func.vmap(lambda x: m(x)[0])(torch.stack([x, 2 * x])),
    "func.jvp": lambda m, x: torch.func.jvp(lambda x: of_all(m, x), (x,), (x,)),
    "func.jacrev": lambda m, x: (torch.func.jacrev(lambda x: m(x)[0])(x),),
    "jit.trace": traced,
    "export": exported,
    "make_fx": lambda m, x: (make_fx(lambda x: m(x)[0])(x)(2.0 * x),),
}


INTERPRETED = [("V", way) for way in ("hvp", "of the upstream", "func.grad", "forward mode")]


def problem(variant, backend):
    dtype = dtype_of(backend)
    only_if_it_can(backend, variant, dtype)
    module = make(variant, backend=backend, dtype=dtype)
    return module, random_input(3, 2, 3, dtype=dtype).detach()


def flat(tensors):
    """All tensors in a nest of tuples."""
    if torch.is_tensor(tensors):
        return [tensors.detach()]
    return [t for part in tensors for t in flat(part)]


def agree(got, want, dtype):
    pairs = zip(flat(got), flat(want), strict=True)
    return max(error(a, b.to(dtype)) for a, b in pairs) < WIDE[dtype]


def by_torch(module):
    """torch.nn.LSTM with the weights of an NP module."""
    other = torch.nn.LSTM(module.input_size, module.hidden_size, dtype=module.weight_ih_l0.dtype)
    other.load_state_dict(module.state_dict())
    return other


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("way", MORE_THAN_A_FIRST_DERIVATIVE)
@pytest.mark.parametrize("variant", VARIANTS)
@every_backend
def test_right_or_refused_by_name(backend, variant, way):
    """For: a second derivative of 0 or None, a tangent that is dropped, a walk that is recorded as
    the constant it came to."""
    if backend == "triton" and (variant, way) not in INTERPRETED:
        pytest.skip("triton: its interpreter is slow, and the layer around it is that of fused")
    module, x = problem(variant, backend)
    ask = MORE_THAN_A_FIRST_DERIVATIVE[way]
    if backend == "torch":  # the same numbers as torch.nn.LSTM, or its own error
        try:
            want = ask(by_torch(module), x)
        except (NotImplementedError, RuntimeError) as error_of_torch:
            with pytest.raises(type(error_of_torch)):
                ask(module, x)
            return
        assert agree(ask(module, x), want, x.dtype)
        return
    try:
        got = ask(module, x)
    except NotImplementedError as refused:
        assert backend != "loop"
        assert f"'{backend}'" in str(refused) and "backend='loop'" in str(refused)
        return
    module.backend = "loop"
    assert agree(got, ask(module, x), x.dtype)


def run_again(x, again):
    """Values and the first gradient of another module, or function, that should be the same."""
    x = x.clone().requires_grad_()
    y, state = again(x)
    sum(part.pow(3).sum() for part in (y, *state)).backward()
    return (y, *state, x.grad)


def saved_whole(module):
    file = io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


def quantised(module):
    """quantize_dynamic knows torch.nn.LSTM alone: this one stays as it is."""
    kinds = {torch.nn.LSTM, torch.nn.Linear}
    return torch.ao.quantization.quantize_dynamic(torch.nn.Sequential(module), kinds)


def twice(module):
    """Two parametrisations that cancel each other, on two weights."""
    module = copy.deepcopy(module)
    parametrizations.weight_norm(module, "weight_hh_l0")
    prune.identity(module, "weight_ih_l0")
    return module


def re_entrant(module):
    """This kind sees no tensors in a tuple within the outputs: torch says so of all modules."""

    def side_by_side(x):
        y, state = module(x)
        return y, *state

    def run(x):
        y, *state = checkpoint(side_by_side, x, use_reentrant=True)
        return y, state

    return run


ORDINARY = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda m: pickle.loads(pickle.dumps(m)),
    "torch.save": saved_whole,
    "checkpointing": lambda m: lambda x: checkpoint(m, x, use_reentrant=False),
    "checkpointing, re-entrant": re_entrant,
    "parametrisations": twice,
    "quantize_dynamic": quantised,
    "functional_call": lambda m: (
        lambda x: torch.func.functional_call(m, dict(m.named_parameters()), (x,))
    ),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("way", ORDINARY)
@pytest.mark.parametrize("variant", VARIANTS)
@every_backend
def test_right_everywhere(backend, variant, way):
    if backend == "triton" and variant != "V":
        pytest.skip("triton: its interpreter is slow, and V runs the same code")
    module, x = problem(variant, backend)
    got = run_again(x, ORDINARY[way](module))
    module.backend = "loop"
    assert agree(got, run_again(x, module), x.dtype)


@pytest.mark.parametrize("variant", ["NP", "V", "FGR"])
@every_backend
def test_on_the_meta_device(backend, variant):
    """Shapes without numbers; what computes with numbers says so by name."""
    module, x = problem(variant, backend)
    module, x = module.to("meta"), x.to("meta")
    if backend in ("compiled", "triton"):
        with pytest.raises(ValueError, match=f"'{backend}' cannot run variant {variant}"):
            module(x)
        module.backend = "auto"
    hx = tuple(part.detach().to("meta") for part in state_for(make(variant), 2))
    hx = tuple(part.to(x.dtype) for part in hx)
    y, state = module(x, hx)
    y.sum().backward()
    assert y.is_meta and y.shape == (3, 2, 4) and all(p.grad.is_meta for p in module.parameters())
    assert [part.shape for part in state] == [part.shape for part in hx]
    with pytest.raises(ValueError, match="input must be torch"):
        module(x.to(torch.int32))


class Model(torch.nn.Module):
    """Something that is compiled around an LSTM."""

    def __init__(self, lstm):
        super().__init__()
        self.lstm, self.head = lstm, torch.nn.Linear(4, 2, dtype=lstm.weight_ih_l0.dtype)

    def forward(self, x):
        y, state = self.lstm(2.0 * x)
        return torch.relu(self.head(y)) + 1.0, state


COMPILERS = [
    pytest.param("aot_eager", id="aot_eager"),
    pytest.param(
        "inductor",
        id="inductor",
        marks=pytest.mark.skipif(
            not (shutil.which("g++") or shutil.which("clang++"))
            or not (Path(sysconfig.get_path("include")) / "Python.h").exists(),
            reason="inductor needs a C++ compiler and Python's headers",
        ),
    ),
]


@pytest.mark.parametrize(
    ("variant", "backend"),
    [("V", "fused"), ("V", "compiled"), ("NP", "torch"), ("V", "loop")],
)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_torch_compile(compiler, variant, backend, monkeypatch):
    """Values and gradients, in training and after; eager mode's own, as the walk is left out.

    For: views that a compiler loses, a backend that dynamo cannot read.
    """
    if compiler == "inductor" and backend != "fused":
        pytest.skip("a compiler behind dynamo sees nothing of the LSTM: one case is enough")
    only_if_it_can(backend, variant, torch.float32)
    monkeypatch.setenv("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no processes that outlive the test
    torch._dynamo.reset()
    model = Model(make(variant, backend=backend, dtype=torch.float32))
    x = random_input(3, 2, 3, dtype=torch.float32)
    compiled = torch.compile(model, backend=compiler)
    got, want = [], []
    for run, results in ((model, want), (compiled, got)):
        y, state = run(x)
        total = sum(p.pow(3).sum() for p in (y, *state))
        results += [y, *state, *torch.autograd.grad(total, [x, *model.parameters()])]
        with torch.no_grad():
            results += flat(run(x))
    assert agree(got, want, torch.float32)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@every_backend
def test_torchscript_is_refused_by_name(backend):
    module, _ = problem("NP", backend)
    with pytest.raises(NotImplementedError, match=r"torch.jit.trace with backend='loop'"):
        torch.jit.script(torch.nn.Sequential(module))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_a_trace_of_the_definition_knows_its_length():
    """Unrolled for three steps, it refuses five: no wrong numbers."""
    module, x = problem("V", "loop")
    again = torch.jit.trace(module, (x,), check_trace=False)
    with pytest.raises(RuntimeError, match="split"):
        again(random_input(5, 2, 3))


def test_tensors_without_numbers():
    module, x = problem("V", "compiled")
    with torch._subclasses.FakeTensorMode(allow_non_fake_inputs=True) as mode:
        fake = mode.from_tensor(x)
        with pytest.raises(TypeError, match="FakeTensor has none: that needs backend='fused'"):
            module(fake)
        module.backend = "fused"
        assert module(fake)[0].shape == (3, 2, 4)


def test_numpy_numbers_are_numbers():
    """For: sizes out of an array's shape or a table, which torch.nn.LSTM takes."""
    module = LSTM(
        np.int64(3),
        np.int32(4),
        np.int16(2),
        np.bool_(True),
        np.bool_(False),
        np.float32(0.25),
        np.bool_(True),
        forget_bias=np.float64(1.0),
    )
    assert repr(module) == repr(LSTM(3, 4, 2, dropout=0.25, bidirectional=True, forget_bias=1.0)), (
        "kept as Python's numbers"
    )
    assert pickle.loads(pickle.dumps(module)).hidden_size == 4


@pytest.mark.parametrize("value", [2, 0, 0.5, False])
def test_projections_are_refused_by_name(value):
    """By keyword, by position, and torch's own default: what is not offered is not ignored."""
    with pytest.raises(TypeError, match="proj_size is not offered"):
        LSTM(3, 4, proj_size=value)
    with pytest.raises(TypeError, match="proj_size is not offered"):
        LSTM(3, 4, 1, True, False, 0.0, False, value)
