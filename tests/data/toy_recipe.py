"""A made-up package with a made-up data set, and a package index on this machine that has it."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from lstm_lib.data import extract
from lstm_lib.data.recipe import Recipe

MEMBER = "toydata/numbers.csv"
CONTENT = b"1,2\n3,4\n" * 1000
WHEEL = "toydata-1.0-py3-none-any.whl"
SDIST = "toydata-1.0.tar.gz"


def to_arrays(files: Mapping[str, bytes]) -> dict[str, np.ndarray]:
    text = b"".join(files[name] for name in sorted(files)).decode()
    return {"numbers": np.array([line.split(",") for line in text.split()], dtype="<f4")}


RECIPE = Recipe(
    name="toy",
    title="A toy",
    package="toydata",
    version="1.0",
    archive=WHEEL,
    member=MEMBER,
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    extract_sha256=hashlib.sha256(extract.encode(to_arrays({MEMBER: CONTENT}))).hexdigest(),
    to_arrays=to_arrays,
    licence="none",
    credit="nobody",
    redistributable=True,
    committed=False,
)
FROM_SDIST = replace(RECIPE, archive=SDIST, member=f"toydata-1.0/{MEMBER}")


def wheel(members: Mapping[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members or {MEMBER: CONTENT, "toydata/other.py": b"1 / 0"}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sdist(members: Mapping[str, bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        default = {"setup.py": b"raise SystemExit('set-up code was run')", MEMBER: CONTENT}
        for name, content in (members or default).items():
            entry = tarfile.TarInfo(f"toydata-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@dataclass
class Index:
    """A simple package index over HTTP on a free local port; `asked` lists the paths requested."""

    files: dict[str, bytes] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cut: int = 0  # how many downloads to break off half-way

    def add(self, name: str, content: bytes, digest: str | None = None) -> None:
        self.files[name] = content
        self.digests[name] = hashlib.sha256(content).hexdigest() if digest is None else digest

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/simple"

    def page(self) -> bytes:
        marks = {name: f"#sha256={hash}" if hash else "" for name, hash in self.digests.items()}
        links = (f'<a href="/files/{name}{mark}">{name}</a>' for name, mark in marks.items())
        return ("<!DOCTYPE html><html><body>" + "".join(links) + "</body></html>").encode()

    def __enter__(self) -> Index:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append(self.path)
                path = self.path.removeprefix("http://packages.invalid")
                name = path.rsplit("/", 1)[-1]
                if path == "/simple/toydata/":
                    self.answer(index.page(), "text/html")
                elif path.startswith("/files/") and name in index.files:
                    self.answer(index.files[name], "application/octet-stream")
                else:
                    self.send_error(404)

            def answer(self, content: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if index.cut and kind != "text/html":
                    index.cut -= 1
                    content = content[: len(content) // 2]
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
