"""The course's emblem: one step of two hidden units, forward and backward, from fixed numbers.

The first unit keeps what it has; the second forgets and takes in something new.
`python -c "from lstm_lib import plots; plots.emblem()"` draws it into results/cell.
"""

from pathlib import Path

import numpy as np

from lstm_lib.places import RESULTS
from lstm_lib.plots.cell_flow import cell_flow
from lstm_lib.plots.cell_flow_back import cell_flow_back

FOLDER = RESULTS / "cell"
W = np.array(
    [[0.6, 0.2, -0.4, 0.5, 0.7, -0.3, 0.1, 0.4], [0.1, -0.5, 0.3, 0.6, -0.2, 0.8, 0.5, -0.6]]
).T
R = np.array(
    [[0.3, -0.2, 0.5, 0.1, 0.4, 0.6, -0.1, 0.2], [-0.4, 0.3, 0.2, -0.6, 0.1, -0.5, 0.7, 0.3]]
).T


def emblem_values() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The values of the step and its gradients, as `cell_flow` and `cell_flow_back` want them."""
    v = {
        "x": np.array([1.0, -0.3]),
        "h_prev": np.array([0.5, -0.4]),
        "c_prev": np.array([0.9, -0.8]),
        "i": np.array([0.15, 0.85]),
        "f": np.array([0.95, 0.2]),
        "g": np.array([0.6, 0.9]),
        "o": np.array([0.75, 0.4]),
    }
    v["c"] = v["f"] * v["c_prev"] + v["i"] * v["g"]
    v["h"] = v["o"] * np.tanh(v["c"])
    d = {"dh": np.array([0.7, -0.9]), "dc": np.array([0.5, 0.8])}
    total = d["dc"] + d["dh"] * v["o"] * (1 - np.tanh(v["c"]) ** 2)
    di, df, do = total * v["g"], total * v["c_prev"], d["dh"] * np.tanh(v["c"])
    dz = [
        di * v["i"] * (1 - v["i"]),
        df * v["f"] * (1 - v["f"]),
        total * v["i"] * (1 - v["g"] ** 2),
        do * v["o"] * (1 - v["o"]),
    ]
    d["dz"] = np.concatenate(dz)
    return v, d | {"dx": d["dz"] @ W, "dh_prev": d["dz"] @ R, "dc_prev": total * v["f"]}


def emblem(folder: Path = FOLDER) -> None:
    """Draw forward.png and backward.png into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    values, grads = emblem_values()
    cell_flow(values, save=folder / "forward.png")
    cell_flow_back(values, grads, save=folder / "backward.png")
