"""Enrol, and change what is paid: the place, the scheme, the tier and the rhythm, with the planner's figures beside the choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lingbao.law.errors import LingbaoError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.contribution import posting_month
from lingbao.registry.collection.bills import bill_fee, bill_period
from lingbao.registry.enrolment.choice import Choice as Paid
from lingbao.registry.enrolment.choice import MonthDue, month_due
from lingbao.registry.enrolment.membership import Membership, choice_on, choose, join, memberships
from lingbao.registry.enrolment.temporary import joins_temporarily
from lingbao.registry.enrolment.terms import Terms, areas, resident_fees, terms_of
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account import career, words
from lingbao.web.account.access import this_month
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field
from lingbao.web.questions import province_choices

ELSEWHERE = "elsewhere"
SAME = 0.01  # yuan: the planner's cost of a tier and the bill's are the same figure
STANDINGS = (
    Choice("flexible", "职工养老保险（自己缴）", "Employee scheme, paid by yourself",
           "按月算，缴得多，领得也多；缴满最低年限按月领养老金", "Counted by month: it costs more and pays more; the minimum years give a monthly pension"),
    Choice("resident", "城乡居民养老保险", "Resident scheme",
           "按年缴，缴得少，政府有补贴，领得也少；一般在户籍地参加", "Paid by the year, with a public subsidy; it costs little and pays little; mostly joined at your household registration"),
)


def _member(asked: Asked) -> Membership | None:
    """The membership that has not ended, read once for a page."""
    if not hasattr(asked.request, "member"):
        with acting_as(asked.worker.actor):
            found = memberships(asked.worker.number)
        asked.request.member = next((each for each in found if each.until is None), None)  # type: ignore[attr-defined]
        asked.request.left = max((each.until for each in found if each.until is not None), default=0)  # type: ignore[attr-defined]
    return asked.request.member  # type: ignore[attr-defined, no-any-return]


def _since(asked: Asked) -> int:
    """First month of a new membership: this one, or January for the resident scheme, but none that belongs to one that was left."""
    _member(asked)
    now = this_month()
    return max(now - now % MONTHS_PER_YEAR if _resident(asked) else now, asked.request.left)  # type: ignore[attr-defined]


def _area(asked: Asked) -> str | None:
    """City with figures of its own: as answered, else of the membership."""
    member = _member(asked)
    if "place" not in asked.values:
        return member.area if member else None
    city = asked.values.get("area", ELSEWHERE)
    return None if city == ELSEWHERE else str(city)


def _place(asked: Asked) -> str:
    member = _member(asked)
    return str(asked.values.get("place") or (member.province if member else asked.worker.person.residence_province))


def _resident(asked: Asked) -> bool:
    member = _member(asked)
    return bool(asked.values.get("standing", member.standing if member else "") == "resident")


def _plan(asked: Asked) -> dict[str, Any]:
    """Return the planner's comparison for the recorded career, read once for a page; without the law of the place, nothing."""
    kept = vars(asked.request).setdefault("plans", {})
    wanted = (_place(asked), asked.values.get("income"))
    if wanted not in kept:
        try:
            with acting_as(asked.worker.actor):
                who = career.person_of(engine.law(), asked.worker, province=wanted[0], income=wanted[1])
            comparison = engine.compare(who)
            kept[wanted] = {**comparison.to_dict(), "suggested": engine.suggested(comparison)}
        except LingbaoError:
            kept[wanted] = {}
    return dict(kept[wanted])


def _outlook(plan: dict[str, Any], scheme: str, yuan: float) -> tuple[str, str]:
    """Return what the planner's tier of this cost brings by the middle projection, in a line; nothing where it compares none."""
    paid = "year" if scheme == "resident" else "month"
    option = next((each for each in plan.get("options", ()) if each["kind"] == "tier" and each["scheme"] == scheme and each["feasible"]
                   and abs(each["first_payment"][paid] - yuan) < SAME), None)
    if option is None:
        return "", ""
    base = option["outlook"]["base"]
    if not base.get("pension_today"):
        return "", ""
    zh = f"；{figures.age(base['claim_age_months'], 'zh')}起每月约领 {figures.yuan(base['pension_today'], 'zh')}（现在的钱）"
    en = f"; about {figures.yuan(base['pension_today'], 'en')} a month from {figures.age(base['claim_age_months'], 'en')}, in today's money"
    if base.get("payback_age_months"):
        zh += f"，活过{figures.age(base['payback_age_months'], 'zh')}回本"
        en += f", back by {figures.age(base['payback_age_months'], 'en')}"
    if option["id"] == plan.get("suggested"):
        zh, en = f"{zh}。测算建议这一档", f"{en}. Suggested by the planner"
    return zh, en


