"""The desk as a Django application with one table of its own: work that goes on behind its pages."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Jobs asked for at the desk."""

    name = "lingbao.web.desk"
    label = "desk"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"
