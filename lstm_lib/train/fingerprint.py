"""What a training is made of, as plain data: a checkpoint is taken up only by its like."""

import json
import re

import torch


def plain(thing: object) -> str:
    """Its repr without memory addresses.

    >>> plain(object())
    '<object object>'
    """
    return _without_addresses(repr(thing))


def describe(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, **rest: object
) -> dict[str, object]:
    """Names to JSON values: every module, parameter and hyperparameter, and `rest` as given.

    >>> model = torch.nn.Linear(2, 1)
    >>> describe(model, torch.optim.SGD(model.parameters(), lr=0.1), clip_norm=1.0)["model.weight"]
    'float32 (1, 2)'
    """
    entries: dict[str, object] = {}
    for name, module in model.named_modules():
        entries[f"model.{name}"] = _without_addresses(
            f"{type(module).__name__}({module.extra_repr()})"
        )
    for name, value in model.state_dict().items():
        dtype = str(value.dtype).removeprefix("torch.")
        entries[f"model.{name}"] = f"{dtype} {tuple(value.shape)}"
    entries["optimizer"] = type(optimizer).__name__
    for index, group in enumerate(without_tensors(optimizer.state_dict()["param_groups"])):
        for name, value in group.items():
            entries[f"optimizer.{index}.{name}"] = value
    entries.update(rest)
    return json.loads(json.dumps(entries, default=plain))


def without_tensors(value: object) -> object:
    """The same lists, tuples and dicts, each tensor in them as its number or list of numbers.

    >>> without_tensors([{"lr": torch.tensor(0.5), "betas": (0.9, torch.tensor(0.75))}])
    [{'lr': 0.5, 'betas': (0.9, 0.75)}]
    """
    if torch.is_tensor(value):
        return value.tolist()
    if isinstance(value, dict):
        return {name: without_tensors(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(without_tensors(part) for part in value)
    return value


def differences(theirs: dict[str, object], ours: dict[str, object]) -> list[str]:
    """One phrase for each entry that differs.

    >>> differences({"a": 1, "b": 2}, {"a": 1, "b": 3})
    ['b: the checkpoint has 2, this training 3']
    """
    names = [*ours, *(name for name in theirs if name not in ours)]
    return [
        f"{name}: the checkpoint has {theirs.get(name, 'none')}, this training "
        f"{ours.get(name, 'none')}"
        for name in names
        if theirs.get(name, "none") != ours.get(name, "none")
    ]


def _without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)
