"""The page of a report, and the folder that it is written into."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from indexer.report.contents import MAX_LISTED, Listing, ReportContents, read_contents
from indexer.report.folder import PAGE, NotReport, write_report
from indexer.report.links import CheckedLinks, LinkProblem
from indexer.report.page import Places, render

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
FILES = {
    "bad": 'year: "20l9"\ncolour: red|Text.',
    "slug": "agency: unodcc\nyear: 2019|Police officers learned about smuggling.",
    "hostile": f"title: {json.dumps(HOSTILE)}\nsource: 'https://a.example/?x=%22><script>'|Text.",
    "sub/ken": "country: KEN\nyear: 2019|Judges of Kenya learned to question children at home.",
    "sub/uga": "country: UGA|Judges of Uganda learned to question children at home.",
    "draft": "draft: true|A draft.",
}


@pytest.fixture
def collection(content: Path) -> Path:
    (content / "sub").mkdir()
    for id, text in FILES.items():
        front, _, body = text.partition("|")
        (content / f"{id}.md").write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
    (content / "_vocabulary.yaml").write_text("agency:\n  unodc: UNODC\n", encoding="utf-8")
    return content


@pytest.fixture
def contents(collection: Path, tmp_path: Path) -> ReportContents:
    return read_contents(collection, tmp_path / "index")


def page_of(contents: ReportContents, **places: str) -> str:
    return render(
        contents, Places(contents.content.parent / "report", contents.content, **places), "A site"
    )


def section(page: str, id: str) -> str:
    return page[page.index(f'<h2 id="{id}">') :].partition("</section>")[0]


class Elements(HTMLParser):
    """The elements of a page: (tag, attributes)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_each_error_has_its_file_line_and_fix(contents: ReportContents) -> None:
    rejected = section(page_of(contents), "rejected")
    assert '<a class="path" href="../content/bad.md">bad.md</a>' in rejected
    assert "Line 2, year: &#34;20l9&#34; is not a whole number" in rejected
    assert "Line 3: unknown field &#34;colour&#34;" in rejected


def test_an_unknown_slug_is_listed_once_with_its_files(contents: ReportContents) -> None:
    slugs = section(page_of(contents), "slugs")
    assert "did you mean &#34;unodc&#34; (UNODC)?" in slugs
    assert '<a class="path" href="../content/slug.md">slug.md, line 2</a>' in slugs


def test_activities_without_a_country_or_a_year_are_listed(contents: ReportContents) -> None:
    page = page_of(contents)
    assert {"slug.md", "hostile.md", "global-guide.md"} == set(
        re.findall(r'<a class="path"[^>]*>([^<]*)', section(page, "country"))
    )
    assert "sub/uga.md" in section(page, "year")
    assert "draft.md" not in page


def test_repeated_activities_are_a_group(contents: ReportContents) -> None:
    repeats = section(page_of(contents), "repeats")
    assert "reported in 2019; KEN" in repeats
    assert "no year stated; UGA" in repeats


def test_each_activity_links_to_its_public_page_and_to_its_file(contents: ReportContents) -> None:
    page = page_of(contents, site_url="https://s.example", edit_url="https://edit.example/{path}?x")
    assert 'href="https://s.example/activities/sub/ken"' in page
    assert 'href="https://edit.example/sub/ken.md?x"' in page
    assert "s.example" not in page_of(contents)


def test_links_that_lead_nowhere_are_listed_with_their_files(contents: ReportContents) -> None:
    (url,) = contents.files_by_url
    contents.links = CheckedLinks({url: LinkProblem("answers 404 (not found)", True, True)}, 1, 3)
    links = section(page_of(contents), "links")
    assert "answers 404 (not found)." in links
    assert "hostile.md" in links
    assert "3 links were not opened, because the time was over" in links
    assert "no connection to the Internet" not in links
    contents.links = CheckedLinks({url: LinkProblem("is gone", True)}, 1, 0, is_offline=True)
    assert "no connection to the Internet" in section(page_of(contents), "links")


def test_searches_that_found_nothing_link_to_the_site(contents: ReportContents) -> None:
    assert "activities serve --query-log" in page_of(contents)
    contents.searches = [("wimen & <b>", 3)]
    searches = section(page_of(contents, site_url="https://s.example"), "searches")
    assert 'href="https://s.example/?q=wimen+%26+%3Cb%3E"' in searches
    assert "wimen &amp; &lt;b&gt;</a>" in searches
    assert "3 times" in searches


def test_the_page_has_no_script_and_needs_no_other_file(contents: ReportContents) -> None:
    contents.searches = [(HOSTILE, 1)]
    elements = Elements(page_of(contents)).found
    assert not {tag for tag, _ in elements} & {"script", "img", "link", "iframe", "object", "b"}
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]
    assert not [attributes for _, attributes in elements if "src" in attributes]


def test_a_section_lists_few_items_and_counts_the_others(contents: ReportContents) -> None:
    contents.searches = []
    contents.without_year = Listing.of(contents.without_year.items[:1] * (MAX_LISTED + 1234))
    page = page_of(contents)
    assert section(page, "year").count("<li>") == MAX_LISTED
    assert "And 1,234 more activities." in section(page, "year")


def test_a_report_of_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    page = page_of(read_contents(tmp_path / "content", tmp_path / "index"))
    assert page.count(">none<") == 6
    assert "<section>" not in page


def test_a_report_replaces_an_earlier_one(contents: ReportContents, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "report"
    page = page_of(contents)
    write_report(folder, page)
    (folder / "notes.txt").write_text("kept")
    write_report(folder, page + "<!-- second -->")
    assert sorted(os.listdir(folder)) == [PAGE, "notes.txt"]
    assert (folder / PAGE).read_text(encoding="utf-8") == page + "<!-- second -->"


@pytest.mark.parametrize("name", ["index.html", "notes.txt"])
def test_a_folder_that_is_not_a_report_is_not_changed(
    contents: ReportContents, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / name).write_text("<h1>A site</h1>")
    with pytest.raises(NotReport, match="is not a report: name a new or empty folder"):
        write_report(folder, page_of(contents))
    assert os.listdir(folder) == [name]
    assert (folder / name).read_text() == "<h1>A site</h1>"


def test_a_report_that_cannot_be_written_leaves_the_earlier_one(
    contents: ReportContents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "report"
    page = page_of(contents)
    write_report(folder, page)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_report(folder, "another page")
    assert os.listdir(folder) == [PAGE]
    assert (folder / PAGE).read_text(encoding="utf-8") == page
