"""Which way text messages leave this site: a relay, the outbox of a demonstration, or none."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from lingbao.law.errors import InputError
from lingbao.registry.notices.gateway import Gateway
from lingbao.registry.notices.outbox import FolderGateway
from lingbao.registry.notices.relay import RelayGateway
from lingbao.web.storage import data_folder

_HERE = ("127.0.0.1", "localhost", "::1")
NONE = InputError("text.no_gateway", where="LINGBAO_TEXT_RELAY", zh="本站还不能发短信，网上开户和重设密码暂不可用，请到经办窗口办理。",
                  en="This site sends no text messages yet, so accounts are opened and passwords reset at a counter for the time being.")


def outbox() -> FolderGateway:
    """Return the outbox of a demonstration."""
    return FolderGateway(data_folder() / "outbox")


def configured() -> Gateway | None:
    """Return the gateway of this site, or None while it has none.

    Raises
    ------
    InputError
        If the address of the relay is neither https nor on this machine.
    """
    address = settings.LINGBAO_TEXT_RELAY
    if address:
        parts = urlsplit(address)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)):
            raise InputError("text.relay", value=parts.scheme, where="LINGBAO_TEXT_RELAY", zh="短信中转地址应以 https:// 开头；只有本机可用 http://。",
                             en="The address of the text relay begins with https://; only one on this machine may use http://.")
        return RelayGateway(address)
    return outbox() if settings.LINGBAO_DEMONSTRATION else None


def in_use() -> Gateway:
    """Return the gateway of this site.

    Raises
    ------
    InputError
        If it has none.
    """
    found = configured()
    if found is None:
        raise NONE
    return found
