"""Work that goes on behind the desk: asked for once, done once by whichever worker, and its end is told; forms that move money."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from registry_matrix import API
from registry_world import World, open_file

MONTH = 24310  # 2025-11


@pytest.fixture(scope="module")
def pensioner(world: World) -> int:
    """The own side's person draws 3000 yuan a month out of a fund that holds it; one year of pension stands on the account."""
    from made_up import accounts, as_owner, moved

    person = world.own.person
    bank, pool = accounts("bank", "pooled", owner=36, owner_kind="province")
    individual, = accounts("individual", owner=person)
    moved((bank, -100_000_000), (pool, 94_000_000), (individual, 6_000_000))
    as_owner("UPDATE benefit_claim SET state = 'final', claim_month = %s, first_payment = %s, months = 180, awarded_fen = 300000, pension_fen = 300000,"
             " account_pension_fen = 50000, account_start_fen = 6000000, granted_by = 0, granted_at = clock_timestamp(), facts = '{\"birth\": 23544}'"
             " WHERE id = %s", [MONTH, MONTH + 1, world.own.claim])
    as_owner("UPDATE benefit_claim SET first_payment = first_payment + 12000, claim_month = claim_month + 12000 WHERE province = '36' AND id <> %s", [world.own.claim])  # nobody else draws yet
    return person


def work() -> Any:
    """Do what waits in the queue, as the worker process does, and return the last job."""
    from made_up import as_owner

    from lingbao.web.desk import jobs
    from lingbao.web.desk.models import Job

    waiting = as_owner("DELETE FROM procrastinate_jobs WHERE queue_name = 'desk' AND status = 'todo' RETURNING (args->>'number')::int")
    for number, in sorted(waiting):
        jobs.perform(number, lambda: False)
    return Job.objects.latest("id")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_audit_is_asked_for_once_kept_and_read_with_its_time(world: World) -> None:
    from lingbao.web.desk.models import Job

    auditor = world.client("auditor")
    assert "No audit was made yet" in text(auditor.get("/desk/audit/", {"lang": "en"}))
    assert auditor.get(f"{API}/desk/audit/findings").json()["audit"] is None
    for _ in range(3):
        assert auditor.post("/desk/audit/").status_code == 302
    assert Job.objects.filter(kind="audit").count() == 1
    part = auditor.get("/desk/audit/", headers={"X-Part": "progress"})
    assert part.headers["X-State"] == "queued" and "<html" not in text(part)
    assert 'http-equiv="refresh"' in text(auditor.get("/desk/audit/"))
    assert work().state == "done"
    answer = auditor.get(f"{API}/desk/audit/findings").json()
    assert answer["findings"] == [] and "ledger.balances" in answer["checks"]
    page = text(auditor.get("/desk/audit/", {"lang": "en"}))
    assert "All hold" in page and 'http-equiv="refresh"' not in page


def test_a_finding_stands_on_the_page_until_the_next_audit(world: World) -> None:
    from made_up import accounts, as_owner

    account, = accounts("pooled", owner=44, owner_kind="province", province="44")
    auditor = world.client("auditor")
    forged = "ALTER TABLE ledger_account DISABLE TRIGGER USER; UPDATE ledger_account SET balance_fen = balance_fen {} 1 WHERE id = {}; ALTER TABLE ledger_account ENABLE TRIGGER USER"
    as_owner(forged.format("+", account))
    auditor.post(f"{API}/desk/audit/run")
    work()
    as_owner(forged.format("-", account))
    assert "ledger.balance" in text(auditor.get("/desk/audit/"))
    auditor.post("/desk/audit/")
    work()
    assert "ledger.balance</code>" not in text(auditor.get("/desk/audit/"))


def test_the_work_of_the_night_keeps_its_audit(world: World) -> None:
    from django.utils import timezone

    from lingbao.registry.operations.nightly import nightly

    steps = {step.name: step for step in nightly(timezone.now() + timedelta(days=1))}
    assert steps["audit"].error is None and steps["audit"].count == 0
    assert "夜间例行核查" in text(world.client("auditor").get("/desk/audit/"))


