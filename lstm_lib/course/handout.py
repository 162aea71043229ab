"""A notebook as one printable HTML page: maths as MathML, pictures inside, nothing fetched."""

import html
import re

STYLE = """
body { font: 11pt/1.45 Georgia, "DejaVu Serif", serif; max-width: 44em; margin: 2em auto;
  padding: 0 1em; color: #111; }
h1, h2, h3 { font-family: "Helvetica Neue", Arial, sans-serif; line-height: 1.2;
  break-after: avoid; }
h1 { border-bottom: 2px solid #0072B2; }
pre { font: 8.8pt/1.35 Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  margin: 0.4em 0; }
.code { background: #f4f4f2; border-left: 3px solid #0072B2; padding: 0.1em 0.7em; }
.exercise { border-left-color: #D55E00; }
.output { padding: 0 0.9em; color: #333; }
.code, .output, img, table { break-inside: avoid; }
img { max-width: 100%; }
table { border-collapse: collapse; margin: 0.8em 0; }
td, th { border: 1px solid #bbb; padding: 0.2em 0.6em; text-align: left; }
code { font-family: Consolas, "DejaVu Sans Mono", monospace; font-size: 0.88em; }
.maths { white-space: nowrap; }
math[display=block] { margin: 0.6em 0; }
@page { margin: 18mm 16mm; }
"""

MATHS = re.compile(
    r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$(?P<after>[.,:;?!)]*)", re.DOTALL
)
CODE = re.compile(r"(```.*?```|`[^`]*`)", re.DOTALL)


def page(notebook: dict) -> str:
    """The page of a notebook, as read from its JSON."""
    body = "\n".join(cell_html(cell) for cell in notebook["cells"])
    title = "".join(notebook["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{STYLE}{colours()}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def cell_html(cell: dict) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return markdown(source)
    exercise = " exercise" if "exercise" in cell["metadata"].get("tags", []) else ""
    parts = [f'<div class="code{exercise}">{highlight(source)}</div>']
    parts += [output_html(output) for output in cell["outputs"]]
    return "\n".join(parts)


def markdown(text: str) -> str:
    """Markdown with maths as HTML with MathML.

    >>> markdown("*h* is $x^2$, `$5` is code")
    '<p><em>h</em> is <span class="maths"><math ...</math>,</span> <code>$5</code> is code</p>\\n'
    """
    import mistune

    kept: list[str] = []

    def keep(match: re.Match) -> str:
        if match["block"]:
            kept.append(mathml(match["block"], block=True))
        else:  # a full stop must not begin a line of its own
            made = mathml(match["inline"], block=False) + match["after"]
            kept.append(f'<span class="maths">{made}</span>')
        return f"\x02{len(kept) - 1}\x03"

    text = text.replace("<details>", "<details open>")  # nothing can be opened on paper
    pieces = CODE.split(text)  # every second piece is code, where a $ means itself
    pieces[::2] = [MATHS.sub(keep, piece) for piece in pieces[::2]]
    made = mistune.create_markdown(escape=False, plugins=["table"])("".join(pieces))
    return re.sub(r"\x02(\d+)\x03", lambda match: kept[int(match[1])], made)


def mathml(latex: str, block: bool) -> str:
    from latex2mathml.converter import convert

    latex = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{align*}", latex)
    return convert(latex.strip(), display="block" if block else "inline")


def output_html(output: dict) -> str:
    data = output.get("data", {})
    if "image/png" in data:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        png = "".join(data["image/png"]).replace("\n", "")
        return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{png}">'
    text = "".join(output.get("text", data.get("text/plain", "")))
    return f'<div class="output"><pre>{html.escape(text.rstrip())}</pre></div>'


def highlight(source: str) -> str:
    import pygments
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return pygments.highlight(source, PythonLexer(), HtmlFormatter(nowrap=False))


def colours() -> str:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(style="default").get_style_defs(".code")
