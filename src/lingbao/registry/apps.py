"""The foundation of the registry as a Django application: the database role, and the functions that read its limits."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Has no tables; its one migration makes the role under which every service runs."""

    name = "lingbao.registry"
    label = "registry"
    verbose_name = "登记"