def test_a_run_goes_from_preparation_to_the_bank_by_two_people(world: World, pensioner: int) -> None:
    from made_up import as_owner

    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    assert clerk.post("/desk/runs/", {"key": "r1", "month": "2025-12"}).status_code == 302
    run = as_owner("SELECT max(id) FROM benefit_run")[0][0]
    page = text(clerk.get(f"/desk/runs/{run}/", {"lang": "en"}))
    assert "payments: 1" in page and "3,000.00" in page and "Approve" not in page
    assert supervisor.post(f"/desk/runs/{run}/", {"action": "pay"}).status_code == 409
    assert supervisor.post(f"/desk/runs/{run}/", {"action": "approve", "key": "r2"}).status_code == 302
    for _ in range(2):
        supervisor.post(f"/desk/runs/{run}/", {"action": "pay"})
    job = work()
    assert (job.state, job.result) == ("done", {"payments": 1, "fen": 300_000})
    assert "all paid" in text(supervisor.get(f"/desk/runs/{run}/", {"lang": "en"})).lower()
    too_much = supervisor.post("/desk/runs/", {"key": "b1", "fen": "3000.01", "reference": "bank-1"})
    assert too_much.status_code == 409 and re.search("余额不足|not hold enough", text(too_much))
    assert supervisor.post("/desk/runs/", {"key": "b2", "fen": "3000.001", "reference": "bank-1"}).status_code == 422
    assert supervisor.post("/desk/runs/", {"key": "b3", "fen": "3,000", "reference": "bank-1"}).status_code == 302
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'pension_payable' AND province = '36'") == [(0,)]


def test_a_rise_is_entered_approved_and_applied_once(world: World, pensioner: int) -> None:
    from made_up import as_owner

    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    form = {"key": "a1", "from_month": "2026", "document": "赣人社发〔2026〕1号", "source": "省公报 2026 年第 3 期", "fixed": "30", "per_year": "1.5", "share": "1.2", "age1": "70", "tilt1": "20"}
    wrong = clerk.post("/desk/rises/", {**form, "share": "120"})
    assert wrong.status_code == 422 and 'value="赣人社发〔2026〕1号"' in text(wrong)
    assert clerk.post("/desk/rises/", form).status_code == 302
    rise = as_owner("SELECT max(id) FROM benefit_adjustment")[0][0]
    assert supervisor.post(f"/desk/rises/{rise}/", {"action": "apply"}).status_code == 409
    supervisor.post(f"/desk/rises/{rise}/", {"key": "a2"})
    supervisor.post(f"/desk/rises/{rise}/", {"action": "apply"})
    assert work().result == {"raised": 1}
    # 3000 + 30 + 15 years at 1.50 + 1.2 percent; born in 1962, so no seventy years yet.
    assert as_owner("SELECT pension_fen FROM benefit_claim WHERE id = %s", [world.own.claim]) == [(300_000 + 3_000 + 15 * 150 + 3_600,)]


def test_provisional_pensions_are_settled_together_at_the_desk_once_they_can_be(world: World) -> None:
    from made_up import as_owner, registered

    sys.path.append(str(Path(__file__).parents[1] / "registry" / "transfers"))
    from paying import pay

    from lingbao.law.month import month
    from lingbao.registry.benefits.claims import claim, grant
    from lingbao.registry.benefits.working_out import Claimant

    february, day = month(2025, 2), date(2025, 2, 20)
    person = registered(world.actors["clerk"], 601, name="钱六", province="36", birth="19650115")
    pay(person, "36", february - 180, 180, 400_000, on=date(2024, 12, 10))
    number = claim(world.actors["clerk"], "s1", person, Claimant(month(1965, 1), "male", "36"), relation="36", claim_month=february, today=day)["claim"]
    assert grant(world.actors["supervisor"], "s2", number, today=day)["state"] == "provisional"
    clerk, supervisor, address = world.client("clerk"), world.client("supervisor"), "/desk/settlements/"
    page = text(clerk.get(address))
    assert "2025-02" in page and "由本省审核人结算" in page and "结算可结算的" not in page
    assert "结算可结算的 1 人" in text(supervisor.get(address))
    assert supervisor.post(address).status_code == 302
    job = work()
    assert job.state == "done" and (job.result["settled"], job.result["left"], job.result["faults"]) == (1, 0, [])
    assert as_owner("SELECT state FROM benefit_claim WHERE id = %s", [number]) == [("final",)]
    page = text(supervisor.get(address, {"lang": "en"}))
    assert "Last time 1 were settled and 0 left" in page and "No pension is provisional" in page
    assert supervisor.post(address).status_code == 409


