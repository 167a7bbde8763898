"""One-time codes as a Django application with tables of its own."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Invitations of staff, and codes sent to telephones."""

    name = "lingbao.web.credentials"
    label = "credentials"
    verbose_name = "登录凭证"