def _tiers(asked: Asked) -> tuple[Choice, ...]:
    plan, place = _plan(asked), _place(asked)
    if _resident(asked):
        return tuple(_offered(f"fee:{fee:g}", f"每年 {fee:,.0f} 元", f"¥{fee:,.0f} a year", "政府另给补贴", "with a public subsidy on top",
                              _outlook(plan, "resident", fee)) for fee in resident_fees(engine.law(), place))
    terms = _terms(asked)
    offered = [("floor:0", "最低档（以后每年跟着最低基数走）", "Lowest base, following it each year", Paid("floor"))]
    if terms.choice == "yuan":
        offered += [(f"base:{base:g}", f"基数 {base:,.0f} 元", f"Base ¥{base:,.0f}", Paid("base", base))
                    for base in terms.bases if terms.floor < base <= terms.cap]
    else:
        offered += [(f"tier:{tier:g}", f"{tier:.0%} 档", f"Tier {tier:.0%}", Paid("tier", tier))
                    for tier in terms.tiers if terms.floor < terms.wage * tier <= terms.cap]
    made = []
    for value, zh, en, paid in offered:
        due = month_due(paid, terms)
        made.append(_offered(value, zh, en, f"每月 {due.amount_fen / 100:,.2f} 元，其中 {due.account_fen / 100:,.2f} 元进您的个人账户",
                             f"¥{due.amount_fen / 100:,.2f} a month, of which ¥{due.account_fen / 100:,.2f} into your own account",
                             _outlook(plan, "employee", due.amount_fen / 100)))
    if terms.choice == "free":
        made.append(Choice("own:0", "自己定缴费基数", "A base of my own", f"在 {terms.floor:,.2f} 元到 {terms.cap:,.2f} 元之间",
                           f"Between ¥{terms.floor:,.2f} and ¥{terms.cap:,.2f}"))
    return tuple(made)


def _terms(asked: Asked) -> Terms:
    """The law of the place in the month in which one looks."""
    return terms_of(engine.law(), _place(asked), _area(asked), this_month())


def _offered(value: str, zh: str, en: str, hint_zh: str, hint_en: str, more: tuple[str, str]) -> Choice:
    return Choice(value, zh, en, hint_zh + more[0], hint_en + more[1])


def _advice(asked: Asked) -> Sequence[tuple[str, str]]:
    plan = _plan(asked)
    if not plan:
        return (("当地有些数字还没有收录，这里暂时算不出能领多少；缴多少不受影响。",
                 "Some figures of the place are not on record, so what it brings cannot be worked out here; what it costs is not affected."),)
    said = [(figures.months_said(f"{each['zh']}{each['conditions_zh']}"), figures.months_said(f"{each['en']} {each['conditions_en']}", "en"))
            for each in plan["advice"][:1]]
    if said and _area(asked) is not None:
        said.append(("这是按全省的数字测算的，与您所在的市略有出入；每月缴多少，以下面各档为准。",
                     "This is worked out on the province's figures, which differ a little from your city's; what you pay is what stands below."))
    return said


def _rhythms(asked: Asked) -> tuple[Choice, ...]:
    terms = _terms(asked)
    due = month_due(_paid(asked, 1), terms)
    return tuple(Choice(str(months), *words.RHYTHMS[months], f"每次 {due.amount_fen * months / 100:,.2f} 元",
                        f"¥{due.amount_fen * months / 100:,.2f} each time") for months in terms.rhythms)


def _paid(asked: Asked, rhythm: int | None = None) -> Paid:
    kind, _, value = str(asked.values.get("tier", "floor:0")).partition(":")
    if kind == "own":
        kind, value = "base", asked.values["base"]
    return Paid(kind, float(value), 12 if kind == "fee" else rhythm or _rhythm(asked))


def _rhythm(asked: Asked) -> int:
    """What was answered, or the only one of the place, where nothing is asked."""
    offered = _terms(asked).rhythms
    return offered[0] if len(offered) == 1 else int(asked.values.get("rhythm") or 1)


