"""Folders as package indexes: `file://` addresses answered like a web server would."""

from __future__ import annotations

import errno
import html
import io
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter


class FileAdapter(BaseAdapter):
    """Serves files, a folder's index.html, or else a page of links to what the folder holds.

    pip takes `file://` indexes and folders of wheels; with this adapter mounted on a session, one
    code path serves them and the web. What does not exist or may not be read is a 404.

    >>> import requests
    >>> with requests.Session() as http:
    ...     http.mount("file://", FileAdapter())
    ...     http.get(Path("no-such-folder").absolute().as_uri()).status_code
    404
    """

    def send(self, request: PreparedRequest, *args: object, **kwargs: object) -> Response:
        address = request.url or ""
        response = Response()
        response.request = request
        response.url = address
        path = Path(url2pathname(urlsplit(address).path))
        try:
            if path.is_dir():
                response.headers["Content-Type"] = "text/html; charset=utf-8"
                response.raw = io.BytesIO(_page(path))
                if not address.endswith("/"):
                    response.url = address + "/"
            elif path.exists() and not path.is_file():  # a pipe would keep us waiting
                raise OSError(errno.EINVAL, "not a file", str(path))
            else:
                if path.suffix == ".html":
                    response.headers["Content-Type"] = "text/html; charset=utf-8"
                response.headers["Content-Length"] = str(path.stat().st_size)
                response.raw = path.open("rb")
            response.status_code = 200
        except OSError as error:
            response.status_code = 404
            response.reason = error.strerror
            response.raw = io.BytesIO()
        return response

    def close(self) -> None:
        """Nothing is kept open between requests."""


def _page(folder: Path) -> bytes:
    index = folder / "index.html"
    if index.is_file():
        return index.read_bytes()
    names = sorted(entry.name for entry in folder.iterdir())
    links = (f'<a href="{quote(name)}">{html.escape(name)}</a><br>' for name in names)
    return ("<!DOCTYPE html><html><body>" + "".join(links) + "</body></html>").encode()
