"""The HTTP API: the same answers as the pages, as JSON."""

from lingbao.web.api.routes import api
from lingbao.web.lab.api import router as laboratory

api.add_router("/lab", laboratory)

__all__ = ["api"]