def _due(asked: Asked) -> MonthDue:
    return month_due(_paid(asked), _terms(asked))


def _areas(asked: Asked) -> tuple[Choice, ...]:
    return (*(Choice(city, name, city) for city, name in areas(engine.law(), _place(asked)).items()),
            Choice(ELSEWHERE, "其他市县，按全省的", "Elsewhere: the province's figures"))


def _own_base(asked: Asked) -> tuple[Field, ...]:
    terms = _terms(asked)
    low, high = f"{terms.floor:,.2f}", f"{terms.cap:,.2f}"
    return (Field("base", "money", "缴费基数", "Contribution base", f"{low} 元至 {high} 元。", f"From ¥{low} to ¥{high}.", low=terms.floor, high=terms.cap, unit_zh="元/月", unit_en="yuan a month"),)


PLACE = Field("place", "select", "在哪个省缴费", "Province in which you pay", choices=province_choices)
STANDING = Field("standing", "choice", "参加哪一种", "Which scheme", choices=lambda: STANDINGS)
INCOME = Field("income", "money", "平均月收入", "Average monthly income", high=10_000_000, unit_zh="元", unit_en="yuan", optional=True)
TIER = Question(
    "tier", "您想缴哪一档？", "Which tier do you want to pay?",
    lambda asked: (Field("tier", "choice", "缴费档次", "Tier", choices=lambda: _tiers(asked)),),
    "以后可以随时改：职工养老保险从下一期起算，居民养老保险从下一年起算。", "You may change it at any time: in the employee scheme from the next period on, in the resident scheme from the next year on.", beside=_advice)
OWN = Question(
    "base", "您想按多少缴费基数缴？", "On which base do you want to pay?", _own_base,
    "在当地上下限之间任意选；以后低于下限或高于上限时，按当年的上下限。", "Any within the local bounds; should it fall outside them later, the bound of the year counts.",
    applies=lambda asked: str(asked.values.get("tier", "")).startswith("own"))
AREA = Question(
    "area", "您在哪个市缴费？", "In which city do you pay?", lambda asked: (Field("area", "select", "城市", "City", choices=lambda: _areas(asked)),),
    "这些市的缴费基数与全省不同。", "These cities have bases of their own.",
    applies=lambda asked: not _resident(asked) and bool(areas(engine.law(), _place(asked))))
RHYTHM = Question(
    "rhythm", "多久缴一次？", "How often do you want to pay?",
    lambda asked: (Field("rhythm", "choice", "多久缴一次", "How often", choices=lambda: _rhythms(asked)),),
    applies=lambda asked: not _resident(asked) and len(_terms(asked).rhythms) > 1)


def _enrol_open(asked: Asked) -> str | None:
    return "/account/change/" if _member(asked) is not None else None


