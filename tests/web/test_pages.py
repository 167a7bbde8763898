"""Every page stands in both languages, with the security headers, and remembers nothing about a visitor."""

from __future__ import annotations

from typing import Any

import pytest

ANSWERS = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"
PAGES = {
    "/": ("灵活就业，养老怎么交", "Working for yourself"),
    "/plan/residence/": ("您在哪个省份工作或居住", "In which province do you work"),
    "/plan/birth/?residence=36": ("您的性别和出生年月", "Your sex and month of birth"),
    "/plan/class/?sex=female": ("您属于哪一类退休年龄", "Which retirement class"),
    "/plan/employee/?paid=both": ("职工养老保险已经交了多少", "How much have you paid into the employee scheme"),
    f"/plan/check/?{ANSWERS}": ("请核对您的回答", "Check your answers"),
    "/plan/expert/": ("一页填完", "Everything on one page"),
    "/retire/": ("我几岁能退休", "When can I retire"),
    "/award/": ("核对养老金核定表", "Check an award form"),
    "/law/": ("法规与参数", "Law and parameters"),
    "/law/?q=江西 计发基数": ("养老金计发基数", "benefit base"),
    "/law/parameter/national.retirement.minimum_months/": ("社会保险法", "minimum contribution months"),
    "/law/parameter/provinces.36.benefit_base/": ("江西", "Jiangxi"),
    "/law/coverage/benefit_base/": ("最新数值", "Newest value"),
    "/law/province/36/": ("江西", "Jiangxi"),
    "/guide/": ("指南", "guide"),
    "/guide/scheme/": ("缴费基数", "flexible worker"),
    "/guide/misreadings/": ("不是目标", "not a goal"),
    "/glossary/": ("计发基数", "benefit base"),
    "/about/": ("隐私", "Privacy"),
    "/api/v1/docs": ("接口", "For machines"),
}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_in_both_languages(client: Any, address: str, lang: str) -> None:
    client.cookies["lang"] = lang
    response = client.get(address)
    text = response.content.decode()
    assert response.status_code == 200
    assert PAGES[address][lang == "en"] in text
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in text
    assert response.headers["Content-Language"] == ("zh-Hans" if lang == "zh" else "en")
    assert "{%" not in text and "{{" not in text


@pytest.mark.parametrize("address", PAGES)
def test_strict_policy_and_nothing_inline(client: Any, address: str) -> None:
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    text = response.content.decode()
    assert " style=" not in text and "<style" not in text and "onclick" not in text
    assert "<script>" not in text
    assert "https://" not in text.replace("https://www.w3.org", "")  # nothing comes from another host


@pytest.mark.parametrize("address", [page for page in PAGES if page.startswith(("/plan/", "/retire/", "/law/", "/guide/"))])
def test_no_cookie_is_set(client: Any, address: str) -> None:
    response = client.get(address)
    assert not response.cookies
    assert "sessionid" not in client.cookies


def test_answers_are_not_kept_by_caches(client: Any) -> None:
    assert client.get(f"/plan/check/?{ANSWERS}").headers["Cache-Control"] == "private, no-store"


def test_language_switch_stays_on_the_page_and_keeps_the_answers(client: Any) -> None:
    text = client.get(f"/plan/check/?{ANSWERS}").content.decode()
    assert "lang=en" in text and "income=6000&amp;paid=none" in text
    response = client.get(f"/plan/check/?{ANSWERS}&lang=en")
    assert "Check your answers" in response.content.decode()
    assert response.cookies["lang"].value == "en"
    assert "Working for yourself" in client.get("/").content.decode()  # remembered


def test_unknown_language_is_chinese(client: Any) -> None:
    response = client.get("/?lang=fr")
    assert "灵活就业" in response.content.decode() and not response.cookies


@pytest.mark.parametrize("address", ["/nowhere", "/law/province/99/", "/law/coverage/nothing/", "/guide/nothing/", "/plan/nothing/",
                                     "/law/parameter/national.nothing.here/", "/chart/zh/wide/nothing.svg"])
@pytest.mark.parametrize(("lang", "words"), [("zh", "没有找到"), ("en", "Not found")])
def test_not_found_in_both_languages(client: Any, address: str, lang: str, words: str) -> None:
    client.cookies["lang"] = lang
    response = client.get(address)
    assert response.status_code == 404
    assert words in response.content.decode()


@pytest.mark.parametrize(("lang", "words"), [("zh", "本站出了故障"), ("en", "The site has failed")])
def test_failure_page_says_nothing_of_the_inside(client: Any, monkeypatch: pytest.MonkeyPatch, lang: str, words: str) -> None:
    from lingbao.web import lawbook

    def fail(*args: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(lawbook, "national_topics", fail)
    client.cookies["lang"] = lang
    response = client.get("/law/")
    assert response.status_code == 500
    assert words in response.content.decode() and "secret inside" not in response.content.decode()


def test_foreign_host_is_refused(client: Any) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_static_files_carry_a_version(client: Any) -> None:
    text = client.get("/").content.decode()
    assert "/static/lingbao/lingbao.css?v=" in text
    response = client.get("/static/lingbao/lingbao.css")
    assert response.status_code == 200 and "max-age" in response.headers["Cache-Control"]


def test_coverage_map_links_every_province(client: Any) -> None:
    from lingbao.web.places import places

    text = client.get("/law/coverage/benefit_base/").content.decode()
    assert len(places()) == 31
    assert text.count('class="tile ') == 31
    spots = {(place.column, place.row) for place in places().values()}
    assert len(spots) == 31  # no two provinces on one tile


def test_value_on_a_date_as_known_on_another(client: Any) -> None:
    path = "/law/parameter/national.retirement.minimum_months/"
    assert "180" in client.get(f"{path}?on=2029-12").content.decode().split("<h2>", 2)[1]
    assert "186" in client.get(f"{path}?on=2030-01").content.decode().split("<h2>", 2)[1]
    wrong = client.get(f"{path}?on=spring")
    assert wrong.status_code == 422 and "1990-05" in wrong.content.decode()


def test_history_chart_is_kept(client: Any) -> None:
    first = client.get("/chart/zh/narrow/history.svg?path=national.retirement.minimum_months")
    assert first.status_code == 200 and first.headers["Content-Type"] == "image/svg+xml"
    assert first.content.startswith(b"<svg") and "immutable" in first.headers["Cache-Control"]
    assert client.get("/chart/zh/narrow/history.svg?path=national.retirement.minimum_months").content == first.content


def test_guide_figures_come_from_the_law() -> None:
    from lingbao.law.store import Law
    from lingbao.web.guide import misreadings

    minimum = Law.load().number("national.retirement.minimum_months", on=2026 * 12)
    assert f"{minimum / 12:g} 年" in misreadings()[0]["said_zh"]
