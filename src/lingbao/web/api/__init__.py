"""The HTTP API: the same answers as the pages, as JSON."""

from lingbao.web.api import registry
from lingbao.web.api.routes import api
from lingbao.web.lab.api import router as laboratory

api.add_router("/lab", laboratory)
registry.mount(api)

__all__ = ["api"]
