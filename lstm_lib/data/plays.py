"""A play in Markdown -> what is said in it, in the layout of Tiny Shakespeare."""

from __future__ import annotations

import re

# A direction that stands alone: _Enter MACBETH_ or *Exeunt.*, sometimes over two lines.
DIRECTION = re.compile(r"^(?:_[^_\n](?:[^_\n]|\n(?!\n))*_|\*[^*\n](?:[^*\n]|\n(?!\n))*\*)$", re.M)
NAME = re.compile(r"\*\*(.+)\*\*")


def spoken(markdown: str, *, gaps: bool = False) -> str:
    """Names and speeches alone: headings and stage directions left out, one blank line between.

    With `gaps`, a direction in brackets inside a speech (`[Aside]`) takes with it what follows in
    its paragraph, as happened in Tiny Shakespeare; names are left with nothing to say by that.

    >>> play = "_Enter A_\\n\\n**A**  \\nHo!  \\n_\\\\[Aside]_  \\nNo.\\n\\n**B**  \\nSo."
    >>> spoken(play)
    'A:\\nHo!\\nNo.\\n\\nB:\\nSo.\\n'
    >>> spoken(play, gaps=True)
    'A:\\nHo!\\n\\nB:\\nSo.\\n'
    """
    text = re.sub(r"[ \t]+$", "", markdown, flags=re.M).replace("—", "--")
    text = re.sub(r"_*\\?\[", "[", text)
    text = re.sub(r"\\?\]_*", "]", text)
    text = re.sub(r"^#.*$", "", text, flags=re.M)
    text = DIRECTION.sub("", text)
    speeches: list[list[str]] = []
    silent = False
    for line in text.split("\n"):
        line = line.strip()
        if name := NAME.fullmatch(line):
            speeches.append([f"{name[1]}:"])
        elif line.startswith("[") and line.endswith("]"):
            silent = gaps
            continue
        elif line and not silent:
            line = re.sub(r"\\(.)", r"\1", re.sub(r"\[ *| *\]", "", line)).strip()
            speeches = speeches or [[]]  # one prologue has no speaker
            speeches[-1] += [line] if line else []
        if name or not line:
            silent = False
    return "\n\n".join("\n".join(speech) for speech in speeches) + "\n"
