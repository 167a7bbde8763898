"""Who am I: the login is joined to a person of the registry, whose number and name must fit."""

from __future__ import annotations

import hmac

from django.db import IntegrityError

from lingbao.registry.errors import Conflict, Forbidden
from lingbao.registry.keys import blind_index
from lingbao.registry.people.actors import appoint
from lingbao.registry.people.persons import Registration, read, register
from lingbao.registry.people.rights import consent
from lingbao.registry.session import SYSTEM, run_as
from lingbao.web.account.access import me_of, no_staff, signed_in_only
from lingbao.web.account.fields import Identity, Tick, Words
from lingbao.web.account.logins import phone_of
from lingbao.web.account.matter import Asked, Matter, Question
from lingbao.web.fields import Choice, Field
from lingbao.web.questions import province_choices

CONSENT_VERSION = "2026-11"
CONSENTS = ("registry", "identity_check")
KINDS = (Choice("rural", "农业户口（农村）", "Rural register"), Choice("urban", "非农业户口（城镇）", "Urban register"))

NAME = Words("name", "text", "姓名", "Name", longest=100)
NUMBER = Identity("number", "identity", "公民身份号码", "Identity number", "18 位，末位可能是 X。", "18 characters; the last may be X.")
HUKOU = Field("hukou", "select", "户籍所在省份", "Province of household registration", choices=province_choices)
HUKOU_KIND = Field("hukou_kind", "choice", "户口类别", "Kind of register", choices=lambda: KINDS)
PLACE = Field("residence", "select", "工作或居住的省份", "Province of work or residence", choices=province_choices)
AGREED = Tick("agreed", "tick", "我同意为办理养老保险处理上述信息", "I agree that these data are processed for my pension insurance",
              "身份号码、姓名、手机号加密保存；谁看过、为什么看，您随时能查；随时可以撤回同意、更正、导出。",
              "Number, name and telephone are kept encrypted; you can see who read them and why, withdraw, correct and export them.")


def _open(asked: Asked) -> str | None:
    return "/account/" if me_of(asked.request) is not None else None


def _send(asked: Asked) -> str:
    request, values = asked.request, asked.values
    phone = phone_of(request.user)  # type: ignore[arg-type]
    who = Registration(values["number"], values["name"], values["hukou_kind"], values["hukou"], values["residence"], phone=phone)

    def work() -> int:
        found = register(SYSTEM, who)
        if found.found:
            _same_person(found.person, who.name, phone)
        try:
            actor = appoint("worker", "本人", login=request.user.get_username(), person=found.person)
        except IntegrityError as error:
            raise _taken() from error
        for purpose in CONSENTS:
            consent(SYSTEM, found.person, purpose, version=CONSENT_VERSION)
        return actor

    run_as(SYSTEM, work)
    return "/account/"


def _same_person(person: int, name: str, phone: str) -> None:
    """Refuse unless name and telephone on record are the ones given; the answer does not say which of them differs."""
    record = read([person], ["name", "phone"], purpose="本人开户核对")[person]
    alike = all(hmac.compare_digest(blind_index(one or "", "compare"), blind_index(other, "compare"))
                for one, other in ((record["name"], name), (record["phone"], phone)))
    if not alike:
        raise Forbidden("account.identity", zh="填写的身份信息与已有记录不一致，不能在网上开通。请带身份证到任一经办窗口办理。",
                        en="What you gave does not agree with what is on record, so it cannot be opened here. Take your identity card to any counter.")


def _taken() -> Conflict:
    return Conflict("account.person_taken", zh="这位参保人已经开通了网上账户。如果不是您开的，请到经办窗口或拨打 12333。",
                    en="This person has an online account already. If it was not you, go to a counter or call 12333.")


MATTER = Matter(
    "identity", "填身份信息", "Who you are",
    (
        Question("name", "您叫什么名字？", "What is your name?", lambda asked: (NAME,), "按身份证填写。", "As on your identity card."),
        Question("number", "您的公民身份号码？", "What is your identity number?", lambda asked: (NUMBER,),
                 "用来找到您在各地交过的养老保险，不会重复建档。", "It finds what you have paid in any place; no second file is opened."),
        Question("hukou", "您的户籍在哪里？", "Where is your household registered?", lambda asked: (HUKOU, HUKOU_KIND),
                 "领取地和补贴与户籍有关。", "It bears on where you claim and on subsidies."),
        Question("residence", "您在哪个省份工作或居住？", "In which province do you work or live?", lambda asked: (PLACE,)),
        Question("consent", "您的信息怎么用", "How your data are used", lambda asked: (AGREED,),
                 "只用于办理您的养老保险：参保、缴费、转移、领取、答复投诉。不卖，不用于推销。",
                 "Only for your pension insurance: enrolment, payment, transfer, claim, complaints. Not sold, not used for advertising."),
    ),
    button=lambda asked: ("确认，是我本人", "Yes, that is me"), send=_send, open=_open, guard=lambda view: signed_in_only(no_staff(view)))
