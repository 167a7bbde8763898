"""The registry in the API: order files of platforms under a key, staff and workers under a session."""

from __future__ import annotations

from ninja import NinjaAPI

from lingbao.web.api.registry import (
    bank,
    desk,
    desk_bank,
    desk_oversight,
    desk_pensions,
    desk_persons,
    desk_platforms,
    fund,
    platform,
    platform_keys,
    proofs,
    staff_sign_in,
    worker,
    worker_cases,
    worker_credentials,
    worker_exemptions,
    worker_money,
    worker_sign_in,
)
from lingbao.web.api.registry.identity import install_refusal


def mount(api: NinjaAPI) -> None:
    """Add the registry's operations to the site's API."""
    install_refusal(api)
    for part in (desk_pensions, desk_persons, desk_platforms, desk_bank, desk_oversight, desk):
        api.add_router("/registry/desk", part.router)
    api.add_router("/registry/staff", staff_sign_in.router)
    for part in (worker_sign_in, worker_credentials):
        api.add_router("/registry", part.router)
    for part in (worker, worker_money, worker_exemptions, worker_cases):
        api.add_router("/registry/me", part.router)
    api.add_router("/registry", proofs.router)
    api.add_router("/registry", fund.router)
    api.add_router("/registry", bank.router)
    api.add_router("/registry", platform.router)
    api.add_router("/registry/platform", platform_keys.router)


__all__ = ["mount"]
