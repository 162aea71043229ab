"""How fast is the course's LSTM? `python course.py bench`: a table, its goals, and a picture.

What makes a ratio believable here: one process and one thread; the same weights, input and upstream
gradient for all; outputs and *all* gradients agree before anything is timed (`race.AGREE`); the
contestants run in a new random order each round, and a ratio is taken within a round; the CPU's
clock, which does not run while another process has the core; the median and the quartiles over the
rounds. Training is zeroing, forward and backward with the gradients of all weights and of the
input; forward is without gradients; what is compiled at the first call is timed apart
(`compiling`).

    bench                    everything on the CPU, under 25 minutes on one core: results/bench/
    bench --quick            small shapes, 3 rounds, no files: about a minute
    bench --device cuda      the GPU, under 150 s, compiling included (`gpu`)

The modules, in the order in which they build on each other: `race` (contestants, agreement,
ratios), `contestants`, `textbook`, `compiling`, `cost` (operations), `goals`, `machine`, `cpu` (who
races at which shape), `picture`, `command`; the package `gpu`.
"""

from lstm_lib.bench.command import main

__all__ = ["main"]
