"""The forms of signing in, and the single questions of signing up, resetting and moving to another number."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lingbao.law.errors import InputError
from lingbao.registry.people.identity import IdentityNumber, read_identity_number
from lingbao.web.account import lockout
from lingbao.web.account.access import today
from lingbao.web.account.logins import login_of, phone_in

NO_PHONE = InputError("account.phone", zh="手机号应为 1 开头的 11 位数字。", en="A mobile number has eleven digits and begins with 1.")


def in_language(error: InputError, form: Any) -> ValidationError:
    """Return an error of the site as one of a form, in the language of the page; the form itself says at which field."""
    return ValidationError(said(error, form.request), code=error.code)


def said(error: InputError, request: Any) -> str:
    """Return what an error says, in the language of the page."""
    return error.zh if getattr(request, "lang", "zh") == "zh" else error.en


class SignInForm(LoginForm):
    """Sign in; wrong passwords are counted for each login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zh = getattr(self.request, "lang", "zh") == "zh"
        self.fields["login"].label = "手机号" if zh else "Mobile number"
        self.fields["password"].label = "密码" if zh else "Password"
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs = {"autocomplete": "username", "inputmode": "tel", "autocapitalize": "none"}
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}

    def clean_login(self) -> str:
        """Return the login of the number; staff sign in at their desk, where a second factor is asked for."""
        phone = phone_in(self.cleaned_data["login"])
        if phone is None:
            raise in_language(NO_PHONE, self)
        return login_of(phone)

    def clean(self) -> dict[str, Any]:
        """Refuse a login that is closed for a while, and count what is wrong."""
        login = self.cleaned_data.get("login")
        if not login or "password" not in self.cleaned_data:
            return self.cleaned_data
        try:
            tried = lockout.attempt(login)
        except InputError as error:
            raise in_language(error, self) from error
        try:
            cleaned = super().clean()
        except ValidationError as error:
            raise in_language(InputError(
                "account.wrong", zh="手机号或密码不对，请检查后再试。还没有账户请先开户。",
                en="The number or the password is wrong; check them and try again. Without an account, open one first."), self) from error
        if is_mfa_enabled(self.user):
            lockout.passed(tried)  # wrong codes of the second step stand
        else:
            lockout.forget(login)
        return cleaned


class ConfirmForm(ReauthenticateForm):
    """The password once more; wrong ones count as they do at the sign-in."""

    def clean_password(self) -> str:
        """Return the password if it is right."""
        _counted(self)
        password = str(super().clean_password())
        lockout.forget(self.user.get_username())
        return password


class AnotherPasswordForm(ChangePasswordForm):
    """The password now and the one to come; wrong ones count as they do at the sign-in."""

    def clean_oldpassword(self) -> str:
        """Return the password if it is right."""
        _counted(self)
        password = str(super().clean_oldpassword())
        lockout.forget(self.user.get_username())
        return password


def _counted(form: Any) -> None:
    """Count a try at the password of who is signed in, and refuse it once there were too many."""
    form.request = context.request
    try:
        lockout.attempt(form.user.get_username())
    except InputError as error:
        raise in_language(error, form) from error


class Step(forms.Form):
    """One question of signing up, resetting or moving to another number."""

    zh: str
    en: str
    hint_zh = hint_en = ""

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        chinese = getattr(request, "lang", "zh") == "zh"
        (field,) = self.fields.values()
        field.label, field.help_text = (self.zh, self.hint_zh) if chinese else (self.en, self.hint_en)


class PhoneForm(Step):
    """A telephone number."""

    zh, en = "手机号", "Mobile number"
    phone = forms.CharField(max_length=30, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))

    def clean_phone(self) -> str:
        """Return the number."""
        phone = phone_in(self.cleaned_data["phone"])
        if phone is None:
            raise in_language(NO_PHONE, self)
        return phone


class CodeForm(Step):
    """The six digits of a message."""

    zh, en = "短信里的 6 位数字", "The six digits in the message"
    code = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}))


class IdentityForm(Step):
    """An identity number."""

    zh, en = "公民身份号码", "Identity number"
    hint_zh, hint_en = "18 位，末位可能是 X。", "18 characters; the last may be X."
    number = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}))

    def clean_number(self) -> IdentityNumber:
        """Return the number; it is never part of a fault."""
        try:
            return read_identity_number(self.cleaned_data["number"], today=today())
        except InputError as error:
            raise in_language(error, self) from error


class PasswordForm(Step):
    """The password once more."""

    zh, en = "密码", "Password"
    password = forms.CharField(max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class NewPasswordForm(Step):
    """A password to choose."""

    zh, en = "设一个密码", "Choose a password"
    hint_zh, hint_en = "至少 10 位，不要全是数字，也不要用生日。", "At least 10 characters, not digits alone, not a birthday."
    password1 = forms.CharField(max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_password1(self) -> str:
        """Refuse a weak password."""
        password = str(self.cleaned_data["password1"])
        validate_password(password)
        return password
