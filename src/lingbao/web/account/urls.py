"""Addresses under ``/account/``."""

from __future__ import annotations

from allauth.account import views as sign
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, path

from lingbao.web.account.access import no_staff
from lingbao.web.account.matter import Matter
from lingbao.web.account.views import (
    appeal,
    asking,
    bill,
    certificates,
    claim,
    convert,
    data,
    enrol,
    everywhere,
    exemptions,
    home,
    identity,
    leave,
    missed,
    missing_years,
    orders,
    pay,
    refund,
    reset,
    resident,
    signing,
    speak,
    statement,
    stop,
    subsidies,
    telephone,
    transfer,
)


def matter(of: Matter) -> list[URLPattern | URLResolver]:
    """Return the addresses of a matter: its beginning, its check page, its questions."""
    return [path(f"{of.name}/", of.begin), path(f"{of.name}/check/", of.check), path(f"{of.name}/<slug:slug>/", of.question)]


MATTERS = (identity.MATTER, enrol.ENROL, enrol.CHANGE, pay.MATTER, stop.MATTER, leave.MATTER, transfer.MATTER, claim.MATTER, speak.MATTER, data.MATTER,
           missed.MATTER, missing_years.MATTER, subsidies.MATTER, convert.MATTER, resident.MATTER, appeal.MATTER, refund.MATTER, exemptions.MATTER, asking.FIRST_JOB, asking.WHY)
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign.login, name="account_login"),
    path("sign-out/", sign.logout, name="account_logout"),
    path("sign-up/", signing.sign_up, name="account_signup"),
    path("sign-up/code/", signing.code),
    path("sign-up/password/", signing.password),
    path("reset/", reset.phone),
    path("reset/code/", reset.code),
    path("reset/identity/", reset.identity),
    path("reset/password/", reset.password),
    path("phone/", no_staff(telephone.phone)),
    path("phone/code/", no_staff(telephone.code)),
    path("phone/done/", no_staff(telephone.done)),
    path("password/", no_staff(sign.password_change), name="account_change_password"),
    path("confirm/", no_staff(sign.reauthenticate), name="account_reauthenticate"),
    path("security/", no_staff(second.index), name="mfa_index"),
    path("security/everywhere/", no_staff(everywhere.page)),
    path("security/second-step/", no_staff(second.authenticate), name="mfa_authenticate"),
    path("security/confirm/", no_staff(second.reauthenticate), name="mfa_reauthenticate"),
    path("security/totp/activate/", no_staff(totp.activate_totp), name="mfa_activate_totp"),
    path("security/totp/deactivate/", no_staff(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/recovery-codes/", no_staff(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("security/recovery-codes/generate/", no_staff(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("security/recovery-codes/download/", no_staff(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("", home.home),
    path("months/", home.months),
    path("plan/", home.planner),
    path("enrolled/<int:number>/", home.enrolled),
    path("statement/", statement.statement),
    path("statement/<int:account>/<int:entry>/", statement.line),
    path("statement/<int:account>/<int:entry>/proof.json", statement.proof),
    path("orders/", orders.months),
    path("orders/<slug:day>/", orders.span),
    path("orders/<slug:day>/<int:platform>/<str:number>/", orders.order),
    path("bills/", pay.bills),
    path("bills/<int:number>/", bill.page),
    path("paid/<slug:number>/", pay.receipt),
    path("refunds/", refund.page),
    path("refunds/<int:number>/", refund.one),
    path("go-on/", stop.go_on),
    path("left/<int:number>/", leave.left),
    path("certificates/", certificates.certificates),
    path("certificates/<slug:code>/", certificates.paper),
    path("certificates/<slug:code>/certificate.pdf", certificates.pdf),
    path("verify/", certificates.verify),
    path("verify/<slug:code>/", certificates.verified),
    path("transfers/", transfer.transfers),
    path("transfers/<int:number>/", transfer.transfer),
    path("pension/", claim.pension_page),
    path("claims/<int:number>/", claim.claimed),
    path("missed/", missed.page),
    path("missing-years/", missing_years.page),
    path("exemptions/", exemptions.page),
    path("exemptions/<int:number>/", exemptions.one),
    path("subsidies/", subsidies.page),
    path("subsidies/<int:number>/", subsidies.one),
    path("conversions/", convert.page),
    path("conversions/<int:number>/", convert.one),
    path("resident-pension/", resident.page),
    path("set-offs/<int:number>/", claim.set_off),
    path("appeal/of/<slug:kind>/<int:number>/", appeal.begin),
    path("messages/", speak.messages),
    path("complaints/", speak.complaints),
    path("complaints/<int:number>/", speak.complaint),
    path("data/", data.data),
    path("data/export.json", data.export),
    path("data/consent/", data.consenting),
    path("corrections/<int:number>/", data.asked_for),
    *(address for each in MATTERS for address in matter(each)),
]