def _enrol_told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    since = _since(asked)
    rows, notes = _cost(asked)
    zh = asked.lang == "zh"
    start = Row("从哪个月开始" if zh else "First month", str(since // MONTHS_PER_YEAR) if _resident(asked) else figures.month(since, asked.lang))
    if not _resident(asked) and _temporary(asked, since):
        notes += [("您已到临时账户的年龄，这里又不是您的户籍地：在这里缴的钱记入临时账户，以前的关系留在原参保地；到领养老金时由待遇领取地一并归集，一个月不少。（国办发〔2009〕66号 第五条）",
                   "You are past the age for it and away from your household registration: what you pay here goes to a temporary account and your relation stays where it is. At the claim it is all collected, and no month is lost.")]
    notes += [("提交后会开出第一张缴费单，您可以马上付，也可以到期前再付。", "A first bill is made when you send this; pay it at once or any time before it is due.")]
    return [start, *rows], notes


def _temporary(asked: Asked, since: int) -> bool:
    with acting_as(asked.worker.actor):
        return joins_temporarily(engine.law(), asked.worker.number, _place(asked), since)


def _cost(asked: Asked) -> tuple[list[Row], list[tuple[str, str]]]:
    zh = asked.lang == "zh"
    if _resident(asked):
        return [Row("每年缴" if zh else "A year", figures.yuan(_paid(asked).value, asked.lang, 2))], []
    due = _due(asked)
    rows = [Row("每月缴" if zh else "A month", figures.yuan(due.amount_fen / 100, asked.lang, 2)),
            Row("其中进您的个人账户" if zh else "Of which into your own account", figures.yuan(due.account_fen / 100, asked.lang, 2)),
            Row("缴费基数" if zh else "Contribution base", figures.yuan(due.base_fen / 100, asked.lang, 2))]
    if not RHYTHM.applies(asked):
        rows.append(Row("多久缴一次" if zh else "How often", words.RHYTHMS[_rhythm(asked)][0 if zh else 1]))
    notes = []
    if _terms(asked).provisional:
        notes.append(("当地今年的缴费基数还没公布，暂按上一年的算；公布后以新基数为准。",
                      "This year's base of the place is not published; last year's stands in until it is."))
    return rows, notes


def _enrol_send(asked: Asked) -> str:
    me, law, now = asked.worker, engine.law(), this_month()
    paid, place, area, standing, since = _paid(asked), _place(asked), _area(asked), asked.values["standing"], _since(asked)

    def work() -> dict[str, int]:
        number = join(me.actor, law, me.number, standing=standing, province=place, area=area, since=since, choice=paid)
        bill = (bill_fee(me.actor, law, number, max(now, since) // MONTHS_PER_YEAR) if standing == "resident"
                else bill_period(me.actor, law, number, max(now, since)))
        return {"membership": number, "bill": bill}

    content = {"standing": standing, "province": place, "area": area, "kind": paid.kind, "value": paid.value, "rhythm": paid.rhythm, "since": since}
    done = execute(me.actor, Command("account.enrol", asked.key, content), work)
    return f"/account/enrolled/{done['membership']}/"


ENROL = Matter(
    "enrol", "参保", "Enrol",
    (
        Question("place", "您想在哪里缴养老保险？", "Where do you want to pay?", lambda asked: (PLACE,),
                 "一般选您现在工作的地方，外地户口也可以。", "Usually where you work now; a household registration elsewhere does not matter."),
        Question("scheme", "您想参加哪一种养老保险？", "Which scheme do you want to join?", lambda asked: (STANDING,),
                 "同一时间只能参加一种，以后可以转换，钱不会丢。", "One at a time; you may change later and no money is lost."),
        Question("income", "您平均每月挣多少钱？", "What do you earn in an average month?", lambda asked: (INCOME,),
                 "只用来帮您比较档次，提交后就删掉；不想填就直接继续。", "It only helps to compare tiers and is deleted when you send this; leave it empty if you like."),
        AREA, TIER, OWN, RHYTHM,
    ),
    button=lambda asked: ("确认参保", "Enrol"), send=_enrol_send, told=_enrol_told, open=_enrol_open)


def _change_open(asked: Asked) -> str | None:
    member = _member(asked)
    if member is None:
        return "/account/enrol/"
    if member.standing == "employed":
        raise NotFound("account.employed", zh="您现在由单位缴费，基数由单位申报，不用自己选。",
                       en="An employer pays for you and declares the base; there is nothing to choose.")
    return None


def _changed_since(asked: Asked) -> int:
    """First month of the new choice: the payment period after the one that runs, or the next year of the resident scheme."""
    member = _member(asked)
    assert member is not None
    with acting_as(asked.worker.actor):
        running = choice_on(member.id, this_month())
    return int(posting_month(this_month(), running.rhythm if running else 1)) + 1


def _change_told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    rows, notes = _cost(asked)
    start = Row("从哪个月开始" if asked.lang == "zh" else "From", figures.month(_changed_since(asked), asked.lang))
    return [start, *rows], notes


def _change_send(asked: Asked) -> str:
    me, member, paid, since = asked.worker, _member(asked), _paid(asked), _changed_since(asked)
    assert member is not None

    def work() -> dict[str, int]:
        choose(me.actor, engine.law(), member.id, paid, since=since)
        return {"membership": member.id}

    execute(me.actor, Command("account.change", asked.key, {"kind": paid.kind, "value": paid.value, "rhythm": paid.rhythm, "since": since}), work)
    return f"/account/enrolled/{member.id}/?from={since}"


CHANGE = Matter("change", "改档次", "Change what you pay", (TIER, OWN, RHYTHM), button=lambda asked: ("确认更改", "Change it"),
                send=_change_send, told=_change_told, open=_change_open)
