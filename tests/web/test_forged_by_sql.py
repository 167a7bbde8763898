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


def test_a_move_between_the_schemes_is_answered_once_by_who_acts_and_with_its_entry(world: World) -> None:
    clerk, supervisor, number = world.actors["clerk"], world.actors["supervisor"], world.own.conversion
    answered = "UPDATE transfer_conversion SET state = 'refused', reason = 'x', answered_on = current_date, answered_by = %s WHERE id = %s RETURNING 1"
    done = ("UPDATE transfer_conversion SET state = 'done', moved_fen = 1, refund_fen = 0, entry_id = %s, answered_on = current_date, answered_by = %s"
            " WHERE id = %s RETURNING 1")
    asked = ("INSERT INTO transfer_conversion (person_id, province, direction, applied_on, due, due_provisional, law_hash, state, reason, answered_by)"
             " VALUES (%s, '36', 'to_resident', current_date, current_date, false, 'law', 'refused', 'x', %s) RETURNING 1")
    assert refused(clerk, answered, [supervisor.id, number]), "another's name"
    assert refused(clerk, answered, [None, number]), "nobody's name"
    assert refused(clerk, done, [1, clerk.id, number]), "an entry that moved nothing of it"
    assert refused(clerk, asked, [world.own.person, supervisor.id]), "answered as it is asked"
    assert not refused(clerk, answered, [clerk.id, number])  # the control


def test_a_step_of_a_transfer_is_written_by_who_acts(world: World) -> None:
    clerk, supervisor, case = world.actors["clerk"], world.actors["supervisor"], world.own.transfer
    step = "INSERT INTO transfer_event (case_id, number, action, party, actor, day, law_hash) VALUES (%s, 90, %s, %s, %s, current_date, 'law') RETURNING 1"
    worker, sides = world.actors["worker"], ("new_place", "old_place")
    assert all(refused(clerk, step, [case, "escalate", side, supervisor.id]) for side in sides), "another's name"
    assert refused(clerk, step, [case, "direct", "coordinator", clerk.id]), "another side's step"
    assert all(refused(clerk, step, [case, "direct", side, clerk.id]) for side in sides), "another side's step under the own"
    assert refused(worker, step, [case, "send_money", "worker", worker.id]), "the money is no step of the worker"
    assert [refused(clerk, step, [case, "escalate", side, clerk.id]) for side in sides].count(False) == 1  # the control
    assert not refused(worker, step, [case, "withdraw", "worker", worker.id])  # the control


def test_a_death_is_undone_by_two_who_act(world: World) -> None:
    from made_up import as_owner, under_role

    clerk, supervisor, person = world.actors["clerk"], world.actors["supervisor"], world.own.person
    death = as_owner("INSERT INTO benefit_death (person_id, province, died_on, account_fen, funeral_fen, condolence_fen, heirs, law_hash, actor)"
                     " VALUES (%s, '36', '2026-01-01', 0, 0, 0, '[]', 'law', %s) RETURNING id", [person, clerk.id])[0][0]
    asked = "INSERT INTO benefit_death_undoing (death_id, person_id, province, reason, proof, asked_by) VALUES (%s, %s, '36', 'x', 'x', %s) RETURNING id"
    approved = "UPDATE benefit_death_undoing SET state = 'approved', decided_by = %s, decided_at = clock_timestamp() WHERE id = %s RETURNING 1"
    undone = "UPDATE benefit_death SET undone_by = %s WHERE id = %s RETURNING 1"
    assert refused(clerk, asked, [death, person, supervisor.id]), "another's name"
    assert refused(clerk, asked, [death, world.own.double, clerk.id]), "another's death"
    number = under_role(clerk, asked, [death, person, clerk.id])[0][0]
    assert refused(clerk, approved, [supervisor.id, number])
    assert refused(supervisor, approved, [clerk.id, number])
    assert refused(supervisor, undone, [number, death]), "by the registry alone, once it is approved"
    with pytest.raises(Exception, match="undone once"):
        as_owner(undone, [number, death])
    under_role(supervisor, approved, [supervisor.id, number])
    assert refused(supervisor, undone, [number, death])
    assert as_owner(undone, [number, death])  # the control
    with pytest.raises(Exception, match="undone once"):
        as_owner("UPDATE benefit_death SET undone_by = NULL WHERE id = %s RETURNING 1", [death])


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


ASKED = ("INSERT INTO collection_request (number, kind, person_id, province, channel, amount_fen, entry_id, proposed_by, approved_by)"
         " VALUES ('R-forged-1', 'refund', %s, '36', 'bank', %s, %s, %s, %s) RETURNING 1")


