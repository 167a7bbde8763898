"""The forms of sign-in: telephone number or staff login, and a password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lingbao.law.errors import InputError
from lingbao.web.account import lockout
from lingbao.web.account.logins import login_of, phone_in

NO_PHONE = InputError("account.phone", zh="手机号应为 1 开头的 11 位数字。", en="A mobile number has eleven digits and begins with 1.")


def in_language(error: InputError, form: Any) -> ValidationError:
    """Return an error of the site as one of a form, in the language of the page."""
    return ValidationError(error.message(getattr(form.request, "lang", "zh")), code=error.code)


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
            lockout.check(login)
        except InputError as error:
            raise in_language(error, self) from error
        try:
            cleaned = super().clean()
        except ValidationError as error:
            lockout.failed(login)
            raise in_language(InputError(
                "account.wrong", zh="手机号或密码不对，请检查后再试。还没有账户请先开户。",
                en="The number or the password is wrong; check them and try again. Without an account, open one first."), self) from error
        lockout.forget(login)
        return cleaned


class SignUpForm(forms.Form):
    """Open an account: a telephone number and a password."""

    phone = forms.CharField(max_length=30, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))
    password1 = forms.CharField(max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        zh = getattr(request, "lang", "zh") == "zh"
        self.fields["phone"].label = "手机号" if zh else "Mobile number"
        self.fields["password1"].label = "设一个密码" if zh else "Choose a password"
        self.fields["password1"].help_text = ("至少 10 位，不要全是数字，也不要用生日。" if zh
                                              else "At least 10 characters, not digits alone, not a birthday.")

    def clean_phone(self) -> str:
        """Return the number."""
        phone = phone_in(self.cleaned_data["phone"])
        if phone is None:
            raise in_language(NO_PHONE, self)
        return phone

    def clean_password1(self) -> str:
        """Refuse a weak password."""
        password = str(self.cleaned_data["password1"])
        validate_password(password)
        return password
