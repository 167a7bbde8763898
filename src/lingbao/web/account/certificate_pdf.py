"""A certificate on paper: A4, with the code and a QR code that lead to the page where anyone can check it."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

import segno

from lingbao.web import figures
from lingbao.web.account.access import china
from lingbao.web.account.certificate import Issued, grouped
from lingbao.web.pdf import ACCENT, FONT, LINE, TINT
from lingbao.web.places import name_of


def document(paper: Issued, address: str, lang: str) -> bytes:
    """Return the PDF of a certificate; `address` is where it is checked."""
    from reportlab.graphics.shapes import Drawing, Rect
    from reportlab.lib.colors import HexColor, black
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    zh = lang == "zh"
    body = ParagraphStyle("body", fontName=FONT, fontSize=11, leading=17, wordWrap="CJK" if zh else None)
    small = ParagraphStyle("small", parent=body, fontSize=9, leading=13.5)
    title = ParagraphStyle("title", parent=body, fontSize=20, leading=30, textColor=HexColor(ACCENT), alignment=1, spaceAfter=10)
    grid = [("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(LINE)), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]

    def say(text: object, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(escape(str(text).replace("·", "—")), style)

    def qr(size: float) -> Drawing:
        matrix = tuple(segno.make(address, error="m", micro=False).matrix)
        cell = size / len(matrix)
        drawing = Drawing(size, size)
        for row, bits in enumerate(matrix):
            for column, bit in enumerate(bits):
                if bit:
                    drawing.add(Rect(column * cell, size - (row + 1) * cell, cell, cell, fillColor=black, strokeColor=None))
        return drawing

    said: dict[str, Any] = paper.content
    facts = [
        ("姓名" if zh else "Name", said["name"]), ("公民身份号码" if zh else "Identity number", said["identity"]),
        ("累计缴费" if zh else "Paid in all", figures.span(said["months"], lang)),
        ("最近连续缴费" if zh else "Without a gap until now", figures.span(said["running"], lang)),
        ("首次缴费" if zh else "First month", figures.month(said["first"], lang)), ("最近缴费" if zh else "Last month", figures.month(said["last"], lang)),
    ]
    if said["resident_years"]:
        facts.append(("居民养老保险缴费年份" if zh else "Years of the resident scheme", ", ".join(str(year) for year in said["resident_years"])))
    story: list[Any] = [say("养老保险缴费证明" if zh else "Certificate of pension contributions", title),
                        Table([[say(name, small), say(value)] for name, value in facts], style=grid, colWidths=[60 * mm, 114 * mm]), Spacer(1, 6 * mm)]
    if said["years"]:
        heads = [say(head, small) for head in (("年份", "缴费月数", "参保地") if zh else ("Year", "Months paid", "Place"))]
        story.append(Table(
            [heads, *([say(line["year"], small), say(line["months"], small), say(", ".join(name_of(code, lang) for code in line["provinces"]), small)]
                      for line in said["years"])],
            repeatRows=1, style=[*grid, ("BACKGROUND", (0, 0), (-1, 0), HexColor(TINT))], colWidths=[40 * mm, 40 * mm, 94 * mm]))
    checked = ("扫码或打开下面的网址，任何人都可以核对这份证明。" if zh else "Scan the code or open the address below: anyone can check this certificate.")
    words = [say(checked, small), say(address, small), say(f"{'验证码' if zh else 'Code'} {grouped(paper.code)}", small),
             say(f"{'证明编号' if zh else 'Serial'} {paper.serial}", small),
             say(f"{'出具时间' if zh else 'Issued'} {china(paper.issued_at):%Y-%m-%d %H:%M}", small),
             say(f"{'内容摘要' if zh else 'Digest'} {paper.digest[:32]}", small)]
    story += [Spacer(1, 8 * mm), Table([[qr(36 * mm), words]], colWidths=[44 * mm, 130 * mm], style=[("VALIGN", (0, 0), (-1, -1), "MIDDLE")]),
              Spacer(1, 6 * mm), say("本证明由灵保根据系统登记出具，反映出具时的记录，以网上核对结果为准。" if zh
                                     else "Issued from the record as it stood then; the answer of the checking page is what counts.", small)]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=20 * mm, bottomMargin=16 * mm,
                      title="养老保险缴费证明" if zh else "Certificate of pension contributions", author="灵保 Lingbao",
                      lang="zh-CN" if zh else "en").build(story)
    return out.getvalue()
