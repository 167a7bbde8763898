"""The HTTP API: the same answers as the pages, as JSON."""

from lingbao.web.api.routes import api

__all__ = ["api"]
