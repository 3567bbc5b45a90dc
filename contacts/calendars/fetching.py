"""Fetches a calendar from an address that a user typed, and from nowhere that is not the internet.

What a user may make this server ask is a door into the network that it stands in. So: https only,
on the usual ports; a name is resolved once, every address that it has must be a public one, and the
connection goes to that very address, with the name in the certificate checked; each redirect goes
through the same door; time and size are bounded, whatever the other side does. Origins named in
`CALENDAR_PRIVATE_ORIGINS` are exempt from all but the bounds.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urljoin, urlsplit

import httpcore2
from django.conf import settings

from contacts.calendars.reading import MOST_BYTES

PORTS = {443, 8443}
SECONDS = 30.0
_SECONDS_TO_CONNECT = 8.0
_MOST_REDIRECTS = 4
_LONGEST_URL = 1_000
# What an address may hold as it is (RFC 3986).
_PLAIN = "/?%:@!$&'()*+,;=~-._"
_USER_AGENT = "PersonalCRM/1.0 (calendar)"
# An IPv4 address inside one of IPv6, for networks that have nothing else.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# For protocols, not for servers; Python has not always known.
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")

Reason = Literal[
    "address", "not_https", "port", "private", "unresolved", "unreachable", "certificate", "timeout", "status",
    "redirects", "too_large", "encoding",
]  # fmt: skip


class FetchError(Exception):
    """Nothing came; `reason` says why, and `detail` what the other side said: the status."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Fetched:
    """A file, and what lets the other side say next time that it has not changed."""

    data: bytes
    etag: str
    last_modified: str


def checked(text: str) -> str:
    """The address as it is asked; webcal means https. Raises `FetchError`."""
    try:
        parts = urlsplit(text.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise FetchError("address") from None
    scheme = "https" if parts.scheme.lower() in ("webcal", "webcals") else parts.scheme.lower()
    if not host or parts.username or parts.password or len(text) > _LONGEST_URL or _has_space(text.strip()):
        raise FetchError("address")
    if ":" in host:
        host = f"[{host}]"
    place = host if port is None else f"{host}:{port}"
    if f"{scheme}://{place}" not in settings.CALENDAR_PRIVATE_ORIGINS:
        if scheme != "https":
            raise FetchError("not_https")
        if (port or 443) not in PORTS:
            raise FetchError("port")
    query = f"?{quote(parts.query, safe=_PLAIN)}" if parts.query else ""
    return f"{scheme}://{place}{quote(parts.path or '/', safe=_PLAIN)}{query}"


def fetch(url: str, *, etag: str = "", last_modified: str = "") -> Fetched | None:
    """The file at `url`; None where it is still the one that `etag` or `last_modified` stand for.

    Raises `FetchError`.
    """
    deadline = time.monotonic() + SECONDS
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    for _redirect in range(_MOST_REDIRECTS + 1):
        url = checked(url)
        answer = _ask(url, {name: value for name, value in conditions.items() if value}, deadline)
        if not isinstance(answer, str):
            return answer
        url = urljoin(url, answer)
    raise FetchError("redirects")


def _ask(url: str, conditions: dict[bytes | str, bytes | str], deadline: float) -> Fetched | str | None:
    """The file, None for an unchanged one, or where to ask instead."""
    headers: dict[bytes | str, bytes | str] = {
        "Accept": "text/calendar, */*;q=0.5",
        "Accept-Encoding": "identity",
        "User-Agent": _USER_AGENT,
        **conditions,
    }
    parts = urlsplit(url)
    is_exempt = f"{parts.scheme}://{parts.netloc}" in settings.CALENDAR_PRIVATE_ORIGINS
    guard = _Guard(deadline, is_exempt=is_exempt)
    timeouts = {"connect": _SECONDS_TO_CONNECT, "read": SECONDS, "write": SECONDS, "pool": SECONDS}
    try:
        with (
            httpcore2.ConnectionPool(network_backend=guard, retries=0) as pool,
            pool.stream("GET", url, headers=headers, extensions={"timeout": timeouts}) as response,
        ):
            return _answer(response)
    except (httpcore2.TimeoutException, TimeoutError):
        raise FetchError("timeout") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, ssl.SSLError, ValueError) as error:
        is_certificate = isinstance(error.__cause__ or error.__context__ or error, ssl.SSLError)
        raise FetchError("certificate" if is_certificate else "unreachable") from None


def _answer(response: httpcore2.Response) -> Fetched | str | None:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status == 304:
        return None
    if response.status in (301, 302, 303, 307, 308) and headers.get("location"):
        return headers["location"]
    if response.status != 200:
        raise FetchError("status", str(response.status))
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise FetchError("encoding")
    data = bytearray()
    for chunk in response.iter_stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise FetchError("too_large")
    return Fetched(bytes(data), headers.get("etag", "")[:200], headers.get("last-modified", "")[:100])


# --- The door -----------------------------------------------------------------------------------


def is_public(address: str) -> bool:
    """Whether `address`, and what is inside it where one address carries another, is on the internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo or ip.is_site_local:
            return False
    elif ip in _PROTOCOLS:
        return False
    refused = ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    return ip.is_global and not refused


def _addresses(host: str, port: int, *, is_exempt: bool) -> list[str]:
    """What `host` resolves to now; `FetchError` when any of it is no public address."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError("unresolved") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not is_exempt and not all(is_public(address) for address in addresses):
        raise FetchError("private")
    return addresses


class _Guard(httpcore2.NetworkBackend):
    """Opens connections for the client: to addresses that were looked at, until the deadline."""

    def __init__(self, deadline: float, *, is_exempt: bool) -> None:
        self.deadline, self.is_exempt = deadline, is_exempt
        self.backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = _addresses(host, port, is_exempt=self.is_exempt)
        for number, address in enumerate(addresses, start=1):
            try:
                stream = self.backend.connect_tcp(
                    address, port, _left(self.deadline, timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _Stream(stream, self.deadline)
        raise FetchError("unresolved")


class _Stream(httpcore2.NetworkStream):
    """A connection that is over at the deadline: one byte now and then keeps no other timeout from beginning anew."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self.stream, self.deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.deadline, timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self.stream.start_tls(ssl_context, server_hostname, _left(self.deadline, timeout))
        return _Stream(stream, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """The seconds that a step may take; `TimeoutError` when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left if timeout is None else min(left, timeout)


def _has_space(text: str) -> bool:
    return any(character.isspace() or ord(character) < 0x21 or ord(character) == 0x7F for character in text)
