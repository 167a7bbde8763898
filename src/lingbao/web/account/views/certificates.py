"""Certificates: issue one, print it, take it back; and the public page where anyone checks one."""

from __future__ import annotations

import re
import secrets

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import InputError
from lingbao.registry.errors import NotFound
from lingbao.registry.session import acting_as
from lingbao.web import engine
from lingbao.web.account import certificate, certificate_pdf
from lingbao.web.account.access import Me, worker_only
from lingbao.web.account.models import Certificate, Revocation
from lingbao.web.places import name_of


def new_paper(me: Me, key: str) -> certificate.Issued:
    """Issue a certificate of what is recorded today, once for a key.

    Raises
    ------
    InputError
        If nothing is recorded yet.
    """
    with acting_as(me.actor):
        said = certificate.content_of(me)
    if not said["months"] and not said["resident_years"]:
        raise InputError("certificate.nothing", zh="还没有缴费记录，暂时开不了缴费证明。缴了第一个月就可以开。",
                         en="Nothing is paid yet, so there is nothing to certify. After the first month there is.")
    return certificate.issue(me, key, said, engine.law())  # kept by the site, read under the worker's own role


def take_back(paper: certificate.Issued) -> None:
    """Take a certificate back; once more changes nothing."""
    row = Certificate.objects.get(serial=paper.serial)
    try:
        with transaction.atomic():
            Revocation.objects.create(certificate=row, reason="本人作废")
    except IntegrityError:
        pass  # taken back before


@worker_only
def certificates(request: HttpRequest) -> HttpResponse:
    """The worker's certificates, and a button for a new one."""
    me = request.me  # type: ignore[attr-defined]
    if request.method == "POST":
        key = request.POST.get("key", "")
        if not re.fullmatch("[0-9a-f]{32}", key):
            raise InputError("certificate.key", zh="表单不完整，请重新打开页面。", en="The form is not complete; open the page again.")
        paper = new_paper(me, key)
        return redirect(f"/account/certificates/{paper.code}/")
    mine = Certificate.objects.filter(person_id=me.number).select_related("revocation").order_by("-id")[:50]
    return render(request, "account/certificates.html", {"key": secrets.token_hex(16), "mine": [
        {"serial": each.serial, "code": certificate.code_of(each.about), "at": each.issued_at, "revoked": getattr(each, "revocation", None)} for each in mine]})


@worker_only
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """One certificate of the worker's own: to print, to show, or to take back."""
    me = request.me  # type: ignore[attr-defined]
    found = own_paper(me.number, code)
    if request.method == "POST":
        take_back(found)
        return redirect(f"/account/certificates/{found.code}/")
    return render(request, "account/paper.html", {"paper": found, "code": certificate.grouped(found.code), "address": address_of_check(request, found.code)})


@worker_only
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate as a document for print."""
    found = own_paper(request.me.number, code)  # type: ignore[attr-defined]
    if found.revoked:
        raise NotFound("certificate.revoked", zh="这份证明已经作废，请重新开一份。", en="This certificate was taken back; issue a new one.")
    body = certificate_pdf.document(found, address_of_check(request, found.code), request.lang)  # type: ignore[attr-defined]
    return HttpResponse(body, content_type="application/pdf",
                        headers={"Content-Disposition": f'inline; filename="certificate-{found.serial}.pdf"'})


def verify(request: HttpRequest) -> HttpResponse:
    """Where a code is typed in."""
    code = request.GET.get("code", "")
    if code:
        return redirect(f"/account/verify/{''.join(each for each in code.upper() if each in certificate.ALPHABET)[:32] or 'X'}/")
    return render(request, "account/verify.html", {})


def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What anyone sees of a certificate: as issued, the name covered, and whether it still holds."""
    found = certificate.opened(code)
    lang: str = request.lang  # type: ignore[attr-defined]
    said = certificate.masked(found.content)
    return render(request, "account/verified.html", {
        "paper": found, "said": said, "code": certificate.grouped(found.code),
        "years": [{**line, "places": "、".join(name_of(each, lang) for each in line["provinces"])} for line in said["years"]]})


def own_paper(person: int, code: str) -> certificate.Issued:
    found = certificate.opened(code)
    if not Certificate.objects.filter(serial=found.serial, person_id=person).exists():
        raise NotFound("certificate.unknown", zh="没有这份证明。", en="There is no such certificate.")
    return found


def address_of_check(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(f"/account/verify/{code}/")
