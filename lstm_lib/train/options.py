"""What a Trainer may be given: each option that cannot be meant is refused by its name."""

import inspect

import torch


def check_options(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, evaluate: object, **counts: object
) -> None:
    """Raise ValueError for the first option that is wrong; of the `counts`, None is always right.

    >>> model = torch.nn.Linear(1, 1)
    >>> check_options(model, torch.optim.SGD(model.parameters(), lr=0.1), None, accumulate=0)
    Traceback (most recent call last):
    ValueError: accumulate must be positive; got 0
    """
    for name, value in counts.items():
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be positive; got {value}")
    accumulate = counts.get("accumulate", 1)
    if isinstance(accumulate, bool) or not isinstance(accumulate, int):
        raise ValueError(f"accumulate must be an integer; got {accumulate!r}")
    if evaluate is None and (counts.get("patience") or counts.get("evaluate_every")):
        raise ValueError("patience and evaluate_every need evaluate=; got None")
    if evaluate is not None and counts.get("evaluate_every") is None:
        raise ValueError("batches have no steps_per_epoch: evaluate_every must be given")
    closure = inspect.signature(type(optimizer).step).parameters.get("closure")
    if closure is not None and closure.default is inspect.Parameter.empty:
        raise ValueError(
            f"optimizer must take a step from one gradient; got {type(optimizer).__name__}, whose "
            "step(closure) computes the loss several times: call it yourself, without a Trainer"
        )
    ours = {id(parameter) for parameter in model.parameters()}
    theirs = [p for group in optimizer.param_groups for p in group["params"]]
    if not all(id(parameter) in ours for parameter in theirs):
        raise ValueError(
            "optimizer must hold the model's parameters; got one that holds others. Was the "
            "model built again, or moved, after the optimizer?"
        )
