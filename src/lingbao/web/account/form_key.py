"""The key of a form, which makes pressing its button twice the same as once."""

from __future__ import annotations

import re

from lingbao.law.errors import InputError

_KEY = re.compile("[0-9A-Za-z]{16,64}")


def key_of(text: str) -> str:
    """Return the key that a form brought.

    Raises
    ------
    InputError
        If it brought none.
    """
    if not _KEY.fullmatch(text):
        raise InputError("account.key", where="key", zh="表单已失效，请重新打开页面。", en="The form has expired; open the page again.")
    return text
