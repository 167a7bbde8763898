"""The worker's pages as a Django application with tables of its own."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """Sign-in, drafts of answers, and certificates."""

    name = "lingbao.web.account"
    label = "worker"
    verbose_name = "我的养老保险"
