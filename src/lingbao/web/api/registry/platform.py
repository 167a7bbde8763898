"""Operations of a platform: its orders, files, reports, money and webhooks; never another's, never a person's data."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router

from lingbao.law.errors import InputError
from lingbao.registry.calendar.clock import china_day
from lingbao.registry.errors import Forbidden
from lingbao.registry.orders import (
    giving_back,
    limits,
    platforms,
    reconciliation,
    sandbox,
    settlement,
    taking,
    uploads,
    webhooks,
)
from lingbao.registry.orders import reading as contents
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import SYSTEM, run_as
from lingbao.web import takers
from lingbao.web.api.registry import linking
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.identity import PlatformKey, acting, platform_of
from lingbao.web.platform import reading

router = Router(auth=PlatformKey(), tags=["registry: platforms"])
PAGE = 200


@router.get("/platform", **s.operation("密钥所属的平台及其代扣协议", "The platform behind the key", s.PlatformOut))
def platform(request: HttpRequest) -> Any:
    """Names, province, whether it is a sandbox, and the agreements to withhold."""
    number = platform_of(request)
    return {**asdict(platforms.platform(number)), "agreements": [asdict(each) for each in run_as(SYSTEM, lambda: platforms.agreements(number))]}


@router.post("/orders", **s.operation("小批订单：最多 1000 行，同一 Idempotency-Key 和内容只记一次", "Send a small batch of orders", s.AnswerOut))
def orders(request: HttpRequest, data: s.OrdersIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """Up to 1,000 rows. The same key and content give the same answer; rows not taken stand in the report of the file."""
    said = [each.model_dump(exclude_none=True) for each in data.orders]
    content = json.dumps({"orders": said}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    texts = contents.read(content, "json")
    income = int(texts["income_fen"].cast(pl.Int64, strict=False).sum() or 0)
    return asdict(taking.take(platform_of(request), taking.Declaration(idempotency_key, "json", texts.height, income), content))


@router.put("/files/{key}", **s.operation("申报一个文件并开始（或继续）上传", "Declare a file and begin, or go on with, its upload", s.UploadOut))
def begin(request: HttpRequest, key: s.Key, data: s.FileIn) -> Any:
    """The same declaration again shows which parts are missing, so an upload that broke off goes on."""
    declaration = taking.Declaration(key, data.format, data.rows, data.income_fen)
    return asdict(uploads.begin(platform_of(request), declaration, sha256=bytes.fromhex(data.sha256), parts=data.parts))


@router.put("/files/{key}/parts/{number}", **s.operation(
    "上传一块，原始字节，最大 16 MiB", "Send one part", s.UploadOut,
    requestBody={"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}))
def part(request: HttpRequest, key: s.Key, number: s.Small) -> Any:
    """The bytes as they are, at most 16 MiB, in any order and as often as need be."""
    return asdict(uploads.put(platform_of(request), key, number, request.read(limits.PART_BYTES + 1)))


@router.post("/files/{key}/commit", **s.operation("各块到齐后记账；重复提交返回同一结果", "Take the complete file", s.AnswerOut))
def commit(request: HttpRequest, key: s.Key) -> Any:
    """All good rows are posted in one transaction or none; the answer is durable when it arrives."""
    return asdict(takers.finish(platform_of(request), key))


@router.delete("/files/{key}", **s.operation("取消一个未完成的上传", "Cancel an upload", dict))
def cancel(request: HttpRequest, key: s.Key) -> Any:
    """Drops the parts; a file that was taken stays."""
    uploads.cancel(platform_of(request), key)
    return {"key": key, "cancelled": True}


@router.get("/files", **s.operation("已收的文件，新的在前", "Files taken, the newest first", list[s.FileLine]))
def files(request: HttpRequest, before: int = Query(2**62, ge=1, le=2**62)) -> Any:
    """200 at a time; ``before`` is the last number seen."""
    return [dict(zip(("file", "key", "rows", "posted", "withheld_fen", "received_at"), line, strict=True)) for line in run_as(acting(request), lambda: rows(
        "SELECT id, key, rows, posted, withheld_fen, received_at FROM orders_file WHERE platform_id = %s AND id < %s ORDER BY id DESC LIMIT %s",
        [platform_of(request), before, PAGE]))]


@router.get("/refusals", **s.operation("整份被拒的文件，新的在前", "Files refused as a whole, the newest first", list[s.RefusalOut]))
def refusals(request: HttpRequest) -> Any:
    """The last 20, each with what would be right; nothing of such a file was taken."""
    return reading.refusals(acting(request))


def _csv(text: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


CSV: Any = {"responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}}


@router.get("/files/{number}/report", **s.operation("未采用的行，逐行写明原因（CSV）", "Rows not taken, each with its reason, as CSV", str, **CSV))
def report(request: HttpRequest, number: s.Number) -> Any:
    """Line, stable code, field, value, and the reason in both languages; ``number`` is ``file`` of the answer."""
    return _csv(reconciliation.report(platform_of(request), number), f"report-{number}")


@router.get("/files/{number}/workers", **s.operation("每个劳动者的代扣合计（CSV）", "What was withheld for each worker, as CSV", str, **CSV))
def by_worker(request: HttpRequest, number: s.Number) -> Any:
    """One line for each reference of the file."""
    return _csv(reconciliation.by_worker(platform_of(request), number), f"workers-{number}")


@router.get("/reconciliation", **s.operation("一段业务日期的对账文件", "The reconciliation file of some business dates", s.ReconciliationOut))
def reconcile(request: HttpRequest, first: date, last: date) -> Any:
    """By day and file, with its settlement; both sides recompute it and compare the digest."""
    if last < first or last - first > timedelta(days=400):
        raise InputError("orders.period", value=last, where="last", zh="起止日期有误，最多 400 天。", en="The dates are wrong; at most 400 days.")
    found = reconciliation.reconciliation(platform_of(request), first, last)
    return {"orders": found.orders, "income_fen": found.income_fen, "withheld_fen": found.withheld_fen, "sha256": found.sha256, "csv": found.text}


@router.get("/settlement", **s.operation("尚未结算的文件和应转金额", "What is due", s.DueOut))
def due(request: HttpRequest) -> Any:
    """Files that no transfer has settled, and the amount to transfer for them."""
    return asdict(settlement.due(platform_of(request)))


@router.get("/settlements", **s.operation("已入账的转账", "Transfers that were booked", list[s.SettlementOut]))
def settlements(request: HttpRequest) -> Any:
    """The newest first."""
    return [dict(zip(("id", "reference", "received_on", "amount_fen"), line, strict=True)) for line in run_as(acting(request), lambda: rows(
        "SELECT id, reference, received_on, amount_fen FROM orders_settlement WHERE platform_id = %s ORDER BY id DESC LIMIT %s",
        [platform_of(request), PAGE]))]


@router.post("/workers/{reference}/link", **s.operation("签约时说明一个编号是谁；两项都相符才关联", "Say whom a reference means", s.LinkOut))
def link(request: HttpRequest, reference: s.Reference, data: s.LinkIn) -> Any:
    """Both number and name must be those on record. What was withheld before moves to the worker."""
    moved = linking.link(platform_of(request), reference, data.identity_number, data.name, proof=data.proof)
    return {"worker": reference, "moved_fen": moved}


@router.get("/workers/unknown", **s.operation("尚未关联的劳动者编号", "Workers nobody has linked", list[s.WaitingOut]))
def unknown(request: HttpRequest) -> Any:
    """Their money waits in the platform's name."""
    return [asdict(each) for each in reconciliation.unknown_workers(platform_of(request))]


