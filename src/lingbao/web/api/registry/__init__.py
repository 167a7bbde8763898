"""The registry in the API: order files of platforms under a key, staff and workers under a session."""

from __future__ import annotations

from ninja import NinjaAPI

from lingbao.web.api.registry import (
    desk,
    platform,
    proofs,
    worker,
    worker_cases,
    worker_money,
    worker_sign_in,
)
from lingbao.web.api.registry.identity import install_refusal


def mount(api: NinjaAPI) -> None:
    """Add the registry's operations to the site's API."""
    install_refusal(api)
    api.add_router("/registry/desk", desk.router)
    api.add_router("/registry", worker_sign_in.router)
    for part in (worker, worker_money, worker_cases):
        api.add_router("/registry/me", part.router)
    api.add_router("/registry", proofs.router)
    api.add_router("/registry", platform.router)


__all__ = ["mount"]