def test_what_was_paid_too_much_and_came_back_is_booked_at_the_desk(world: World) -> None:
    from made_up import as_owner

    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    address = f"/desk/requests/recoveries/{world.own.recovery}/"
    assert "银行已收到的退回金额" not in text(clerk.get(address)) and "银行已收到的退回金额" in text(supervisor.get(address))
    form = {"key": "r1", "action": "return", "fen": "0.60", "reason": "back-1"}
    assert clerk.post(address, form).status_code == 403
    assert supervisor.post(address, {**form, "fen": "1.01"}).status_code == 422
    assert supervisor.post(address, form).status_code == 302
    answer = supervisor.post(f"{API}{address.removesuffix('/')}/decision", {"action": "return", "fen": 40, "reason": "back-2"}, content_type="application/json",
                             headers={"Idempotency-Key": "r2"})
    assert (answer.status_code, answer.json()["owed_fen"]) == (200, 0)
    assert as_owner("SELECT sum(fen) FROM benefit_return WHERE recovery_id = %s", [world.own.recovery]) == [(100,)]
    assert "已结清" in text(supervisor.get(address))


def test_a_death_is_settled_by_one_and_heirs_are_paid_by_another(world: World, pensioner: int) -> None:
    from made_up import accounts, as_owner, moved

    clerk, supervisor, address = world.client("clerk"), world.client("supervisor"), f"/desk/persons/{pensioner}/death/"
    open_file(clerk, pensioner)
    open_file(supervisor, pensioner)
    form = {"key": "d1", "died_on": "2026-11-01", "income": "4,000.00", "name1": "赵甲", "share1": "1/3", "name2": "赵乙", "share2": "2/3"}
    assert clerk.post(address, {**form, "share2": "1/3"}).status_code == 422
    assert clerk.post(address, {**form, "died_on": "2999-01-01"}).status_code == 422
    assert clerk.post(address, form).status_code == 302
    assert "付款（第二人）" not in text(clerk.get(address))
    assert address in text(supervisor.get("/desk/settlements/"))
    assert clerk.post(address, {"key": "d2", "heir": "0"}).status_code == 403
    for heir in "01":
        assert supervisor.post(address, {"key": f"d3{heir}", "heir": heir}).status_code == 302
    assert supervisor.post(address, {"key": "d4", "heir": "0"}).status_code == 409
    assert text(supervisor.get(address)).count("已付") == 2
    assert address not in text(supervisor.get("/desk/settlements/"))
    bank, individual = accounts("bank", owner=36, owner_kind="province")[0], accounts("individual", owner=pensioner)[0]
    assert clerk.post(address, {"key": "d5", "action": "rest"}).status_code == 409
    moved((bank, -300), (individual, 300))
    assert "又到账 3.00 元" in text(clerk.get(address))
    assert clerk.post(address, {"key": "d6", "action": "rest"}).status_code == 302
    assert "再付 2.00 元" in text(supervisor.get(address))
    for heir in "01":
        assert supervisor.post(address, {"key": f"d7{heir}", "heir": heir}).status_code == 302
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'refund_payable' AND owner_kind = 'person' AND owner_id = %s", [pensioner]) == [(0,)]
    # The person lives after all: asked by one with a proof, undone by another once the heirs have given back what they had.
    asked = {"key": "d8", "action": "ask_undoing", "reason": "同名误登", "proof": ""}
    assert clerk.post(address, asked).status_code == 422
    assert clerk.post(address, {**asked, "proof": "本人到窗口"}).status_code == 302
    assert "批准撤销" not in text(clerk.get(address)) and "批准撤销" in text(supervisor.get(address))
    queue = text(supervisor.get("/desk/settlements/"))
    assert "撤销死亡登记" in queue and "同名误登" in queue
    assert re.search(r"撤销死亡登记</span>\s*待办 1 件", text(supervisor.get("/desk/")))
    first = supervisor.post(address, {"key": "d9", "action": "undo"})
    assert first.status_code == 409 and "请先追回" in text(first)
    paid = as_owner("SELECT p.heir, sum(r.amount_fen)::bigint FROM benefit_heir_payment p JOIN collection_request r ON r.number = p.request GROUP BY 1 ORDER BY 1")
    assert clerk.post(address, {"key": "d10", "action": "given_back", "heir": "0", "fen": "1", "reference": "h-0"}).status_code == 403
    for heir, fen in paid:
        back = {"key": f"d11{heir}", "action": "given_back", "heir": heir, "fen": f"{fen / 100:.2f}", "reference": f"h-{heir}"}
        assert supervisor.post(address, back).status_code == 302
    assert text(supervisor.get(address)).count("元</span>") == text(supervisor.get(address)).count("，退回 ") == 2, "what came back is said beside what was paid"
    assert supervisor.post(address, {"key": "d12", "action": "undo"}).status_code == 302
    after = text(supervisor.get(address))
    assert "已经撤销：本人在世" in after and "在世的证明：本人到窗口" in after
    assert "以前的撤销申请" in after and "没有登记死亡" not in after and "登记死亡并分配" in after
    assert "死亡登记" in text(supervisor.get(f"/desk/persons/{pensioner}/")) and address not in text(supervisor.get("/desk/settlements/"))
    assert as_owner("SELECT state FROM benefit_claim WHERE id = %s", [world.own.claim]) == [("final",)]


