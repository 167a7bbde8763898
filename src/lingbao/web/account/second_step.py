"""The second step of insured persons: a code holds once, and wrong ones count together with wrong passwords."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator

from lingbao.law.errors import InputError
from lingbao.web.account import lockout
from lingbao.web.account.forms import in_language
from lingbao.web.credentials.authenticators import holds_once


class Counted:
    """What the form at the sign-in and the one before a change of settings share."""

    def clean_code(self: Any) -> str:
        """Return the code if it is right and was not used before."""
        self.request = context.request
        try:
            lockout.attempt(self.user.get_username())
        except InputError as error:
            raise in_language(error, self) from error
        code = str(super().clean_code())  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not holds_once(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        lockout.forget(self.user.get_username())
        return code


class SignInCodeForm(Counted, forms.AuthenticateForm):
    """The code after the password."""


class ConfirmCodeForm(Counted, forms.ReauthenticateForm):
    """The code once more."""
