"""Reconciliation with banks as a Django application."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    """Statements of banks and their lines."""

    name = "lingbao.registry.banking"
    label = "registry_banking"
    verbose_name = "银行对账"
