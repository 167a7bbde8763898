"""A platform asks that money go back which it transferred for a worker who is not insured: the agency answers, a second person approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lingbao.law.errors import InputError
from lingbao.registry.collection.banks import chosen
from lingbao.registry.collection.proposals import proposals_by, propose_refund
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.orders.platforms import platform
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import SYSTEM, run_as

LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """What a platform asked for: `state` as `Proposal.state` has it; why an agency refuses is said to the worker alone."""

    refund: int
    workers: tuple[str, ...]
    amount_fen: int
    state: str
    asked_at: datetime


def ask(platform_id: int, key: str, reference: str, amount_fen: int, *, reason: str) -> dict[str, Any]:
    """Ask that money of a worker go back; it is the worker's, and the bank pays it to the worker once a second person has approved.

    A platform is not told whether somebody is insured: the agency sees it, and where the money pays contributions it refuses.

    Parameters
    ----------
    key : str
        Chosen by the platform: the same key and content ask once.
    reference : str
        The worker, as the platform knows him.
    amount_fen : int
        No more than this platform transferred for the worker and has not asked back [fen].
    reason : str
        Why; the worker reads it.

    Raises
    ------
    NotFound
        If nobody is linked to the reference.
    InputError
        If it is more than that, or no reason is given.
    Conflict
        If the platform is a sandbox, whose money does not exist.
    """
    place = platform(platform_id)
    if place.sandbox:
        raise Conflict("orders.sandbox_money", value=place.code, zh="沙箱没有真钱，不能申请退付。请换用正式密钥。", en="A sandbox holds no money that could go back. Use a live key.")
    if not reason.strip() or len(reason) > LONGEST or "\x00" in reason:
        raise InputError("orders.refund_reason", value=len(reason), where="reason", zh=f"请写明退付的原因，不超过 {LONGEST} 字，本人会看到。",
                         en=f"Say why it goes back, in at most {LONGEST} characters; the worker reads it.")

    def work() -> dict[str, Any]:
        rows("SELECT pg_advisory_xact_lock(hashtextextended('orders refund', %s))", [platform_id])
        found = row("SELECT l.person_id FROM orders_worker w JOIN orders_worker_person l ON l.worker_id = w.id WHERE w.platform_id = %s AND w.reference = %s",
                    [platform_id, reference])
        if found is None:
            raise NotFound("orders.no_worker", value=reference, zh=f"劳动者“{reference}”还没有关联到本人，钱在平台名下，不能退付。请先关联。",
                           en=f"Nobody is linked to the worker '{reference}', so the money stands in the platform's name. Link the worker first.")
        left = _transferred(platform_id, found[0]) - _asked(platform_id, found[0])
        if not 0 < amount_fen <= left:
            raise InputError("orders.refund_amount", value=amount_fen, where="amount_fen", zh=f"贵平台为此人转来、还没有申请退付的有 {left} 分，不能申请 {amount_fen} 分。请改填。",
                             en=f"This platform transferred {left} fen for the worker that it has not asked back, not {amount_fen}. Write no more than that.")
        number = propose_refund(SYSTEM, found[0], place.province, amount_fen, channel=chosen().channel, reason=reason.strip(), kind="withheld", platform=platform_id)
        return {"refund": number, "state": "waiting"}

    # All keys of a platform act under one number, so the route tells the platforms apart.
    return dict(execute(SYSTEM, Command(f"orders.ask_refund:{platform_id}", key, [reference, amount_fen, reason]), work))


def asked(platform_id: int) -> list[Asked]:
    """Return what a platform asked for, the latest first."""
    def work() -> list[Asked]:
        found = proposals_by(platform_id)
        known: dict[int, tuple[str, ...]] = dict(rows(
            "SELECT p.person, array_agg(w.reference ORDER BY w.reference) FROM (SELECT DISTINCT unnest(%s::bigint[]) AS person) p"
            " JOIN orders_worker_person l ON l.person_id = people_kept(p.person) JOIN orders_worker w ON w.id = l.worker_id"
            " WHERE w.platform_id = %s GROUP BY 1", [[each.person for each in found], platform_id]))
        return [Asked(each.id, tuple(known.get(each.person, ())), each.amount_fen, each.state, each.proposed_at) for each in found]

    return run_as(SYSTEM, work)


def _transferred(platform_id: int, person: int) -> int:
    """What files withheld that the platform's transfers have settled [fen]."""
    return int((row("SELECT coalesce(sum(w.withheld_fen), 0)::bigint FROM orders_file_worker w JOIN orders_settlement_file s USING (file_id)"
                    " JOIN orders_worker_person l USING (worker_id) WHERE w.platform_id = %s AND l.person_id = %s", [platform_id, person]) or (0,))[0])


def _asked(platform_id: int, person: int) -> int:
    """What it asked back and was neither refused nor given up by the bank [fen]."""
    return int((row("SELECT coalesce(sum(p.amount_fen), 0)::bigint FROM collection_refund_proposal p LEFT JOIN collection_refund_decision d ON d.proposal_id = p.id"
                    " WHERE p.platform_id = %s AND people_kept(p.person_id) = %s AND d.accepted IS NOT FALSE"
                    " AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = d.request AND m.kind = 'refund_failed')", [platform_id, person]) or (0,))[0])
