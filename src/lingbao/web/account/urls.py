"""Addresses under ``/account/``."""

from __future__ import annotations

from allauth.account import views as sign
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, path

from lingbao.web.account.matter import Matter
from lingbao.web.account.views import identity, signing


def matter(of: Matter) -> list[URLPattern | URLResolver]:
    """Return the addresses of a matter: its beginning, its check page, its questions."""
    return [path(f"{of.name}/", of.begin), path(f"{of.name}/check/", of.check), path(f"{of.name}/<slug:slug>/", of.question)]


urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign.login, name="account_login"),
    path("sign-out/", sign.logout, name="account_logout"),
    path("sign-up/", signing.sign_up, name="account_signup"),
    path("password/", sign.password_change, name="account_change_password"),
    path("confirm/", sign.reauthenticate, name="account_reauthenticate"),
    path("security/", second.index, name="mfa_index"),
    path("security/second-step/", second.authenticate, name="mfa_authenticate"),
    path("security/confirm/", second.reauthenticate, name="mfa_reauthenticate"),
    path("security/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("security/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("security/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("security/recovery-codes/generate/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("security/recovery-codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    *matter(identity.MATTER),
]
