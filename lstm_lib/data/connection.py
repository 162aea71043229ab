"""A requests session set up as pip's would be: certificates, proxy, retries, trusted hosts."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from lstm_lib.data.file_pages import FileAdapter
from lstm_lib.data.pip_settings import PipSettings


class SystemTrust(HTTPAdapter):
    """Trusts the system's certificates beside those of certifi, as recent pips do."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **kwargs)


class Unverified(HTTPAdapter):
    """For the hosts that pip's `trusted-host` names, and for no other."""

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        super().cert_verify(conn, url, verify=False, cert=cert)


def session(settings: PipSettings) -> requests.Session:
    """A session for package indexes, on the web (https, http) or in folders (file).

    >>> session(PipSettings(proxy="http://proxy.invalid:3128")).proxies["https"]
    'http://proxy.invalid:3128'
    """
    retry = Retry(
        total=settings.retries, backoff_factor=0.25, status_forcelist=(500, 502, 503, 520, 524, 527)
    )
    made = requests.Session()
    made.mount("file://", FileAdapter())
    made.mount("http://", HTTPAdapter(max_retries=retry))
    made.mount("https://", (HTTPAdapter if settings.cert else SystemTrust)(max_retries=retry))
    for host in settings.trusted_hosts:
        made.mount(f"https://{host}/", Unverified(max_retries=retry))
        if urlsplit(f"//{host}").port is None:
            made.mount(f"https://{host}:", Unverified(max_retries=retry))
    if settings.cert:
        made.verify = settings.cert
    if settings.client_cert:
        made.cert = settings.client_cert
    if settings.proxy:
        made.trust_env = False
        made.proxies = {"http": settings.proxy, "https": settings.proxy}
    return made
