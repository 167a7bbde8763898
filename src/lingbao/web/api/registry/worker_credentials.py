"""A lost password and another telephone number by an app: the codes, questions, limits and words of the site's own pages."""

from __future__ import annotations

from typing import Annotated, Any

from allauth.account.internal.flows import password_change
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    reauthenticate_by_password,
)
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden
from lingbao.registry.people.identity import read_identity_number
from lingbao.web.account import lockout
from lingbao.web.account.access import me_of, today
from lingbao.web.account.logins import login_with
from lingbao.web.account.views import reset, steps, telephone
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.worker_sign_in import (
    NO_STEP,
    CodeIn,
    PasswordIn,
    PhoneIn,
    Secret,
    SessionOut,
    Token,
    check_password,
    in_app,
    number_in,
    session_of,
)
from lingbao.web.api.schemas import Strict
from lingbao.web.credentials import text_codes

router = Router(tags=["registry: worker's sign-in"])
OVER = Forbidden("account.session_over", zh="没有登录，或登录已过期。", en="Nobody is signed in, or the session is over.")
WRONG = InputError("account.wrong_password", where="password", zh="密码不对，请检查后再试。", en="The password is wrong; check it and try again.")


class IdentityNumberIn(Strict):
    """The identity number of the person behind the account."""

    number: Annotated[str, Field(min_length=15, max_length=20)]


class NewPhoneIn(PhoneIn):
    """The new number, and the password once more."""

    password: Secret


class NewPasswordIn(Strict):
    """The password as it is, and the one to come: at least ten characters, not digits alone."""

    password: Secret
    new_password: Secret


class ResetOut(Schema):
    """The password is set and every session has ended: sign in anew."""

    signed_in: bool


class MovedOut(Schema):
    """The number as it is now, all but the ends hidden."""

    phone: str


@router.post("/password-reset", **s.operation("忘记密码第一步：向手机号发验证码", "A lost password: a code to the telephone", SessionOut))
def ask_reset(request: HttpRequest, data: PhoneIn) -> Any:
    """The answer does not tell who has an account; messages are limited by telephone and address."""
    with in_app(request):
        steps.send_code(request, reset.PURPOSE, number_in(data))
        return session_of(request, "code")


@router.post("/password-reset/code", **s.operation("忘记密码第二步：短信里的数字", "A lost password: the digits of the message", SessionOut))
def reset_code(request: HttpRequest, data: CodeIn, token: str = Token) -> Any:
    """With the token of the first step. Next is `identity`, or `password` while no person stands behind the account."""
    with in_app(request):
        reset.forget_identity(request)
        user = login_with(text_codes.confirm(steps.number_sent(request, reset.PURPOSE), data.code))
        if user is None:
            raise reset.NOBODY
        return session_of(request, "identity" if reset.asks_identity(request, user) else "password")


@router.post("/password-reset/identity", **s.operation("忘记密码第三步：核对公民身份号码", "A lost password: the identity number", SessionOut))
def reset_identity(request: HttpRequest, data: IdentityNumberIn, token: str = Token) -> Any:
    """A telephone number can pass to another holder. Wrong ones close the account for a while, as wrong passwords do."""
    with in_app(request):
        user = reset.holder(request)
        if user is None:
            raise NO_STEP
        reset.show_identity(request, user, read_identity_number(data.number, today=today()))
        return session_of(request, "password")


@router.post("/password-reset/password", **s.operation("忘记密码第四步：设新密码，所有登录随即失效", "A lost password: the new one", ResetOut))
def reset_password(request: HttpRequest, data: PasswordIn, token: str = Token) -> Any:
    """Every session under the old password ends, this one too; the person is told."""
    with in_app(request):
        user = reset.holder(request)
        if user is None or not reset.identity_shown(request, user):
            raise NO_STEP
        check_password(data.password)
        reset.choose(request, user, data.password)
    return {"signed_in": False}


@router.post("/telephone", **s.operation("更换手机号第一步：再输一次密码，向新号码发验证码", "Another number: the password once more, and a code to it", SessionOut))
def ask_telephone(request: HttpRequest, data: NewPhoneIn, token: str = Token) -> Any:
    """Wrong passwords count as they do at the sign-in."""
    with in_app(request):
        _signed_in(request)
        phone, login = number_in(data), request.user.get_username()
        lockout.attempt(login)
        if not request.user.check_password(data.password):
            raise WRONG
        lockout.forget(login)
        reauthenticate_by_password(request)
        steps.send_code(request, telephone.PURPOSE, phone)
        return {**session_of(request, None), "next": "code"}


@router.post("/telephone/code", **s.operation("更换手机号第二步：新号码收到的数字，旧号码会收到通知", "Another number: the digits sent to it", MovedOut))
def telephone_code(request: HttpRequest, data: CodeIn, token: str = Token) -> Any:
    """The account moves, and word of it goes to the old number."""
    with in_app(request):
        _signed_in(request)
        if not did_recently_reauthenticate(request):
            raise NO_STEP
        phone = text_codes.confirm(steps.number_sent(request, telephone.PURPOSE), data.code)
        telephone.move(request, phone)
        return {"phone": f"{phone[:3]}****{phone[-4:]}"}


@router.put("/password", **s.operation("修改密码：现在的和新的；其他登录随即失效", "Another password: the one now and the one to come", SessionOut))
def change_password(request: HttpRequest, data: NewPasswordIn, token: str = Token) -> Any:
    """Wrong ones count as they do at the sign-in. Every other session ends; this one goes on under the token of the answer."""
    with in_app(request):
        _signed_in(request)
        user, login = request.user, request.user.get_username()
        lockout.attempt(login)
        if not user.check_password(data.password):
            raise WRONG
        lockout.forget(login)
        check_password(data.new_password)
        password_change.change_password(user, data.new_password)
        password_change.finalize_password_change(request, user)
        return session_of(request, None)


def _signed_in(request: HttpRequest) -> None:
    """Refuse who is not signed in, and staff, who have a desk of their own."""
    if not request.user.is_authenticated:
        raise OVER
    me_of(request)
