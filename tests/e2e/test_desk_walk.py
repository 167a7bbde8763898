"""Those who keep the registry at work in a real browser, on a phone and at a desk, in both languages, with and without scripts."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_site import desk_site, sign_in
from test_access import serious

pytestmark = pytest.mark.browser
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SMALL = """[...document.querySelectorAll('main button, main .button, main input, main select, .desk-menu a')]
    .filter(e => e.offsetParent && !['hidden', 'radio', 'checkbox'].includes(e.type) && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 100))"""
# Names of the program that no reader should meet: what they stand for is in words.yaml.
CODES = re.compile(r"\b(?:letter_sent|form_sent|money_sent|provisional_|refund_payable|pension_payable|identity_number|hukou_kind|None|undefined)\b")


@pytest.fixture(scope="module")
def desk() -> Iterator[tuple[str, dict[str, Any]]]:
    with desk_site() as served:
        yield served


@pytest.fixture(scope="module")
def states(desk: tuple[str, dict[str, Any]], browser: Any) -> Callable[[str], Any]:
    """Who is signed in, by role: each signs in once, with password and authenticator, without scripts."""
    kept: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in kept:
            context = browser.new_context(viewport=PHONE, java_script_enabled=False)
            sign_in(context.new_page(), desk[0], role)
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return state


@pytest.fixture
def at(desk: tuple[str, dict[str, Any]], browser: Any, states: Callable[[str], Any]) -> Iterator[Callable[..., Any]]:
    """A page of a role; whatever the browser complains about is a fault."""
    opened: list[Any] = []
    said: list[str] = []

    def page(role: str | None, viewport: dict[str, int] = PHONE, scripts: bool = True, **more: Any) -> Any:
        context = browser.new_context(viewport=viewport, java_script_enabled=scripts, storage_state=states(role) if role else None, **more)
        opened.append(context)
        found = context.new_page()
        found.on("console", lambda message: said.append(message.text))
        return found

    yield page
    for context in opened:
        context.close()
    assert [each for each in said if "422" not in each and "403" not in each] == []


def test_a_clerk_works_a_queue_to_its_end(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, world = desk
    page = at("clerk", scripts=False)
    page.goto(f"{site}/desk/")
    page.get_by_role("link", name=re.compile("投诉与复议")).click()
    page.locator("main table a, main a.action").first.click()
    page.get_by_role("button", name="受理").click()
    assert page.get_by_text("已受理").first.is_visible()
    page.locator("#reason-answer").fill("")
    page.get_by_role("button", name="答复").click()  # the browser itself asks for the answer
    assert page.get_by_text("已受理").first.is_visible()
    page.locator("#reason-answer").fill("已核对，三个月的缴费已经补记。")
    page.get_by_role("button", name="答复").click()
    assert page.get_by_text("已答复").first.is_visible()
    page.goto(f"{site}/desk/queue/matters/")
    assert page.locator(f"a[href='/desk/matters/{world['matter']}/']").count() == 0


def test_a_supervisor_approves_what_another_prepared_and_it_is_paid(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, _ = desk
    clerk = at("clerk")
    clerk.goto(f"{site}/desk/runs/")
    clerk.locator("#month").fill("2025-11")
    clerk.get_by_role("button", name="编制批次").click()
    clerk.locator("main table a").first.click()
    assert clerk.get_by_text("须由另一人审批").is_visible() and clerk.get_by_role("button", name="批准（第二人）").count() == 0
    page = at("supervisor")
    page.goto(clerk.url)
    assert page.get_by_text("3,000.00").first.is_visible()
    page.get_by_role("button", name="批准（第二人）").click()
    page.get_by_role("button", name="开始发放").click()
    page.get_by_text("已发放").first.wait_for()
    page.get_by_text("发完").wait_for(timeout=120_000)  # the page follows the work by itself
    assert page.locator("h1 .tag").inner_text() == "已办结"


def test_a_rise_goes_on_without_scripts(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, world = desk
    page = at("supervisor", scripts=False)
    page.goto(f"{site}/desk/rises/{world['own_rise']}/")
    page.get_by_role("button", name="批准（第二人）").click()
    page.get_by_role("button", name="执行调整").click()
    for _ in range(120):
        page.wait_for_timeout(500)
        page.goto(f"{site}/desk/rises/{world['own_rise']}/")
        if page.locator("h1 .tag").inner_text() == "已办结":
            break
    assert page.locator("h1 .tag").inner_text() == "已办结"


def test_an_auditor_reads_everything_and_has_no_button_that_changes_anything(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, world = desk
    page = at("auditor", DESK)
    for address in (f"transfers/{world['transfer']}/", f"persons/{world['pensioner']}/", f"runs/{world['run']}/", f"rises/{world['own_rise']}/", "merges/", "bank/",
                    f"bank/{world['own_statement']}/", f"persons/{world['pensioner']}/death/", "reports/", "accesses/"):
        page.goto(f"{site}/desk/{address}?lang=en")
        assert page.locator("main form[method=post]:not([action$='/opening/'])").count() == 0, address
    page.goto(f"{site}/desk/audit/?lang=en")
    page.get_by_role("button", name=re.compile("Audit (again )?now|现在(重新)?核查")).click()
    page.get_by_text(re.compile("All hold|全部成立")).wait_for(timeout=120_000)


def test_an_administrator_sees_no_personal_data(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, world = desk
    page = at("administrator")
    page.goto(f"{site}/desk/")
    addresses = {link.get_attribute("href") for link in page.locator(".desk-menu a, main a").all()}
    for address in addresses | {f"/desk/persons/{world['pensioner']}/", "/desk/queue/claims/", "/desk/bank/", "/desk/merges/", "/desk/accesses/", "/desk/runs/"}:
        answer = page.goto(site + str(address))
        assert "李*" not in page.content() and "赵*" not in page.content() and "*****" not in page.content(), address
        assert answer.status == (200 if address in addresses else 403), address


def test_an_engineer_sends_a_file_with_bad_rows_and_reads_them_by_row(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, _ = desk
    page = at("engineer", DESK)
    page.goto(f"{site}/platform/keys/?lang=zh")
    page.get_by_role("button", name=re.compile("换发|生成|新")).click()
    key = re.search(r"lb-sandbox-[0-9a-f]{12}\.[\w-]+", page.content())
    assert key
    content = (b"business_date,order_number,worker,income_fen\n2026-11-03,e2e-1,rider-0000001,1250\n2026-11-03,e2e-2,rider-0000001,ten\n"
               b"2026-13-03,e2e-3,rider-0000002,900\n")
    headers, api = {"Authorization": f"Bearer {key[0]}"}, f"{site}/api/v1/registry"
    said = {"format": "csv", "rows": 3, "income_fen": 2150, "sha256": hashlib.sha256(content).hexdigest(), "parts": 1}
    assert page.request.put(f"{api}/files/e2e", headers=headers, data=said).status == 200
    assert page.request.put(f"{api}/files/e2e/parts/1", headers=headers | {"Content-Type": "application/octet-stream"}, data=content).status == 200
    answer = page.request.post(f"{api}/files/e2e/commit", headers=headers)
    assert answer.status == 200 and answer.json()["rejected"] == 2, answer.text()
    phone = at("engineer")
    phone.goto(f"{site}/platform/files/")
    phone.get_by_role("link", name=re.compile("e2e")).first.click()
    shown = phone.locator("main").inner_text()
    assert "收入应为整数分" in shown and "业务日期缺失或不是有效日期" in shown and "第 2 行" in shown and "第 3 行" in shown


def test_anyone_recomputes_the_published_chain(desk: tuple[str, dict[str, Any]], at: Callable[..., Any]) -> None:
    site, _ = desk
    page = at(None, scripts=False)
    page.goto(f"{site}/fund/?lang=zh")
    with page.expect_download() as loading:
        page.get_by_role("link", name="下载摘要链 CSV").click()
    rows = list(csv.DictReader(Path(loading.value.path()).read_text(encoding="utf-8").splitlines()))
    before = linked = hashlib.sha256(b"").digest()
    for row in rows:
        before = hashlib.sha256(before + f"{row['date']}|{row['entries']}|{row['legs']}|{row['fen']}|".encode() + bytes.fromhex(row["root"])).digest()
        linked = hashlib.sha256(linked + before + bytes.fromhex(row["tree"])).digest()
        assert (row["chain"], row["linked"]) == (before.hex(), linked.hex())
    assert rows and page.locator("main").inner_text().count(rows[-1]["chain"][:12]) == 1
    page.get_by_role("link", name="核对一笔账的证明").click()
    page.locator("#proof").set_input_files({"name": "proof.json", "mimeType": "application/json", "buffer": json.dumps({"version": 1}).encode()})
    page.get_by_role("button", name="核对").click()
    assert page.get_by_text("不是一份完整的证明文件").first.is_visible()


OPENING = "form[action$='/opening/']"  # a person's file is opened with a purpose
PAGES = {
    "supervisor": ["/desk/", "/desk/queue/transfers/", "/desk/queue/claims/", "/desk/transfers/{transfer}/", "/desk/refunds/{refund}/", "/desk/runs/", "/desk/runs/{run}/",
                   "/desk/rises/{own_rise}/", "/desk/bank/", "/desk/bank/{own_statement}/", "/desk/merges/", "/desk/campaigns/", "/desk/announce/", "/desk/accesses/",
                   "/desk/persons/{pensioner}/", "/desk/persons/{pensioner}/death/", "/desk/persons/{pensioner}/contributions/", "/desk/subsidies/", "/desk/reports/", "/desk/search/"],
    "clerk": ["/desk/rises/", "/desk/rises/?scheme=resident"], "auditor": ["/desk/audit/"], "administrator": ["/desk/", "/desk/actors/"],
    "engineer": ["/platform/", "/platform/keys/", "/platform/files/", "/platform/files/{file}/", "/platform/reconcile/", "/platform/refunds/", "/platform/webhooks/", "/platform/docs/"],
    "": ["/fund/", "/fund/check/"],
}


@pytest.mark.parametrize(("lang", "viewport"), [("zh", PHONE), ("en", DESK)], ids=["zh phone", "en desk"])
@pytest.mark.parametrize(("role", "address"), [(role, address) for role, addresses in PAGES.items() for address in addresses])
def test_a_page_fits_is_accessible_and_speaks_in_words(desk: tuple[str, dict[str, Any]], at: Callable[..., Any], role: str, address: str, lang: str,
                                                       viewport: dict[str, int]) -> None:
    site, world = desk
    page = at(role or None, viewport, bypass_csp=True)
    whole = site + address.format(**world) + f"{'&' if '?' in address else '?'}lang={lang}"
    assert page.goto(whole).status == 200
    if page.locator(OPENING).count():
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert serious(page) == []
        page.locator("input[name=purpose]").first.check()
        page.locator(f"{OPENING} button").click()
        assert page.goto(whole).status == 200
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert serious(page) == []
    assert page.evaluate(SMALL) == []
    assert CODES.findall(page.locator("main").inner_text()) == [] or address == "/platform/docs/"
    if lang == "en":
        headings = " ".join([*page.locator("main h1, main h2, main thead th, main label, main button, main dt").all_inner_texts()])
        assert not re.search(r"[一-鿿]", re.sub(r"[一-鿿]\*+|南昌.*?机构|深圳.*?机构", "", headings)), headings
