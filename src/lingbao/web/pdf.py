"""The comparison as a document for print, made without a browser.

Chinese is set in the standard Adobe-GB1 font ``STSong-Light``, which every PDF reader supplies itself, so that no
font file has to be shipped and the document stays small.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from lingbao.web import figures
from lingbao.web.outcome import MAIN, PROJECTIONS, main_options, row

if TYPE_CHECKING:
    from lingbao.web.answers import Answers

FONT = "STSong-Light"
ACCENT, TINT, LINE = "#0b5a4c", "#e8f2ef", "#c3cfcb"


def document(comparison: Mapping[str, Any], answers: Answers, lang: str) -> bytes:
    """Return the PDF: advice, key facts, main options under three projections, what was answered, cautions."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

    from lingbao.web.views.plan import summary

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    zh = lang == "zh"
    body = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK" if zh else None)
    small = ParagraphStyle("small", parent=body, fontSize=8.5, leading=12.5)
    title = ParagraphStyle("title", parent=body, fontSize=18, leading=26, textColor=HexColor(ACCENT), spaceAfter=4)
    head = ParagraphStyle("head", parent=body, fontSize=12.5, leading=20, textColor=HexColor(ACCENT), spaceBefore=8)
    grid = [("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(LINE)), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3)]

    def words(text: object, style: ParagraphStyle = body) -> Paragraph:
        return Paragraph(escape(str(text).replace("·", "—")), style)  # the font has no middle dot

    def pick(thing: Mapping[str, Any], name: str = "") -> str:
        return str(thing.get((f"{name}_" if name else "") + ("zh" if zh else "en")) or "")

    story: list[Any] = [words("养老保险测算" if zh else "Pension plan", title),
                        words(("灵保 · 截至 " if zh else "Lingbao · as of ") + figures.month(comparison["as_of"], lang), small)]
    story.append(words("建议" if zh else "Advice", head))
    for line in comparison["advice"]:
        story.append(words(pick(line)))
        if pick(line, "conditions"):
            story.append(words(pick(line, "conditions"), small))
    facts = comparison["retirement"]
    story.append(words("退休" if zh else "Retirement", head))
    story.append(Table([
        [words("法定退休时间" if zh else "Statutory month", small), words(figures.month(facts["statutory_month"], lang), small),
         words("法定退休年龄" if zh else "Statutory age", small), words(figures.age(facts["statutory_age_months"], lang), small)],
        [words("最低缴费年限" if zh else "Fewest years to pay", small), words(figures.span(facts["minimum_months"], lang), small),
         words("已缴" if zh else "Paid so far", small), words(figures.span(facts["months_paid"], lang), small)],
    ], style=grid, colWidths=[38 * mm, 50 * mm, 38 * mm, 50 * mm]))
    options = main_options(comparison["options"], answers.values.get("budget"))
    for name, zh_name, en_name in PROJECTIONS:
        cells = [[words("方案" if zh else "Option", small), words("每月缴费" if zh else "Paid a month", small),
                  *(words(figure.zh if zh else figure.en, small) for figure in MAIN)]]
        for option in options:
            line = row(option, name, lang)
            cells.append([words(line["label"], small), words(line["monthly"], small),
                          *(words(cell["text"], small) for cell in line["cells"])])
        width = 174 * mm
        first = 38 * mm
        rest = (width - first) / (len(cells[0]) - 1)
        table = Table(cells, repeatRows=1, style=[*grid, ("BACKGROUND", (0, 0), (-1, 0), HexColor(TINT))],
                      colWidths=[first, *([rest] * (len(cells[0]) - 1))])
        story.append(KeepTogether([words(f"{zh_name}情景" if zh else f"{en_name} projection", head), table]))
    story.append(words("您的回答" if zh else "Your answers", head))
    story.append(Table([[words(line["label"], small), words(line["answer"], small)] for line in summary(answers, lang)],
                       style=grid, colWidths=[80 * mm, 94 * mm]))
    if comparison["flags"]:
        story.append(words("请注意" if zh else "Please note", head))
        story += [words("· " + pick(flag), small) for flag in comparison["flags"]]
    story += [Spacer(1, 6 * mm), words(
        "本测算不代替社保经办机构的核定；未来的数是推算，不是承诺。" if zh
        else "This does not replace the award of the agency; figures of the future are projections, not promises.", small),
        words(("法规版本 " if zh else "Version of the law ") + str(comparison["law_hash"])[:12], small)]
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
                      title="养老保险测算" if zh else "Pension plan", author="灵保 Lingbao", lang="zh-CN" if zh else "en").build(story)
    return out.getvalue()
