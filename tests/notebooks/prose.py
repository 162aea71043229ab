"""The numerals of a notebook's prose, and the numbers that its code and outputs hold."""

import ast
import re

KEY = r"\d\d[a-z]?(?:\.\d)?"  # a notebook or an exercise: 08, 08b, 08b.1
# What is no claim about a computation, so that its numerals are not looked at.
NOT_CLAIMS = [
    r"```.*?```",  # code
    r"`[^`]*`",
    r"\$\$.*?\$\$",  # maths
    r"\$[^$\n]+\$",
    r"\]\([^)]*\)",  # the target of a link
    r"^#+ \d\d[a-z]? · ",  # the notebook's own number
    r"^\s*\d+\. ",  # a numbered list
    rf"(?:[Ee]xercises?|[Nn]otebooks?) {KEY}(?:(?:, | and | to |–|-){KEY})*",
    r"\*\*\d\d[a-z]?(?:, | · )[A-Z][^*]*\*\*",  # **08, Training**
    r"\b(?:1[89]|20)\d\d\b",  # years
    r"\bfloat(?:16|32|64)\b",
    r"(?<![\d.])0\d[a-z]?\.\d(?!\d)",  # an exercise
]
NUMERAL = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?(?:[eE][−-]?\d+)?(?![\w]*[A-Za-z_])")


def numerals(text: str) -> list[str]:
    """The numerals of a piece of prose that may be claims.

    >>> numerals("In 1997, `x[3]` and $c_5$: 7.5 steps, −0.25 and 12,345 words of notebook 03.")
    ['7.5', '−0.25', '12,345']
    """
    for pattern in NOT_CLAIMS:
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return [found.rstrip(",") for found in NUMERAL.findall(text)]


def value_of(numeral: str) -> tuple[float, float]:
    """The value of a numeral, and half of its last digit: what it may be rounded by.

    >>> value_of("0.95")
    (0.95, 0.005)
    >>> value_of("12,345")
    (12345.0, 0.5)
    """
    plain = numeral.replace("−", "-").replace(",", "")
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(plain), 0.5 * 10.0 ** (int(exponent or 0) - decimals)


def printed(cell: dict) -> list[float]:
    """The numbers in a code cell's outputs, those in the text of its pictures included."""
    texts = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if "image/png" not in data:
            texts.append("".join(output.get("text", data.get("text/plain", ""))))
    found = re.findall(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", " ".join(texts))
    return [float(n.replace("−", "-").replace(",", "").rstrip(".")) for n in found]


def written(cell: dict) -> list[float]:
    """The numbers that stand in a code cell's source as numbers: what was put in or asserted."""
    constants = []
    for node in ast.walk(ast.parse("".join(cell["source"]))):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            constants.append(float(node.value))
    return constants + [-value for value in constants]


def unsupported(cells: list[dict], near: int = 3) -> list[tuple[int, str]]:
    """(cell, numeral) for every numeral of the prose that no code cell nearby bears out.

    Nearby: at most `near` code cells before or after. A numeral is borne out by a number that
    rounds to it at the precision in which it is written; per cent also by a hundredth.
    """
    code = [k for k, cell in enumerate(cells) if cell["cell_type"] == "code"]
    numbers = {k: printed(cells[k]) + written(cells[k]) for k in code}
    missing = []
    for k, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        before = [c for c in code if c < k][-near:]
        after = [c for c in code if c > k][:near]
        known = [n for c in before + after for n in numbers[c]]
        text = "".join(cell["source"])
        for numeral in numerals(text):
            value, half = value_of(numeral)
            scales = (1, 100) if re.search(re.escape(numeral) + r"\s*(%|per cent)", text) else (1,)
            near_enough = half * (1 + 1e-9)
            if not any(abs(scale * n - value) <= near_enough for n in known for scale in scales):
                missing.append((k, numeral))
    return missing
