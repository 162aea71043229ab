"""The picture of the CPU's table."""

from pathlib import Path

from lstm_lib.bench.contestants import BASE

BARS = {
    ("training", "products"): ("#bbbbbb", "bare matrix products of training"),
    ("training", "scratch"): ("#0072b2", "NumPy, training"),
    ("training", "fused"): ("#d55e00", "fused, training"),
    ("training", "compiled"): ("#009e73", "compiled, training"),
    ("forward", "compiled"): ("#56b4e9", "compiled, forward"),
    ("forward", "onnxruntime"): ("#e69f00", "onnxruntime, forward"),
}


def draw(report: dict, path: Path) -> None:
    """Ratios to nn.LSTM of the plain LSTM, with quartiles, and 1 as a grey line."""
    from matplotlib.figure import Figure

    rows = [r for r in report["rows"] if r["action"] != "step" and r["variant"] == "NP"]
    shapes = list(dict.fromkeys(tuple(row["shape"]) for row in rows))
    there = {key for key in BARS for row in rows if _ratio(row, key) is not None}
    bars = [key for key in BARS if key in there]
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.subplots()
    width = 0.85 / max(len(bars), 1)
    for k, key in enumerate(bars):
        colour, label = BARS[key]
        ratios = [(shapes.index(tuple(r["shape"])), _ratio(r, key)) for r in rows]
        ratios = [(n, q) for n, q in ratios if q is not None]
        middle = [q[1] for _, q in ratios]
        spread = [[q[1] - q[0] for _, q in ratios], [q[2] - q[1] for _, q in ratios]]
        where = [n + (k - (len(bars) - 1) / 2) * width for n, _ in ratios]
        axes.bar(where, middle, width, yerr=spread, color=colour, label=label, capsize=1.5)
    axes.axhline(1, color="grey", linewidth=1)
    axes.set_xticks(range(len(shapes)), [",".join(map(str, s)) for s in shapes], fontsize=8)
    axes.set(xlabel="T, B, I, H", ylabel="CPU time ÷ torch.nn.LSTM", yscale="log")
    axes.set_yticks([0.5, 1, 2, 4, 8], ["0.5", "1", "2", "4", "8"])
    axes.minorticks_off()
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    text = "Bars of CPU time relative to torch.nn.LSTM, by shape, for each implementation."
    figure.savefig(path, dpi=120, metadata={"Description": text, "Software": None})


def _ratio(row: dict, key: tuple[str, str]) -> list[float] | None:
    action, name = key
    return row["ratio"].get(f"{name}/{BASE}") if row["action"] == action else None
