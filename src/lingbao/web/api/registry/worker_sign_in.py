"""Sign-in and sign-up of an app: allauth's session of an app, under the limits and lock-outs of the site's own pages.

The app keeps the ``session_token`` it is given and sends it back as ``X-Session-Token``, from the first step on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.headless import app_settings
from allauth.headless.constants import Client
from allauth.headless.internal.authkit import authentication_context
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import Field

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden
from lingbao.web.account import lockout
from lingbao.web.account.access import me_of
from lingbao.web.account.forms import NO_PHONE
from lingbao.web.account.logins import TAKEN, login_of, login_with, open_login, phone_in
from lingbao.web.account.second_step import SignInCodeForm
from lingbao.web.account.views import everywhere, steps
from lingbao.web.account.views.signing import PURPOSE
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.identity import TooMany
from lingbao.web.api.registry.worker_access import LONGEST_TOKEN
from lingbao.web.api.schemas import Strict
from lingbao.web.credentials import text_codes

router = Router(tags=["registry: worker's sign-in"])
BACKEND = settings.AUTHENTICATION_BACKENDS[0]
WRONG = InputError("account.wrong", zh="手机号或密码不对，请检查后再试。还没有账户请先开户。",
                   en="The number or the password is wrong; check them and try again. Without an account, open one first.")
WRONG_CODE = InputError("account.code", where="code", zh="验证器的 6 位数字或备用码不对，或试得太多，请稍后再试。",
                        en="The code of the authenticator is wrong, or was tried too often; try again later.")
TOO_OFTEN = TooMany("request.rate", zh="这个网络登录太频繁，请一分钟后再试。", en="Too many sign-ins from this network; try again in a minute.")
NO_STEP = Forbidden("account.no_step_open", zh="没有等待中的这一步，请从头开始。", en="This step is not waiting; begin again.")
Phone = Annotated[str, Field(min_length=11, max_length=30, examples=["13800000000"])]
Secret = Annotated[str, Field(min_length=1, max_length=200)]
Token: Any = Header("", alias="X-Session-Token", max_length=LONGEST_TOKEN)


class PhoneIn(Strict):
    """A mobile number."""

    phone: Phone


class SignInIn(PhoneIn):
    """Number and password."""

    password: Secret


class CodeIn(Strict):
    """A code: of a text message, or of the authenticator."""

    code: Annotated[str, Field(min_length=1, max_length=20)]


class PasswordIn(Strict):
    """A password to choose: at least ten characters, not digits alone."""

    password: Secret


class KnownPasswordIn(Strict):
    """The password as it is."""

    password: Secret


class SessionOut(Schema):
    """The token to send from now on, and what is still to be done: ``code``, ``password``, ``identity`` or nothing."""

    session_token: str
    signed_in: bool
    next: str | None


@contextmanager
def in_app(request: HttpRequest) -> Iterator[None]:
    """Let the request stand in the session of the app's token, or a new one; what changes there is kept."""
    token = request.headers.get("X-Session-Token", "")
    if not (token.isascii() and token.isprintable()) or (token and not app_settings.TOKEN_STRATEGY.lookup_session(token)):
        raise Forbidden("account.session_over", zh="登录已过期，请重新登录。", en="The session is over; sign in again.")
    mark_request_as_headless(request, Client.APP)
    with authentication_context(request):
        yield


def session_of(request: HttpRequest, following: str | None) -> dict[str, Any]:
    """Return the token to send from now on, and what is to be done next."""
    if request.user.is_authenticated:
        following = "identity" if me_of(request) is None else None
    return {"session_token": app_settings.TOKEN_STRATEGY.create_session_token(request), "signed_in": request.user.is_authenticated, "next": following}


def number_in(data: PhoneIn) -> str:
    """Return the mobile number of a request; `NO_PHONE` if it is none."""
    phone = phone_in(data.phone)
    if phone is None:
        raise NO_PHONE
    return phone


