"""Six digits by text message: few, short-lived, good for one purpose and one use, and closed after wrong tries."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from lingbao.law.errors import InputError
from lingbao.registry.keys import blind_index, seal, unseal
from lingbao.registry.notices.gateway import GatewayError
from lingbao.web.credentials.gateways import in_use
from lingbao.web.credentials.models import TextCode

PURPOSES = {"sign-up": ("开户", "opening an account"), "reset": ("重设密码", "a new password"), "phone": ("更换手机号", "a new number")}
VALID = timedelta(minutes=10)
TO_FINISH = timedelta(minutes=20)  # after the right code, for the pages that follow
PAUSE = timedelta(seconds=60)
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
PHONE_A_DAY, ADDRESS_AN_HOUR = 10, 100  # many telephones share an address of a mobile network
WRONG_EACH, WRONG_A_DAY = 5, 15
"""Ten messages and fifteen tries a day: who guesses at random is right once in 67,000 days."""

WRONG = InputError("text.code", where="code", zh="验证码不对，请看最近一条短信。", en="The code is wrong; look at the latest message.")
OVER = InputError("text.over", where="code", zh="验证码已过期、已用过或错得太多，请重新获取。", en="The code has expired, was used, or was wrong too often; ask for a new one.")
LOCKED = InputError("text.locked", zh="今天验证码错误次数太多，为保护您的账户，请 24 小时后再试，或到经办窗口办理。",
                    en="There were too many wrong codes today. To protect the account, try again in 24 hours or go to a counter.")


def send(purpose: str, phone: str, address: str, lang: str) -> int:
    """Send a new code and return its number, which the session keeps; the code itself is in the message alone.

    Raises
    ------
    InputError
        If too many were asked for, too many were wrong, or no message could be sent.
    """
    gateway, now = in_use(), timezone.now()
    code = f"{secrets.randbelow(10**6):06d}"
    about = f"text-code:{secrets.token_hex(12)}"
    phone_index = blind_index(phone, "text code")
    with transaction.atomic():
        with connection.cursor() as cursor:  # two requests for one number wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [phone_index.hex()])
        TextCode.objects.filter(sent_at__lt=now - 2 * A_DAY).delete()
        _check(phone_index, blind_index(address, "text address"), now)
        kept = TextCode.objects.create(
            purpose=purpose, about=about, phone_index=phone_index, phone_sealed=seal(phone, about), address_index=blind_index(address, "text address"),
            code_hash=_hashed(about, code), sent_at=now, expires_at=now + VALID)
    minutes = int(VALID.total_seconds()) // 60
    zh, en = PURPOSES[purpose]
    text = (f"【灵保】{zh}验证码 {code}，{minutes} 分钟内有效。不要告诉任何人，工作人员也不会问您。" if lang == "zh"
            else f"[Lingbao] Code for {en}: {code}, valid for {minutes} minutes. Tell it to nobody; staff never ask for it.")
    try:
        gateway.send(about, phone, text)
    except GatewayError as error:
        raise InputError("text.not_sent", where="phone", zh="短信没有发出，请一分钟后再试。", en="The message was not sent; try again in a minute.") from error
    return int(kept.pk)


def confirm(number: int, code: str) -> str:
    """Return the telephone whose code it is, once the code is right.

    Raises
    ------
    InputError
        If it is wrong (which counts), over, or the telephone is closed for the day.
    """
    with transaction.atomic():
        kept = TextCode.objects.select_for_update().filter(pk=number).first()
        if kept is None:
            raise OVER
        with connection.cursor() as cursor:  # tries at several codes of one number are counted one after another
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [bytes(kept.phone_index).hex()])
        now = timezone.now()
        if _wrong_today(bytes(kept.phone_index), now) >= WRONG_A_DAY:
            raise LOCKED
        if kept.used_at or kept.confirmed_at or kept.expires_at <= now or kept.wrong >= WRONG_EACH or _newer(kept):
            raise OVER
        right = hmac.compare_digest(bytes(kept.code_hash), _hashed(kept.about, _digits(code)))
        if right:
            kept.confirmed_at = now
        else:
            kept.wrong += 1
        kept.save(update_fields=["confirmed_at", "wrong"])
    if not right:  # after the count is on record
        raise WRONG
    return unseal(bytes(kept.phone_sealed), kept.about)


def confirmed(number: int, purpose: str) -> str | None:
    """Return the telephone that was confirmed a short while ago for a purpose not yet fulfilled, or None."""
    kept = TextCode.objects.filter(pk=number, purpose=purpose, used_at=None, confirmed_at__gt=timezone.now() - TO_FINISH).first()
    return None if kept is None else unseal(bytes(kept.phone_sealed), kept.about)


def phone_of(number: int, purpose: str) -> str | None:
    """Return the telephone a code was sent to, or None if there is no such code."""
    kept = TextCode.objects.filter(pk=number, purpose=purpose).first()
    return None if kept is None else unseal(bytes(kept.phone_sealed), kept.about)


def use(number: int) -> None:
    """Use up a confirmed code, in the transaction that does what it was sent for.

    Raises
    ------
    InputError
        If it was used before.
    """
    if not TextCode.objects.filter(pk=number, used_at=None, confirmed_at__isnull=False).update(used_at=timezone.now()):
        raise OVER


def _check(phone_index: bytes, address_index: bytes, now: datetime) -> None:
    sent = list(TextCode.objects.filter(phone_index=phone_index, sent_at__gt=now - A_DAY).order_by("-sent_at").values_list("sent_at", flat=True)[:PHONE_A_DAY])
    if _wrong_today(phone_index, now) >= WRONG_A_DAY:
        raise LOCKED
    if sent and sent[0] + PAUSE > now:
        seconds = max(1, int((sent[0] + PAUSE - now).total_seconds()))
        raise InputError("text.pause", where="phone", zh=f"刚发过一条，请 {seconds} 秒后再获取。", en=f"One was sent just now; ask again in {seconds} seconds.")
    if len(sent) == PHONE_A_DAY:
        raise InputError("text.day", where="phone", zh=f"这个手机号 24 小时内已发 {PHONE_A_DAY} 条，请明天再试，或到经办窗口办理。",
                         en=f"{PHONE_A_DAY} messages went to this number within 24 hours; try tomorrow, or go to a counter.")
    if TextCode.objects.filter(address_index=address_index, sent_at__gt=now - AN_HOUR).count() >= ADDRESS_AN_HOUR:
        raise InputError("text.address", zh="这个网络一小时内获取的验证码太多，请稍后再试。", en="Too many codes were asked for from this network within an hour; try later.")


def _wrong_today(phone_index: bytes, now: datetime) -> int:
    return int(TextCode.objects.filter(phone_index=phone_index, sent_at__gt=now - A_DAY).aggregate(all=Sum("wrong"))["all"] or 0)


def _newer(kept: TextCode) -> bool:
    """Tell whether a later code was sent to the same telephone for the same purpose."""
    return TextCode.objects.filter(phone_index=kept.phone_index, purpose=kept.purpose, sent_at__gt=kept.sent_at).exists()


def _digits(code: str) -> str:
    return "".join(each for each in code[:20].translate(str.maketrans("０１２３４５６７８９", "0123456789")) if each.isdigit())


def _hashed(about: str, code: str) -> bytes:
    return blind_index(f"{about}:{code}", "text code digits")
