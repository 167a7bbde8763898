"""Every article that the registry cites stands in the table of documents, which says whether its text was read."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import lingbao.registry
from lingbao.registry.disputes.periods import kinds
from lingbao.registry.retention import table

FOLDER = Path(lingbao.registry.__file__).parent
DOCUMENTS = yaml.safe_load((FOLDER / "sources.yaml").read_text(encoding="utf-8"))["documents"]
ARTICLE = r"第([一二三四五六七八九十百零]+)条"
CITATION = re.compile(r"([^\s（(：，,。;；\"'“*]*(?:法|条例|办法|〕\d+号))》?(?:（[^）]*）)? ?(第[一二三四五六七八九十百零]+条(?:、第[一二三四五六七八九十百零]+条)*)")


def names() -> dict[str, str]:
    """Every name under which a document is cited, with its key."""
    return {name: key for key, document in DOCUMENTS.items() for name in (key, *document.get("cited_as", ()))}


def citations() -> list[tuple[Path, str, str]]:
    """File, document and article of every citation in the registry's code and data."""
    found = []
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in (".py", ".sql", ".yaml") and path.name != "sources.yaml":
            for name, articles in CITATION.findall(path.read_text(encoding="utf-8")):
                found += [(path, name.rpartition("《")[2], article) for article in re.findall(ARTICLE, articles)]
    return found


def test_every_article_cited_stands_in_the_table_of_documents() -> None:
    found = citations()
    assert len(found) > 30  # the pattern sees the citations
    for path, name, article in found:
        key = names().get(name)
        assert key is not None, f"{path}: {name} stands in no document"
        assert article in DOCUMENTS[key]["articles"], f"{path}: {name} 第{article}条 was not checked"


def test_a_document_says_where_it_was_read_or_that_it_was_not() -> None:
    for name, document in DOCUMENTS.items():
        assert document["text"] in ("full", "part", "none")
        assert document.get("seen") if document["text"] != "none" else "not at hand" in document["note"], name


def test_nothing_is_surer_than_the_text_it_rests_on() -> None:
    for kept in table():
        assert DOCUMENTS[kept.law.source]["text"] == {"read": "full", "part": "part", "none": "none"}[kept.law.text], kept.name
        assert kept.basis != "high" or kept.law.text == "read", kept.name
    for kind in kinds().values():
        for period in kind.periods.values():
            document = names()[re.split(r"[ （]", period.document)[0]]
            assert period.confidence != "high" or DOCUMENTS[document]["text"] == "full", kind.name
