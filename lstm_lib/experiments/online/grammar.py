"""The embedded Reber grammar, string after string without a mark between them.

Reber (1967), "Implicit learning of artificial grammars"; embedded as in Smith & Zipser (1989) and
Cleeremans, Servan-Schreiber & McClelland (1989).
"""

import numpy as np

SYMBOLS = "BTPSXVE"
# Reber's grammar: node -> (symbol, next node) twice; both arcs are as likely.
INNER = {
    0: (("T", 1), ("P", 2)),
    1: (("S", 1), ("X", 3)),
    2: (("T", 2), ("V", 4)),
    3: (("X", 2), ("S", 5)),
    4: (("P", 3), ("V", 5)),
}


def arcs() -> tuple[np.ndarray, np.ndarray]:
    """The embedded grammar as tables (nodes, 2): symbols and next nodes; its strings in a circle.

    B, then T or P, then a string of the inner grammar from B to E, then the same T or P, then E.
    Where only one symbol may come both arcs are the same.
    """
    tables: list[tuple[tuple[str, int], tuple[str, int]]] = []

    def only(symbol: str, to: int) -> tuple:
        return ((symbol, to), (symbol, to))

    tables.append(only("B", 1))
    tables.append((("T", 2), ("P", 10)))
    for outer, begin in (("T", 2), ("P", 10)):
        tables.append(only("B", begin + 1))
        for node in range(5):
            tables.append(tuple((symbol, begin + 1 + to) for symbol, to in INNER[node]))
        tables.append(only("E", begin + 7))
        tables.append(only(outer, 18))
    tables.append(only("E", 0))
    symbols = np.array([[SYMBOLS.index(symbol) for symbol, _ in pair] for pair in tables])
    return symbols, np.array([[to for _, to in pair] for pair in tables])


SYMBOL, NEXT = arcs()
# Of each node, how far in the string it stands, loops aside; both branches are numbered alike.
PLACE = np.array([*range(10), *range(2, 10), 10])


def legal() -> np.ndarray:
    """(nodes, 7) of 0 and 1: which symbols may come at each node."""
    table = np.zeros((len(SYMBOL), len(SYMBOLS)))
    for node, pair in enumerate(SYMBOL):
        table[node, pair] = 1.0
    return table


GRAMMAR = (SYMBOL, NEXT, legal())


def drawing() -> tuple[dict[int, tuple[float, float]], list[tuple[int, int, str]]]:
    """For a picture: where each node stands, (x, y), and the arrows (from, to, letter).

    >>> spots, arrows = drawing()
    >>> spots[0], arrows[0]
    ((0.0, -0.5), (0, 1, 'B'))
    """
    spots = {0: (0.0, -0.5), 1: (1.0, 0.1), 18: (9.0, 0.0)}
    along, up = (2, 3, 4, 4, 5.5, 5.5, 6.8, 8), (0, 0, 0.7, -0.7, 0.7, -0.7, 0, 0)
    for k, (x, y) in enumerate(zip(along, up, strict=True)):
        spots |= {2 + k: (x, 1.6 + y), 10 + k: (x, y - 1.8)}
    arrows = {
        (node, int(NEXT[node, arc]), SYMBOLS[SYMBOL[node, arc]])
        for node in range(len(NEXT))
        for arc in (0, 1)
    }
    return spots, sorted(arrows)


def stream(length: int, seed: int = 0) -> str:
    """So many symbols of strings that follow each other.

    >>> stream(24)
    'BPBTSSSSSXSEPEBPBPVVEPEB'
    """
    rng, node, text = np.random.default_rng(seed), 0, []
    for arc in rng.integers(2, size=length):
        text.append(SYMBOLS[SYMBOL[node, arc]])
        node = NEXT[node, arc]
    return "".join(text)
