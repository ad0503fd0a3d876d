"""Every sentence can be translated. Adding a catalogue to locales/ is enough to add a language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.settings import Settings
from indexer.text import places
from tests.webapp.i18n.sentences import TEMPLATE, sentences
from webapp import create_app
from webapp.i18n import locale

# The names of the tests' places and languages in Breton, from CLDR.
NAMES = {places.name(code, "br") for code in ("PAK", "EGY", "142", "002", "034", "015", "145")} | {
    "saozneg",
    "arabeg",
}
PAGES = (
    "/",
    "/?q=trafficking&country=PAK&-theme=none&year_from=2019",
    "/?q=polce",
    "/?q=zzzz&-country=none",
    "/?page=9",
    "/?q=country:Atlantis+%22police&year=abc",
    "/?q=",
    "/about",
    "/coverage?q=police",
    "/coverage?q=zzzz",
    "/briefing?q=police&-theme=none&year_from=2018&match=all",
    "/briefing?country=EGY&group=theme",
    "/help",
    "/activities/egypt-shelter",
    "/activities/no-such",
    "/api?q=women",
)


@pytest.fixture(scope="module")
def marked_client(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A client of an application with a Breton catalogue: ⟦ and ⟧ mark its sentences."""
    folder: Path = tmp_path_factory.mktemp("marked")
    catalogue = sentences()
    catalogue.locale = "br"  # type: ignore[assignment]
    for message in catalogue:
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = tuple(f"⟦{ids[-1]}⟧" for _ in range(catalogue.num_plurals))
            message.string = strings if message.pluralizable else strings[0]
    with (folder / "br.po").open("wb") as out:
        write_po(out, catalogue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locale, "LOCALES", folder)
        locale.reload_catalogues()
        yield create_app(settings).test_client()
    locale.reload_catalogues()


def unmarked(html: str) -> set[str]:
    """Return the texts and labels of a page outside ⟦ and ⟧. A sentence may contain tags."""
    texts, depth = set(), 0
    for text in re.findall(r">([^<>]+)(?=<)", html):
        if not depth and "⟦" not in text:
            texts.add(unescape(text).strip())
        depth += text.count("⟦") - text.count("⟧")
    assert depth == 0
    return texts | {
        unescape(label)
        for label in re.findall(r'(?:aria-label|placeholder|title)="([^"⟦]+)"', html)
    }


@pytest.mark.parametrize("address", PAGES)
def test_every_sentence_of_a_page_is_translated(marked_client: FlaskClient, address: str) -> None:
    response = marked_client.get(address, headers={"Accept-Language": "br, en;q=0.5"})
    html = re.sub(r"<(article|ol|svg|code)\b.*?</\1>", "", response.text, flags=re.DOTALL)
    assert '<html lang="br"' in html
    data = re.compile(
        r"[\W\d_]*|[-\d]+ [\d:]+ UTC|[A-Z]{3}|CSV|JSON|BibTeX|RIS|/activities/.*|https?:.*"
        r"|A printed report|©.*|curl|Python|JavaScript|csv|json|bibtex|ris|atom|xlsx|docx"
    )
    vocabulary = {"UNODC", "Un women", "Shelters", "Trafficking", "Trafficking in persons"}
    assert not {text for text in unmarked(html) - vocabulary - NAMES if not data.fullmatch(text)}


def test_the_accept_language_header_selects_the_language_and_the_etag(
    marked_client: FlaskClient,
) -> None:
    english, marked = (
        marked_client.get("/", headers={"Accept-Language": tag}) for tag in ("en", "br")
    )
    assert "⟦" in marked.text
    assert "⟦" not in english.text
    assert english.headers["ETag"] != marked.headers["ETag"]
    assert "Accept-Language" in english.headers["Vary"]
    assert "⟦" not in marked_client.get("/", headers={"Accept-Language": "en"}).text


@pytest.fixture
def french_and_breton(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install French and Breton catalogues that override CLDR's name of one country."""
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"'
    for tag, name in (("fr", "Union du Myanmar"), ("br", "Unaniezh Myanmar")):
        (tmp_path / f"{tag}.po").write_text(f'{header}\n\nmsgid "Myanmar"\nmsgstr "{name}"\n')
    monkeypatch.setattr(locale, "LOCALES", tmp_path)
    locale.reload_catalogues()
    yield
    monkeypatch.undo()
    locale.reload_catalogues()


@pytest.mark.usefixtures("french_and_breton")
@pytest.mark.parametrize(
    ("tag", "egypt", "myanmar", "english"),
    [
        ("fr", "Égypte", "Union du Myanmar", "anglais"),
        ("br", "Egipt", "Unaniezh Myanmar", "saozneg"),
        ("en", "Egypt", "Myanmar", "English"),
    ],
)
def test_places_and_languages_can_be_found_by_their_local_and_english_names(
    settings: Settings, tag: str, egypt: str, myanmar: str, english: str
) -> None:
    client = create_app(settings).test_client()

    def get(address: str, **query: str) -> TestResponse:
        return client.get(address, query_string=query, headers={"Accept-Language": tag})

    for country, label in (("EGY", egypt), ("MMR", myanmar)):
        assert re.search(f"<title>.* {label} – ", get("/", country=country).text)
        assert f'<th scope="row">{label}</th>' in get("/coverage", country=country).text
    expected = get("/api/v1/search", country="MMR").json
    assert expected
    assert expected["total"]
    for name in (myanmar, "Myanmar", "MMR"):
        by_name = get(
            "/api/v1/search", q=f"country:({name})" if " " not in name else f'country:"{name}"'
        ).json
        assert by_name
        assert (by_name["total"], by_name["notices"]) == (expected["total"], [])
        suggested = get("/api/v1/suggest", q=name.casefold()).json
        assert suggested
        assert (suggested["suggestions"][0]["label"], suggested["suggestions"][0]["kind"]) == (
            myanmar,
            "country",
        )
    for name in (english, "English"):
        assert get("/api/v1/names", field="language", q=name[:4]).json == {"values": ["en"]}
    exported = get("/export", format="csv", country="MMR").text  # always in English
    assert "Myanmar" in exported
    assert tag == "en" or myanmar not in exported


def test_a_language_header_of_8_kb_is_accepted(settings: Settings) -> None:
    header = ", ".join(f"x{n:03d};q=0.{n % 9}" for n in range(800))
    assert len(header) > 8000
    assert (
        create_app(settings).test_client().get("/", headers={"Accept-Language": header}).status_code
        == 200
    )


@pytest.mark.usefixtures("french_and_breton")
def test_only_the_start_of_a_language_header_is_read() -> None:
    assert locale.negotiate_locale("fr".rjust(locale.MAX_HEADER_LENGTH)) == "fr"
    assert locale.negotiate_locale("fr".rjust(locale.MAX_HEADER_LENGTH + 2)) == "en"


def test_messages_pot_contains_every_sentence_of_the_program() -> None:
    with TEMPLATE.open("rb") as lines:
        in_template = {str(m.id) for m in read_po(lines) if m.id}
    assert in_template == {str(m.id) for m in sentences() if m.id}, "run make translations"