def test_a_bank_is_asked_in_nobody_elses_name(world: World) -> None:
    from made_up import accounts, moved, under_role

    clerk, supervisor, worker, person = world.actors["clerk"], world.actors["supervisor"], world.actors["worker"], world.own.person
    entry = moved((accounts("bank", owner=36, owner_kind="province")[0], -700), (accounts("refund_payable", owner=person)[0], 700))
    wish = under_role(clerk, "INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind)"
                      " VALUES (%s, '36', 'bank', 700, 'x', %s, 'owed') RETURNING id", [person, clerk.id])[0][0]
    assert refused(supervisor, ASKED, [person, 700, entry, 0, supervisor.id]), "a proposer who proposed nothing"
    assert refused(supervisor, ASKED, [person, 701, entry, clerk.id, supervisor.id]), "another sum"
    assert refused(supervisor, ASKED, [world.own.double, 700, entry, clerk.id, supervisor.id]), "another person"
    assert refused(supervisor, ASKED, [person, 700, entry, clerk.id, clerk.id + 1_000]), "approved in another's name"
    assert refused(clerk, ASKED, [person, 700, entry, supervisor.id, clerk.id]), "a clerk"
    paying = "INSERT INTO collection_request (number, kind, person_id, province, channel, amount_fen, proposed_by) VALUES ('P-forged-1', 'payment', %s, '36', 'bank', 1, %s) RETURNING 1"
    for actor in (clerk, supervisor, worker):
        assert refused(actor, paying, [person, actor.id + 1_000]), "a payment in another's name"
        assert not refused(actor, paying, [person, actor.id])  # the control
    assert not refused(supervisor, ASKED, [person, 700, entry, clerk.id, supervisor.id])  # the control
    decided = "INSERT INTO collection_refund_decision (proposal_id, accepted, withdrawn, reason, decided_by) VALUES (%s, %s, %s, 'x', %s) RETURNING 1"
    assert refused(supervisor, decided, [wish, True, False, supervisor.id]), "money that leaves, and no bank asked"
    assert refused(worker, decided, [wish, False, True, worker.id]), "withdrawn by who did not ask"
    assert refused(supervisor, decided, [wish, False, True, supervisor.id]), "withdrawn by who decides"
    under_role(supervisor, decided, [wish, False, False, supervisor.id])
    assert refused(supervisor, ASKED, [person, 700, entry, clerk.id, supervisor.id]), "a wish that was refused"


def test_a_platform_asks_for_money_through_the_registry_alone(world: World) -> None:
    proposed = ("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind, platform_id)"
                " VALUES (%s, '36', 'bank', 1, 'x', %s, 'withheld', %s) RETURNING 1")
    from lingbao.registry.session import SYSTEM, Actor

    by_key = Actor(0, "platform", platform=world.own.live)
    for actor in (by_key, world.actors["engineer"], world.actors["clerk"], world.actors["supervisor"], world.actors["worker"]):
        assert refused(actor, proposed, [world.own.person, actor.id, world.own.live])
    assert not refused(SYSTEM, proposed, [world.own.person, 0, world.own.live])  # the control
    kept = "SELECT 1 FROM ledger_command WHERE actor = 0"
    said = "INSERT INTO ledger_command (actor, route, key, content_sha, answer) VALUES (0, 'x', 'forged', '', '{}') RETURNING 1"
    assert refused(by_key, said) and not refused(SYSTEM, said)
    from made_up import under_role

    under_role(SYSTEM, said)
    assert refused(by_key, kept), "what the registry was asked is not for who comes by a key"
    assert not refused(SYSTEM, kept)  # the control


def test_a_request_for_a_subsidy_is_answered_in_ones_own_name(world: World) -> None:
    from made_up import under_role

    clerk, supervisor, worker, number = world.actors["clerk"], world.actors["supervisor"], world.actors["worker"], world.own.subsidy
    answered = "UPDATE collection_subsidy_request SET state = %s, reason = 'x', answered_on = current_date, answered_by = %s, subsidy_id = %s WHERE id = %s RETURNING 1"
    granted = ("INSERT INTO collection_subsidy (person_id, province, programme, payer_kind, payer_id, share, since, until, law_hash, granted_by)"
               " VALUES (%s, '36', 'graduate', 'province', 36, 0.1, %s, %s, 'law', %s) RETURNING id")
    own = under_role(supervisor, granted, [world.own.person, 24_600, 24_601, supervisor.id])[0][0]
    others = under_role(supervisor, granted, [world.own.double, 24_600, 24_601, supervisor.id])[0][0]
    assert refused(clerk, answered, ["refused", supervisor.id, None, number]), "another's name"
    assert refused(worker, answered, ["withdrawn", clerk.id, None, number]), "another's name"
    assert refused(worker, answered, ["refused", worker.id, None, number]), "a person answers nothing"
    assert refused(clerk, answered, ["granted", clerk.id, own, number]), "a clerk grants nothing"
    assert refused(supervisor, answered, ["granted", supervisor.id, others, number]), "a subsidy of someone else"
    for actor, state, subsidy in ((clerk, "refused", None), (worker, "withdrawn", None), (supervisor, "granted", own)):
        assert not refused(actor, answered, [state, actor.id, subsidy, number])  # the controls


def test_two_numbers_are_merged_as_another_proposed(world: World) -> None:
    from made_up import under_role

    clerk, supervisor, one, two = world.actors["clerk"], world.actors["supervisor"], world.own.person, world.own.double
    merged = "INSERT INTO people_merge (other_id, kept_id, proposed_by, approved_by, reason) VALUES (%s, %s, %s, %s, 'x') RETURNING 1"
    assert refused(supervisor, merged, [one, two, clerk.id, supervisor.id]), "nobody proposed it"
    under_role(clerk, "INSERT INTO people_merge_proposal (kept_id, other_id, reason, proposed_by) VALUES (%s, %s, 'x', %s)", [two, one, clerk.id])
    assert refused(supervisor, merged, [two, one, clerk.id, supervisor.id]), "the other way about"
    assert refused(supervisor, merged, [world.foreign.person, two, clerk.id, supervisor.id]), "another's"
    assert refused(clerk, merged, [one, two, clerk.id, clerk.id])
    assert not refused(supervisor, merged, [one, two, clerk.id, supervisor.id])  # the control


def test_nobody_complains_in_the_name_of_whom_he_does_not_see(world: World) -> None:
    lodged = ("INSERT INTO dispute_case (person_id, kind, handler, handlers, about, lodged_on, last_day) VALUES (%s, 'complaint', '36', '{36}', 'general',"
              " current_date, current_date) RETURNING 1")
    for role in ("clerk", "supervisor"):
        assert refused(world.actors[role], lodged, [world.foreign.person])
        assert not refused(world.actors[role], lodged, [world.own.person])  # the control
