"""On a GPU: float16 with its real scaler learns what float32 does, and is taken up again."""

import pytest
import torch

from lstm_lib.train import Batches, Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")

STEPS = 40


def training(checkpoint=None, **changes):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(8, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    model.cuda()
    x = torch.randn(256, 8, device="cuda")
    y = x[:, :1] * x[:, 1:2]
    return Trainer(
        model,
        lambda model, rows: (model(x[rows.cuda()]) - y[rows.cuda()]).square().mean(),
        torch.optim.AdamW(model.parameters(), lr=1e-2),
        batches=Batches(n=256, batch_size=50),
        clip_norm=1.0,
        accumulate=3,
        checkpoint=checkpoint,
        checkpoint_every=7,
        log=None,
        **changes,
    )


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_it_learns_what_float32_does(precision):
    wanted = training().fit(STEPS)
    history = training(precision=precision).fit(STEPS)
    assert history.losses[-10:] == pytest.approx(wanted.losses[-10:], rel=0.1)
    assert len(history.skipped) <= 5


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_it_is_taken_up_again(tmp_path, precision):
    path = tmp_path / "run.safetensors"
    whole = training(precision=precision)
    wanted = whole.fit(STEPS)
    training(path, precision=precision).fit(17)
    second = training(path, precision=precision)
    history = second.fit(STEPS)
    assert history.losses == pytest.approx(wanted.losses, rel=1e-5)
    assert second.state.precision.pack() == whole.state.precision.pack()