def test_money_in_suspense_is_refunded_by_two(world: World) -> None:
    from made_up import accounts, as_owner, moved, registered

    person = registered(world.actors["clerk"], 501, name="孙五", province="36")
    bank, = accounts("bank", owner=36, owner_kind="province")
    suspense, = accounts("suspense", owner=person)
    moved((bank, -12_345), (suspense, 12_345))
    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    assert "123.45" in text(clerk.get("/desk/bank/"))
    assert clerk.post("/desk/bank/refund/", {"key": "s0", "person": person, "fen": "123.46"}).status_code == 422
    assert clerk.post("/desk/bank/refund/", {"key": "s1", "person": person, "fen": "123.45"}).status_code == 302
    proposal = as_owner("SELECT max(id) FROM collection_refund_proposal")[0][0]
    assert supervisor.post(f"/desk/refunds/{proposal}/", {"key": "s2"}).status_code == 302
    assert as_owner("SELECT kind FROM collection_message WHERE number = (SELECT number FROM collection_request WHERE person_id = %s)", [person]) == [("refunded",)]


def test_a_statement_is_uploaded_and_its_bad_lines_told(world: World) -> None:
    from io import BytesIO

    clerk = world.client("clerk")

    def upload(content: bytes) -> Any:
        file = BytesIO(content)
        file.name = "statement.csv"
        return clerk.post("/desk/bank/", {"channel": "stand-in", "file": file})

    refused = upload("日期,流水号\n".encode())
    assert refused.status_code == 422 and "缺少列" in text(refused)
    answer = upload("日期,流水号,金额,摘要\n2026-11-01,x-1,5.00,\n2026-11-01,x-2,7,=1+1\n".encode())
    page = text(clerk.get(answer.headers["Location"]))
    assert "第 2 行" in page and "像是表格公式" in page and "账上没有" in page
    assert clerk.post("/desk/bank/", {"channel": "stand-in"}).status_code == 422


def test_a_new_rule_is_read_over_before_it_is_sent_to_those_concerned(world: World) -> None:
    from made_up import as_owner

    clerk = world.client("clerk")
    form = {"rule": "缴费档次调整", "month": "2027-01", "change": "最低档由60%降为50%", "scheme": "employee"}
    assert clerk.post("/desk/announce/", {**form, "change": "见 www.example.com"}).status_code == 422
    page = text(clerk.post("/desk/announce/", form))
    assert "缴费档次调整从2027-01起实行" in page and "将通知本省 1 人" in page
    assert as_owner("SELECT count(*) FROM notice_message WHERE template = 'new_rule'") == [(0,)]
    for _ in range(2):
        clerk.post("/desk/announce/", {**form, "send": "1"})
        work()
    assert as_owner("SELECT person_id FROM notice_message WHERE template = 'new_rule'") == [(world.own.person,)]


