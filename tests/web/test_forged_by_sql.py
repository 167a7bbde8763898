"""Past the services, by direct SQL under the role: nobody writes another's name where two persons are needed, and nobody founds a platform."""

from __future__ import annotations

from typing import Any

import pytest
from registry_world import World


def refused(actor: Any, text: str, values: list[Any] | None = None) -> bool:
    """Whether the database refuses a statement, or lets it touch nothing; what it lets through is undone."""
    from made_up import as_owner

    from lingbao.registry.errors import RegistryError
    from lingbao.registry.session import acting_as

    class Undone(Exception):
        pass

    try:
        with acting_as(actor):
            touched = as_owner(text, values)
            raise Undone
    except Undone:
        return not touched
    except RegistryError:
        return True


def prepared(actor: Any) -> int:
    from made_up import under_role

    return int(under_role(actor, "INSERT INTO benefit_run (province, from_month, month, prepared_by) VALUES ('36', %s, %s, %s) RETURNING id",
                          [24_400 + actor.id, 24_400 + actor.id, actor.id])[0][0])


APPROVED = "UPDATE benefit_run SET state = 'approved', approved_by = %s, approved_at = clock_timestamp() WHERE id = %s RETURNING 1"


def test_a_payment_run_is_approved_by_the_supervisor_who_acts(world: World) -> None:
    clerk, supervisor = world.actors["clerk"], world.actors["supervisor"]
    run, own = prepared(clerk), prepared(supervisor)
    assert refused(clerk, APPROVED, [supervisor.id, run]), "another's name"
    assert refused(supervisor, APPROVED, [clerk.id, own]), "a clerk's name"
    assert refused(supervisor, APPROVED, [supervisor.id, own]), "one's own"
    assert refused(clerk, "INSERT INTO benefit_run (province, from_month, month, prepared_by) VALUES ('36', 24500, 24500, %s) RETURNING 1", [supervisor.id])
    assert not refused(supervisor, APPROVED, [supervisor.id, run])  # the control


def test_a_rise_is_approved_by_the_supervisor_who_acts(world: World) -> None:
    clerk, supervisor, rise = world.actors["clerk"], world.actors["supervisor"], world.own.rise
    approved = "UPDATE benefit_adjustment SET approved_by = %s WHERE id = %s RETURNING 1"
    assert refused(clerk, approved, [supervisor.id, rise])
    assert refused(clerk, approved, [clerk.id, rise])
    assert refused(clerk, "UPDATE benefit_adjustment SET refused_by = %s, refusal = 'x' WHERE id = %s RETURNING 1", [supervisor.id, rise])
    assert not refused(supervisor, approved, [supervisor.id, rise])  # the control


GRANTED = ("UPDATE benefit_claim SET state = 'final', pension_fen = %s, awarded_fen = %s, account_pension_fen = 0, account_start_fen = 0, months = 180,"
           " first_payment = 24300, granted_by = %s, granted_at = clock_timestamp(), answered_by = %s, answered_on = current_date WHERE id = %s RETURNING 1")
WORKED_OUT = ("INSERT INTO benefit_calculation (claim_id, known, inputs, inputs_sha, lines, result_fen, provisional, law_hash, actor)"
              " VALUES (%s, 24300, '{}', 'x', '[]', %s, false, 'law', %s) RETURNING id")


def test_a_pension_stands_on_a_working_out_by_who_grants_it(world: World) -> None:
    from made_up import under_role

    clerk, supervisor, claim = world.actors["clerk"], world.actors["supervisor"], world.own.claim
    assert refused(clerk, GRANTED, [9_999_999, 9_999_999, clerk.id, clerk.id, claim]), "no working out"
    assert refused(clerk, WORKED_OUT, [claim, 100_000, supervisor.id]), "a working out in another's name"
    under_role(clerk, WORKED_OUT, [claim, 100_000, clerk.id])
    assert refused(clerk, GRANTED, [100_001, 100_001, clerk.id, clerk.id, claim]), "more than was worked out"
    assert refused(clerk, GRANTED, [200_000, 100_000, clerk.id, clerk.id, claim]), "more paid than awarded"
    assert refused(clerk, GRANTED, [100_000, 100_000, supervisor.id, clerk.id, claim]), "granted in another's name"
    assert refused(clerk, "UPDATE benefit_claim SET state = 'applied', reason = '' WHERE state = 'final' RETURNING 1")
    assert not refused(clerk, GRANTED, [100_000, 100_000, clerk.id, clerk.id, claim])  # the control


def test_nobody_decides_a_correction_of_his_own(world: World) -> None:
    from made_up import under_role

    decided = "INSERT INTO people_correction_decision (correction_id, accepted, reason, actor) VALUES (%s, true, 'x', %s) RETURNING 1"
    clerk, supervisor = world.actors["clerk"], world.actors["supervisor"]
    asked = under_role(clerk, "INSERT INTO people_correction (person_id, field, sealed, reason, asked_by) VALUES (%s, 'phone', '', 'x', %s) RETURNING id",
                       [world.own.person, clerk.id])[0][0]
    assert refused(clerk, decided, [asked, clerk.id])
    assert refused(clerk, decided, [asked, supervisor.id])
    assert not refused(supervisor, decided, [asked, supervisor.id])  # the control


def test_a_login_of_staff_is_changed_by_the_operator_alone_and_is_on_record(world: World) -> None:
    from made_up import as_owner, under_role

    from lingbao.registry.session import SYSTEM

    changed = "UPDATE people_actor SET login = 'stolen' WHERE role = 'supervisor' RETURNING id"
    assert refused(world.actors["administrator"], changed)
    assert not refused(world.actors["administrator"], "UPDATE people_actor SET active = false WHERE role = 'supervisor' RETURNING id")  # the control
    (number,), = under_role(SYSTEM, changed)
    assert as_owner("SELECT action, by_actor FROM people_actor_event WHERE actor_id = %s ORDER BY id DESC LIMIT 1", [number]) == [("login_changed", 0)]
    under_role(SYSTEM, "UPDATE people_actor SET login = 'supervisor' WHERE id = %s", [number])


@pytest.mark.parametrize("role", ["worker", "clerk", "supervisor", "coordinator", "auditor", "administrator", "engineer"])
def test_platforms_are_registered_by_the_operator_alone(world: World, role: str) -> None:
    from made_up import as_owner, under_role

    from lingbao.registry.session import SYSTEM

    founded = "INSERT INTO orders_platform (code, name_zh, name_en, province, sandbox) VALUES (%s, 'x', 'x', '36', false) RETURNING id"
    assert refused(world.actors[role], founded, [f"evil-{role}"])
    assert under_role(world.actors[role], "SELECT count(*) FROM orders_platform") == as_owner("SELECT count(*) FROM orders_platform")
    assert not refused(SYSTEM, founded, ["shop-new"])  # the control
