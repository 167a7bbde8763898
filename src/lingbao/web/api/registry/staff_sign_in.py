"""Sign-in of staff by program: the two factors of the desk's pages, under the same lock-out and the same limits of a session.

A program keeps the ``session_token`` that the second step gives it and sends it as ``X-Session-Token`` to the operations of the desk.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.contrib.auth import logout
from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import Field

from lingbao.registry.errors import Forbidden
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.identity import LONGEST_TOKEN, TOKEN, in_session
from lingbao.web.api.schemas import Strict
from lingbao.web.desk import access, factors, second_factor

router = Router(tags=["registry: sign-in of staff"])
CHALLENGE = 5 * 60  # seconds in which the code must follow the password
NOT_SET_UP = Forbidden("desk.no_authenticator", zh="该账号还没有设置验证器，请先在网页 /desk/sign-in/ 登录一次并设置验证器。",
                       en="This account has no authenticator yet; sign in once on the page /desk/sign-in/ and set it up there.")
NOT_WAITING = Forbidden("desk.challenge", where="challenge", zh="这次登录不存在、已用过或已超时，请从用户名和密码重新开始。",
                        en="This sign-in is unknown, used or over; begin again with login and password.")
Token: Any = Header("", alias=TOKEN, max_length=LONGEST_TOKEN)


class PasswordIn(Strict):
    """The first factor."""

    login: Annotated[str, Field(min_length=1, max_length=150)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class ChallengeOut(Schema):
    """What to send back with the code, and for how many seconds it is good; it opens nothing by itself."""

    challenge: str
    seconds: int


class CodeIn(Strict):
    """The second factor: the challenge of the first step and what the authenticator shows now."""

    challenge: Annotated[str, Field(pattern=r"^[a-z0-9]{1,64}$")]
    code: Annotated[str, Field(min_length=1, max_length=20)]


class StaffTokenOut(Schema):
    """The token to send from now on; it ends after so many seconds without a request, and after the longest age in any case."""

    session_token: str
    role: str
    idle_seconds: int
    longest_seconds: int


@router.post("/sign-in", **s.operation("工作人员登录：用户名和密码；下一步填验证器的数字", "Sign in as staff", ChallengeOut))
def sign_in(request: HttpRequest, data: PasswordIn) -> Any:
    """Five wrong passwords or codes close the login for fifteen minutes, here and on the page together."""
    with in_session(request):
        user, _ = factors.password(request, data.login, data.password)
        if second_factor.authenticator(user) is None:
            raise NOT_SET_UP
        factors.wait(request, user)
        request.session.save()
        return {"challenge": request.session.session_key, "seconds": CHALLENGE}


@router.post("/second-step", **s.operation("工作人员登录第二步：验证器的数字", "Second step of the sign-in of staff", StaffTokenOut))
def second_step(request: HttpRequest, data: CodeIn) -> Any:
    """A code holds once, whether it is shown here or on the page; the challenge is used up."""
    with in_session(request, data.challenge):
        found = factors.waiting(request, CHALLENGE)
        if found is None:
            raise NOT_WAITING
        user, actor = found
        if second_factor.authenticator(user) is None:
            raise NOT_SET_UP
        if not factors.code(request, user, data.code.strip()):
            raise factors.WRONG_CODE
        return {"session_token": request.session.session_key, "role": actor.role, "idle_seconds": access.IDLE, "longest_seconds": access.LONGEST}


@router.delete("/session", **s.operation("工作人员退出登录", "Sign out as staff"))
def sign_out(request: HttpRequest, token: str = Token) -> Any:
    """The token is worth nothing afterwards."""
    with in_session(request, token):
        logout(request)
    return {"signed_in": False}
