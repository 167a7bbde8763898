"""The way to a real provider of text messages: a signed request to a relay that the operator runs beside it.

Providers differ in their interfaces and hold contracts and credentials of their own. The relay takes ``{"key", "phone", "text"}``
as JSON by POST, checks the signature, hands the message to the provider once for each key, and answers 2xx.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from lingbao.registry.keys import derived_key
from lingbao.registry.notices.gateway import GatewayError

SIGNATURE = "Lingbao-Signature"
_PATIENCE = 10.0  # seconds for an answer


@dataclass(frozen=True)
class RelayGateway:
    """A gateway behind an HTTP address.

    Parameters
    ----------
    address : str
        ``https://…``, or ``http://`` on the same machine.
    """

    address: str

    def send(self, key: str, phone: str, text: str) -> None:
        """Hand a message to the relay.

        Raises
        ------
        GatewayError
            If it does not answer 2xx; the message is never part of the error.
        """
        body = json.dumps({"key": key, "phone": phone, "text": text}, ensure_ascii=False).encode()
        parts = urlsplit(self.address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Content-Type": "application/json", SIGNATURE: signed(body, int(time.time()))})
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise GatewayError(f"no answer: {type(error).__name__}") from error
        finally:
            connection.close()
        if status // 100 != 2:
            raise GatewayError(f"answer {status}")


def relay_secret() -> str:
    """Return the secret that the relay checks signatures with."""
    return derived_key("text relay").hex()


def signed(body: bytes, at: int) -> str:
    """Return the signature ``t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`` of a request."""
    return f"t={at},v1={hmac.new(relay_secret().encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"
