"""Open an account: a telephone number and a password; then straight in."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from lingbao.law.errors import InputError
from lingbao.web.account.forms import SignUpForm, in_language
from lingbao.web.account.logins import open_login


@sensitive_post_parameters("password1")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open an account."""
    if request.user.is_authenticated:
        return redirect("/account/")
    form = SignUpForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            user = open_login(form.cleaned_data["phone"], form.cleaned_data["password1"])
        except InputError as error:
            form.add_error("phone", in_language(error, form))
        else:
            user.backend = "allauth.account.auth_backends.AuthenticationBackend"  # type: ignore[attr-defined]
            return perform_login(request, user, redirect_url="/account/identity/")
    return render(request, "account/sign_up.html", {"form": form}, status=422 if form.is_bound else 200)
