"""Every sentence can be translated, and a translation is a file that is dropped in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from indexer.settings import Settings
from tests.webapp.sentences import TEMPLATE, sentences
from webapp import create_app, language

PAGES = ("/", "/?q=trafficking&country=PAK&-theme=none&year_from=2019", "/?q=polce", "/?q=zzzz&-country=none", "/?page=9",
         "/?q=country:Atlantis+%22police&year=abc", "/coverage?q=police", "/coverage?q=zzzz", "/help", "/activities/egypt-shelter",
         "/activities/no-such")  # fmt: skip


def forget() -> None:
    language.catalogues.cache_clear()
    language._preferred.cache_clear()
    language.speak(language.ENGLISH)


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language, Breton by name, in which every sentence stands between ⟦ and ⟧."""
    catalogue = sentences()
    catalogue.locale = "br"  # type: ignore[assignment]
    for message in catalogue:
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = tuple(f"⟦{ids[-1]}⟧" for _ in range(catalogue.num_plurals))
            message.string = strings if message.pluralizable else strings[0]
    with (tmp_path / "br.po").open("wb") as out:
        write_po(out, catalogue)
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("address", PAGES)
def test_no_sentence_of_a_page_escapes_translation(settings: Settings, address: str) -> None:
    answer = create_app(settings).test_client().get(address, headers={"Accept-Language": "br, en;q=0.5"})
    html = re.sub(r"<(article|ol|svg)\b.*?</\1>", "", answer.text, flags=re.DOTALL)
    assert '<html lang="br"' in html
    texts = [*re.findall(r">([^<>]+)<", html), *re.findall(r'(?:aria-label|placeholder|title)="([^"]+)"', html)]
    depth_free = {unescape(text).strip() for text in texts}
    data = re.compile(
        r"[\W\d_]*|[-\d]+ [\d:]+ UTC|[A-Z]{3}|CSV|JSON|BibTeX|RIS|/activities/.*|https?:.*|A printed report|©.*"
    )
    escaped = {text for text in depth_free if "⟦" not in text and "⟧" not in text and not data.fullmatch(text)}
    names = {"Pakistan", "Egypt", "Myanmar", "Asia", "Africa", "UNODC", "Un women", "Shelters", "Trafficking", "English", "Arabic",
             ", or read", "all activities", "how to search",  # inside a sentence that is marked as a whole
             "Southern Asia", "South-eastern Asia", "Northern Africa", "Western Asia", "Trafficking in persons"}  # fmt: skip
    if address != "/help":  # its sentences hold other tags
        assert not {text for text in escaped - names if not text.startswith(("country:", "year:"))}


@pytest.mark.usefixtures("marked")
def test_a_language_is_taken_by_what_the_reader_asks_for_and_kept_apart(settings: Settings) -> None:
    client = create_app(settings).test_client()
    english, marked = (client.get("/", headers={"Accept-Language": tag}) for tag in ("en", "br"))
    assert "⟦" in marked.text
    assert "⟦" not in english.text
    assert english.headers["ETag"] != marked.headers["ETag"]
    assert "Accept-Language" in english.headers["Vary"]
    assert "⟦" not in client.get("/", headers={"Accept-Language": "en"}).text


def test_a_language_header_of_8_kb_is_no_matter(settings: Settings) -> None:
    header = ", ".join(f"x{n:03d};q=0.{n % 9}" for n in range(800))
    assert len(header) > 8000
    assert create_app(settings).test_client().get("/", headers={"Accept-Language": header}).status_code == 200


def test_the_sentences_for_translators_are_those_of_the_program() -> None:
    with TEMPLATE.open("rb") as lines:
        kept = {str(m.id) for m in read_po(lines) if m.id}
    assert kept == {str(m.id) for m in sentences() if m.id}, "run make translations"
