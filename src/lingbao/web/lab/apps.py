"""The laboratory as a Django application with tables of its own."""

from django.apps import AppConfig


class LabConfig(AppConfig):
    """Reforms made by visitors, runs, and who asked for them."""

    name = "lingbao.web.lab"
    label = "lab"
    verbose_name = "改革实验室"
    default_auto_field = "django.db.models.BigAutoField"
