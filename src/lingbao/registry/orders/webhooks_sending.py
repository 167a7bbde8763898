"""Calling an address that somebody else named: public ones alone, each call within one deadline."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
import time
from concurrent.futures import Future
from http.client import HTTPConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lingbao.law.errors import InputError

DEADLINE = 10.0  # seconds for the whole of a call: name, connection, answer
LONGEST = 500
# Names that never lead to the public network: RFC 6761 (localhost, invalid), RFC 6762 (local), RFC 8375 (home.arpa), and `internal`,
# which ICANN's board reserved in 2024 for private use.
_PRIVATE_NAMES = ("localhost", "invalid", "local", "internal", "home.arpa")
# Global unicast IPv6 (RFC 4291, 2.5.4) stands in one block; everything that embeds an IPv4 address lies outside it (::/96, ::ffff:0:0/96,
# 64:ff9b::/96, 64:ff9b:1::/48) or in two ranges inside it: Teredo (RFC 4380, of 2001::/23) and 6to4 (RFC 3056).
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_EMBEDDING = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("2002::/16"))


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to one machine of the public network, and hides no other address within it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (found not in _GLOBAL_IPV6 or any(found in network for network in _EMBEDDING)):
        return False
    return found.is_global and not found.is_multicast


def checked_url(url: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of an address at which a platform may be told.

    What a name means is looked up when it is called (:func:`post_json`); refused here is what can never be public.

    Raises
    ------
    InputError
        If it is no URL of one of the schemes, names a user, or can never be public.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError("orders.webhook_url", value=url[:100], where="url", zh="回调地址不是有效的网址。", en="The address is no URL.") from None
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in schemes or not host or not plain or "@" in parts.netloc or port == 0 or len(url) > LONGEST:
        raise InputError("orders.webhook_url", value=url[:100], where="url", zh="回调地址应为 https:// 开头的网址，不含用户名。",
                         en="A webhook address must be an https:// address without a user name.")
    if not _may_be_public(host):
        raise InputError("orders.webhook_private", value=host[:100], where="url", zh=f"{host[:100]} 不是公网地址，平台的回调只能发往公网。请填写公网的域名。",
                         en=f"{host[:100]} is not in the public network, where alone webhooks are sent. Give a public name.")
    return parts


def _may_be_public(host: str) -> bool:
    name = host.rstrip(".").lower()
    if ":" in name:
        return is_public(name)
    try:
        return is_public(socket.inet_ntoa(socket.inet_aton(name)))  # as the resolver reads it: 127.1 and 0x7f000001 are addresses too
    except OSError:
        return "." in name and not any(name == each or name.endswith(f".{each}") for each in _PRIVATE_NAMES)


def post_json(url: str, body: bytes, headers: dict[str, str], *, deadline: float = DEADLINE) -> int:
    """Send by HTTP to a public address and return the status; redirects are not followed.

    Raises
    ------
    ValueError
        If the name resolves to an address that is not public: nobody steers the registry into its own network.
    TimeoutError
        If the answer is not there after `deadline` seconds, however often a byte of it came.
    """
    end = time.monotonic() + deadline
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _resolved(parts.hostname or "", port, end)
    if not all(is_public(each) for each in addresses):
        raise ValueError("not a public address")
    connection = HTTPConnection(parts.hostname or "", port)
    # The address that was looked at is the one that is called, whatever the name means a moment later.
    connection.sock = socket.create_connection((addresses[0], port), timeout=_left(end))
    late = threading.Event()
    watch = threading.Timer(max(0.0, end - time.monotonic()), _hang_up, (connection, late))
    watch.daemon = True
    watch.start()
    try:
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(
                connection.sock, server_hostname=parts.hostname, do_handshake_on_connect=False)
            connection.sock.do_handshake()
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        return connection.getresponse().status
    except Exception as error:
        if late.is_set():
            raise TimeoutError("no answer in time") from error
        raise
    finally:
        watch.cancel()
        connection.close()


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _resolved(host: str, port: int, end: float) -> list[str]:
    """Look a name up beside, since the system's resolver knows no deadline."""
    found: Future[Any] = Future()

    def look_up() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            found.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    return [str(each[4][0]) for each in found.result(_left(end))]


def _hang_up(connection: HTTPConnection, late: threading.Event) -> None:
    """End a call that takes too long: whoever waits on the socket is woken."""
    late.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):  # closed already
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