def check_password(password: str) -> None:
    """Refuse a weak password."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise InputError("account.password", where="password", zh="密码至少 10 位，不要全是数字，也不要太常见。",
                         en="A password has at least 10 characters, not digits alone, and is not a common one.") from error


@router.post("/session", **s.operation("登录：手机号和密码；开了验证器的，下一步是 code", "Sign in", SessionOut))
def sign_in(request: HttpRequest, data: SignInIn) -> Any:
    """Five wrong passwords close the account for fifteen minutes, here and on the pages alike."""
    phone = number_in(data)
    if not ratelimit.consume(request, action="login"):
        raise TOO_OFTEN
    login = login_of(phone)
    with in_app(request):
        tried = lockout.attempt(login)
        if request.user.is_authenticated:
            logout(request)
        user = get_adapter().authenticate(request, username=login, password=data.password)
        if user is None:
            raise WRONG
        if is_mfa_enabled(user):
            lockout.passed(tried)  # wrong codes of the second step stand
        else:
            lockout.forget(login)
        perform_password_login(request, {"username": login}, Login(user=user))
        return session_of(request, "code")


@router.post("/session/code", **s.operation("登录第二步：验证器的数字", "Second step of the sign-in", SessionOut))
def second_step(request: HttpRequest, data: CodeIn, token: str = Token) -> Any:
    """With the token of the first step; the code of the authenticator or a recovery code."""
    with in_app(request):
        stage = LoginStageController.enter(request, AuthenticateStage.key)
        if stage is None:
            raise NO_STEP
        form = SignInCodeForm(data={"code": data.code}, user=stage.login.user)
        if not form.is_valid():
            raise WRONG_CODE
        form.save()
        stage.exit()
        return session_of(request, None)


@router.get("/session", **s.operation("当前登录", "Who is signed in", SessionOut))
def session(request: HttpRequest, token: str = Token) -> Any:
    """Refused when nobody is."""
    with in_app(request):
        if not request.user.is_authenticated:
            raise Forbidden("account.session_over", zh="没有登录，或登录已过期。", en="Nobody is signed in, or the session is over.")
        return session_of(request, None)


@router.delete("/session", **s.operation("退出登录", "Sign out"))
def sign_out(request: HttpRequest, token: str = Token) -> Any:
    """The token is worth nothing afterwards."""
    if authenticate_by_x_session_token(token) is not None:
        with in_app(request):
            logout(request)
    return {"signed_in": False}


@router.delete("/sessions", **s.operation("退出所有设备：再输一次密码", "Sign out everywhere: the password once more"))
def sign_out_everywhere(request: HttpRequest, data: KnownPasswordIn, token: str = Token) -> Any:
    """Every browser and every app is signed out, this one too; a wrong password counts as it does at the sign-in."""
    with in_app(request):
        if not request.user.is_authenticated:
            raise Forbidden("account.session_over", zh="没有登录，或登录已过期。", en="Nobody is signed in, or the session is over.")
        me_of(request)  # staff have a desk of their own
        everywhere.end_all(request, data.password)
    return {"signed_in": False}


@router.post("/sign-up", **s.operation("开户第一步：向手机号发验证码", "Open an account: a code to the telephone", SessionOut))
def sign_up(request: HttpRequest, data: PhoneIn) -> Any:
    """The answer does not tell who has an account; messages are limited by telephone and address."""
    with in_app(request):
        steps.send_code(request, PURPOSE, number_in(data))
        return session_of(request, "code")


@router.post("/sign-up/code", **s.operation("开户第二步：短信里的数字", "Open an account: the digits of the message", SessionOut))
def sign_up_code(request: HttpRequest, data: CodeIn, token: str = Token) -> Any:
    """Wrong ones are counted, and close the telephone for a day."""
    with in_app(request):
        phone = text_codes.confirm(steps.number_sent(request, PURPOSE), data.code)
        if login_with(phone) is not None:
            raise TAKEN
        return session_of(request, "password")


@router.post("/sign-up/password", **s.operation("开户第三步：设密码，随即登录", "Open an account: a password, and in", SessionOut))
def sign_up_password(request: HttpRequest, data: PasswordIn, token: str = Token) -> Any:
    """Then say who you are, by `me/identity`."""
    with in_app(request):
        phone = steps.confirmed(request, PURPOSE)
        if phone is None:
            raise NO_STEP
        check_password(data.password)
        with transaction.atomic():
            steps.finish(request, PURPOSE)
            user = open_login(phone, data.password)
        user.backend = BACKEND  # type: ignore[attr-defined]
        perform_login(request, user)
        return session_of(request, None)