def test_too_many_persons_in_an_hour_are_refused_and_the_supervisor_sees_it(world: World, pensioner: int) -> None:
    from made_up import as_owner

    as_owner("UPDATE people_reading_limit SET an_hour = 1")
    try:
        clerk = world.client("clerk")
        assert clerk.post(f"/desk/persons/{pensioner}/opening/", {"purpose": "oversight"}).status_code == 403
    finally:
        as_owner("UPDATE people_reading_limit SET an_hour = 100")
    assert "超过每小时上限被拒绝" in text(world.client("supervisor").get("/desk/accesses/"))


def test_a_job_left_by_a_killed_worker_is_taken_up_by_the_next(world: World) -> None:
    from django.db import connection

    from lingbao.web.database import address
    from lingbao.web.desk.jobs import ask
    from lingbao.web.desk.models import Job

    job = ask(world.actors["auditor"], "audit")
    Job.objects.filter(pk=job.pk).update(state="running")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'desk' AND status = 'todo'")
    at = address().replace("/postgres?", f"/{connection.settings_dict['NAME']}?")
    process = subprocess.Popen([sys.executable, "-m", "lingbao.web.desk.worker"], env=os.environ | {"DATABASE_URL": at}, stdin=subprocess.PIPE)
    try:
        limit = time.monotonic() + 60
        while Job.objects.get(pk=job.pk).state != "done":
            assert time.monotonic() < limit and process.poll() is None
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(30)
    assert process.returncode == 0


def test_an_error_in_a_job_is_told_and_it_may_be_asked_for_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.desk import works
    from lingbao.web.desk.jobs import Interrupted, ask, perform
    from lingbao.web.desk.models import Job

    def broken(job: Any, report: Any) -> dict[str, Any]:
        raise RuntimeError("broken")

    monkeypatch.setitem(works.WORKS, "audit", broken)
    auditor = world.client("auditor")
    auditor.post("/desk/audit/")
    assert work().state == "failed"
    page = text(auditor.get("/desk/audit/"))
    assert "没有做完" in page and "broken" not in page
    monkeypatch.undo()
    job = ask(world.actors["auditor"], "audit")
    with pytest.raises(Interrupted):
        perform(job.pk, lambda: True)
    assert Job.objects.get(pk=job.pk).state == "queued"
    assert work().state == "done"


def test_a_matter_referred_to_the_coordinating_body_is_taken_up_and_answered_there_on_the_page(world: World) -> None:
    from made_up import as_owner

    from lingbao.registry.disputes.services import lodge
    from lingbao.web.desk.queues import today

    clerk, coordinator = world.client("clerk"), world.client("coordinator")
    number = lodge(world.actors["clerk"], "coordinated", world.own.person, "advice", "两地都说不归自己管", province="36", today=today())["matter"]
    address = f"/desk/matters/{number}/"
    assert coordinator.post(address, {"key": "o1", "action": "accept"}).status_code == 403, "it is the agency's so far"
    assert clerk.post(address, {"key": "o2", "action": "refer", "reason": "两省意见不一", "to": "00"}).status_code == 302
    assert clerk.post(address, {"key": "o3", "action": "accept"}).status_code in (403, 404)
    assert 'value="accept"' in text(coordinator.get(address))
    for key, action, words in (("o4", "accept", ""), ("o5", "answer", "由 36 办理"), ("o6", "close", "")):
        assert coordinator.post(address, {"key": key, "action": action, "reason": words}).status_code == 302
    assert as_owner("SELECT action, role FROM dispute_event WHERE case_id = %s ORDER BY number", [number]) == [
        ("lodge", "clerk"), ("refer", "clerk"), ("accept", "coordinator"), ("answer", "coordinator"), ("close", "coordinator")]
    assert "由 36 办理" in text(coordinator.get(address))