@router.get("/workers/exempt", **s.operation("有单位参保证明、未代扣的劳动者编号", "Workers exempt", list[s.WaitingOut]))
def exempt(request: HttpRequest) -> Any:
    """Workers with proof of employee insurance, and the income on which nothing was withheld."""
    return [asdict(each) for each in reconciliation.exempt_workers(platform_of(request))]


@router.post("/workers/{reference}/refund", **s.operation("申请退付：已转来、因本人没有参保不能转入缴费的钱", "Ask that money of a worker who is not insured go back"))
def go_back(request: HttpRequest, reference: s.Reference, data: s.GoBackIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """The agency answers and a second person approves; the bank then pays it to the worker, whose money it is."""
    return giving_back.ask(platform_of(request), idempotency_key, reference, data.amount_fen, reason=data.reason)


@router.get("/refunds", **s.operation("申请过的退付，新的在前", "What this platform asked to go back", list[s.GoneBackOut]))
def gone_back(request: HttpRequest) -> Any:
    """The newest first, at most 200."""
    return [asdict(each) for each in giving_back.asked(platform_of(request))]


@router.get("/webhooks", **s.operation("已登记的回调地址", "Webhook addresses", list[s.WebhookOut]))
def hooks(request: HttpRequest) -> Any:
    """Those in use, without their secrets."""
    return reading.webhooks(acting(request))


@router.post("/webhooks", **s.operation("登记回调地址；签名密钥只显示一次", "Register a webhook address", s.SecretOut))
def subscribe(request: HttpRequest, data: s.WebhookIn) -> Any:
    """The secret that signs is shown once; a platform has at most five addresses."""
    return {"url": data.url, "secret": webhooks.subscribe(platform_of(request), data.url)}


@router.delete("/webhooks/{number}", **s.operation("停用回调地址", "Remove a webhook address", dict))
def unsubscribe(request: HttpRequest, number: s.Number) -> Any:
    """Nothing more is sent there, its secret is erased; the address may be registered again and gets a new one."""
    webhooks.remove(platform_of(request), number)
    return {"webhook": number, "removed": True}


@router.get("/events", **s.operation("事件和送达情况，新的在前", "Events and their delivery", list[s.EventOut]))
def events(request: HttpRequest, before: int = Query(2**62, ge=1, le=2**62)) -> Any:
    """200 at a time, the newest first."""
    return [dict(zip(("id", "type", "at", "delivered", "waiting", "last_status"), line, strict=True)) for line in run_as(acting(request), lambda: rows(
        "SELECT e.id, e.type, e.at, count(d.delivered_at), count(d.next_at), max(d.last_status) FROM orders_event e"
        " LEFT JOIN orders_delivery d ON d.event_id = e.id WHERE e.platform_id = %s AND e.id < %s GROUP BY e.id ORDER BY e.id DESC LIMIT %s",
        [platform_of(request), before, PAGE]))]


@router.post("/events/{number}/replay", **s.operation("重发一个事件", "Have an event told again", dict))
def replay(request: HttpRequest, number: s.Number) -> Any:
    """To every address that is active now."""
    webhooks.replay(platform_of(request), number, timezone.now())
    return {"event": number, "queued": True}


def _sandbox_only(number: int) -> None:
    if not platforms.platform(number).sandbox:
        raise Forbidden("orders.sandbox", value=number, zh="此操作只用于沙箱密钥。", en="This is for sandbox keys only.")


@router.post("/sandbox/file", **s.operation("沙箱：生成试验文件和相符的申报", "Sandbox: make a trial file", s.TrialOut))
def trial(request: HttpRequest, data: s.TrialIn) -> Any:
    """The same seed gives the same file, with the faults asked for."""
    _sandbox_only(platform_of(request))
    faults = sandbox.Faults(data.repeated, data.unknown_workers, data.bad_income, data.refunds)
    table = sandbox.order_table(data.orders, data.workers, data.day, seed=data.seed, first=data.first, faults=faults)
    said, content = sandbox.order_file(table, "trial", "csv")
    return {"format": said.format, "rows": said.rows, "income_fen": said.income_fen,
            "sha256": hashlib.sha256(content).hexdigest(), "content": content.decode()}


@router.post("/sandbox/settlement", **s.operation("沙箱：用不存在的钱试结算", "Sandbox: settle with money that does not exist", s.DueOut))
def trial_settlement(request: HttpRequest, data: s.TrialMoneyIn) -> Any:
    """Books the transfer as the bank's notice would; an amount that is not due is refused, as it would be."""
    _sandbox_only(platform_of(request))
    done = settlement.settle(platform_of(request), data.reference, data.amount_fen, china_day(timezone.now()))
    return {"files": list(done.files), "amount_fen": done.amount_fen}
