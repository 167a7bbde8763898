"""The site as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags of the site; it has no tables."""

    name = "lingbao.web"
    label = "web"
    verbose_name = "灵保"
