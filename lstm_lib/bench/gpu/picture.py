"""The picture of the GPU's table: microseconds a step, with the floor of each as a dark line."""

from pathlib import Path

COLOURS = {"bf16": "#0072b2", "TF32": "#009e73", "fp16": "#d55e00"}
KINDS = {("cuDNN", "NP"): (0.35, ""), ("triton", "NP"): (1.0, ""), ("triton", "V"): (1.0, "///")}


def draw(report: dict, path: Path) -> None:
    """Forward and training; cuDNN's bars are pale, ours are full, with peepholes hatched."""
    from matplotlib.figure import Figure

    rows = [r for r in report["rows"] if "ms" in r and (r["backend"], r["variant"]) in KINDS]
    shapes = list(dict.fromkeys(tuple(r["shape"]) for r in rows))
    bars = [(precision, *kind) for precision in COLOURS for kind in KINDS]
    width = 0.85 / len(bars)
    figure = Figure(figsize=(11, 6.5), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True)
    for axes, action in zip(panels, ("forward", "training")):
        for k, (precision, backend, variant) in enumerate(bars):
            wanted = {"precision": precision, "backend": backend, "variant": variant}
            wanted["action"] = action
            mine = [r for r in rows if all(r[name] == value for name, value in wanted.items())]
            where = [shapes.index(tuple(r["shape"])) + (k - len(bars) // 2) * width for r in mine]
            alpha, hatch = KINDS[backend, variant]
            axes.bar(
                where,
                [r["us_step"] for r in mine],
                0.95 * width,
                color=COLOURS[precision],
                alpha=alpha,
                hatch=hatch,
                edgecolor="white",
                label=f"{precision}, {backend} {variant}",
            )
            floors = [r["floor_ms"] * 1e3 / r["shape"][0] for r in mine]
            ends = [[w - width / 2 for w in where], [w + width / 2 for w in where]]
            axes.hlines(floors, *ends, color="#333333", linewidth=1.5)
        axes.set(ylabel=f"{action}, µs a step", yscale="log")
        axes.set_xticks(range(len(shapes)), [",".join(map(str, s)) for s in shapes])
        axes.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
        axes.minorticks_off()
    panels[1].set_xlabel("T, B, I, H")
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, loc="outside right upper", frameon=False)
    text = "Microseconds a step of cuDNN and of the course's Triton kernels, with the floors."
    figure.savefig(path, dpi=100, metadata={"Description": text, "Software": None})
