"""content/_site.yaml: front matter keys of another site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import InvalidActivity, ParsedFile, parse
from indexer.content.rules import FrontMatterRules
from indexer.content.site import Site
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.settings import Settings

Index = Callable[..., Summary]

FIELDS = {
    "date": "year",
    "tags": "theme",
    "categories": "theme",
    "location": "country",
    "headline": "title",
}


def read(front: str, ignored: tuple[str, ...] = ("*",)) -> ParsedFile:
    """Parse a file with this front matter, with rules that ignore these keys."""
    rules = FrontMatterRules(frozenset(ignored), FIELDS)
    return parse("a", "a.md", f"---\n{front}---\nA shelter opened.\n".encode(), rules)


def meta(front: str) -> dict[str, tuple[object, ...]]:
    """Return the values of a file with this front matter, apart from its language."""
    activity = read(front).activity
    assert activity is not None
    return {name: values for name, values in activity.meta.items() if name != "language"}


def site_error(text: str) -> str:
    """Return the error in a file with this text, without its path."""
    with pytest.raises(InvalidActivity) as raised:
        Site.parse(text, "_site.yaml")
    return str(raised.value).partition(":")[2]


@pytest.mark.parametrize("text", ["", "# nothing\n", "front_matter:\n", "front_matter: {}\n"])
def test_a_file_without_rules_has_the_default_rules(text: str) -> None:
    assert Site.parse(text, "_site.yaml").rules.digest == ""


def test_the_rules_are_read() -> None:
    text = "front_matter: {ignore: [layout, '*'], map: {date: year, tags: theme}}\n"
    rules = Site.parse(text, "_site.yaml").rules
    assert rules.ignored == {"layout", "*"}
    assert rules.fields == {"date": "year", "tags": "theme"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("frontmatter: {}", '1: unknown key "frontmatter"'),
        ("front_matter:\n  ignored: [a]", '2: unknown key "ignored"'),
        ("front_matter:\n  ignore:\n    - a: b", "3: is not a key"),
        ("front_matter:\n  ignore: [year]", '2: "year" is a field'),
        ("front_matter:\n  map: [date]", "2: is not a mapping"),
        ("front_matter:\n  map:\n    date: years", '3: "years" is not a field to map to'),
        ("front_matter:\n  map:\n    hide: draft", '3: "draft" is not a field to map to'),
        ("front_matter:\n  map:\n    title: theme", '3: "title" is a field already'),
        ("front_matter:\n  map:\n    a: year\n    a: theme", '4: "a" is mapped twice'),
        ("front_matter: {}\nfront_matter: 1", '2: "front_matter" is given twice'),
        ("- a", "1: is not a mapping"),
        ("front_matter: [", "1: is not valid YAML"),
        (
            f"front_matter: {{ignore: [{', '.join(f'k{n}' for n in range(501))}]}}",
            "1: has 501 keys: at most 500",
        ),
    ],
)
def test_an_error_has_its_line_and_the_fix(text: str, error: str) -> None:
    assert site_error(text).startswith(error)


@pytest.mark.parametrize("key", ["draft", "Published", "status", "hidden"])
@pytest.mark.parametrize("rule", ["ignore: [{}]", "map: {{{}: theme}}"])
def test_a_key_that_hides_can_be_neither_ignored_nor_mapped(key: str, rule: str) -> None:
    assert "hides" in site_error(f"front_matter:\n  {rule.format(key)}\n")


@given(st.text(st.sampled_from("front_mae: ignop{}[],-*\n\"'#&!a1é|\t"), max_size=80))
def test_any_text_gives_rules_or_an_error_with_a_line(text: str) -> None:
    line = 1
    try:
        Site.parse(f"front_matter:\n  {text}", "_site.yaml")
    except InvalidActivity as error:
        line = error.line
    assert line >= 1


def test_an_additional_key_is_an_error_without_rules() -> None:
    (error,) = read("layout: post\n", ignored=()).errors
    assert 'unknown field "layout"' in str(error)


@pytest.mark.parametrize(
    "front",
    [
        "layout: post\n",
        "author: {name: Ana, links: [{a: 1}, {b: [2]}]}\n",
        "author: &ana\n  name: Ana\n",
        "image: !binary aGk=\n",
        "layout: a\nlayout: b\n",
        "seo:\n  - title: x\n    tags: [y]\nweight: 3\n",
    ],
)
def test_an_ignored_key_may_have_any_value(front: str) -> None:
    assert meta(front + "theme: shelter\n") == {"theme": ("shelter",)}
    assert meta("theme: shelter\n" + front) == {"theme": ("shelter",)}


def test_only_listed_keys_are_ignored() -> None:
    (error,) = read("layout: post\nlayuot: post\n", ignored=("layout",)).errors
    assert 'unknown field "layuot"' in str(error)


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("date: 2019-05-01 10:00:00 +0000\n", {"year": (2019,)}),
        ("date: 2019-05-01T10:00:00Z\n", {"year": (2019,)}),
        ("date: May 1, 2019\n", {"year": (2019,)}),
        ("tags: [Access to Justice, GBV]\n", {"theme": ("access-to-justice", "gbv")}),
        ("tags: police, courts\n", {"theme": ("police", "courts")}),
        ("tags: Human rights\n", {"theme": ("human-rights",)}),
        ("tags: [a, b]\ncategories: [b, c]\n", {"theme": ("a", "b", "c")}),
        ("tags: [a]\ntheme: b\n", {"theme": ("b",)}),
        ("tags:\n", {}),
    ],
)
def test_a_mapped_key_is_read_as_its_field(front: str, expected: dict[str, object]) -> None:
    assert meta(front) == expected


def test_a_mapped_country_is_read_by_its_name() -> None:
    assert meta("location: Kenya\n")["country"] == ("KEN",)
    assert meta("location: Kenya, Uganda\n")["country"] == ("KEN", "UGA")
    assert meta("location: Bonaire, Sint Eustatius and Saba\n")["country"] == ("BES",)


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("location: Nairobi\n", '"Nairobi" is not a country'),
        ("date: yesterday\n", '"yesterday" is not a whole number'),
        ("headline: [One, Two]\n", '"Two" is a second value'),
        (f"headline: {'x' * 300}\n", "is 300 characters long"),
    ],
)
def test_a_mapped_value_that_is_not_understood_is_left_out_with_a_warning(
    front: str, reason: str
) -> None:
    parsed = read(front)
    assert parsed.activity is not None
    (warning,) = parsed.warnings
    assert reason in warning.reason
    assert warning.reason.endswith("; the value is left out")
    assert warning.line == 2


@pytest.mark.parametrize("key", ["drfat", "publishd", "visibility"])
def test_all_keys_do_not_include_a_key_that_may_be_meant_to_hide(key: str) -> None:
    (error,) = read(f"{key}: false\n").errors
    assert "the last good version stays public" in str(error)
    assert read(f"{key}: false\n", ignored=(key,)).errors == ()


def test_a_mapped_value_has_no_fix() -> None:
    assert read("tags: [Access to Justice]\n").fixes == ()


def test_changed_rules_reindex_only_activities_whose_values_change(
    settings: Settings, content: Path, engine: Engine, index: Index
) -> None:
    (content / "dated.md").write_text("---\ndate: 2011-01-01\n---\nA shelter opened.\n")
    site = content / "_site.yaml"
    site.write_text("front_matter: {ignore: ['*']}\n")
    first = index()
    assert (first.added, first.errors) == (5, [])
    site.write_text("front_matter: {ignore: ['*'], map: {date: year}}\n")
    second = index()
    assert (second.changed, second.unchanged, second.errors) == (1, 4, [])
    with engine.snapshot() as snapshot:
        (stored,) = snapshot.get("dated")
    assert stored is not None
    assert stored.meta["year"] == (2011,)


def test_the_last_rules_are_used_if_the_site_file_has_an_error(content: Path, index: Index) -> None:
    (content / "dated.md").write_text("---\nlayout: post\n---\nA shelter opened.\n")
    site = content / "_site.yaml"
    site.write_text("front_matter: {ignore: [layout]}\n")
    assert index().errors == []
    site.write_text("front_matter: {ignore: [year]}\n")
    (content / "dated.md").write_text("---\nlayout: page\n---\nA second shelter opened.\n")
    summary = index()
    assert summary.changed == 1
    assert [error.path for error in summary.errors] == [str(site)]


def test_the_name_the_tagline_and_the_text_about_a_collection_are_read() -> None:
    site = Site.parse(
        "name: Prison  reform\ntagline: 'What we did: a record'\nabout: |\n  From **reports**.\n\n"
        "  And more.\n",
        "_site.yaml",
    )
    assert (site.name, site.tagline) == ("Prison reform", "What we did: a record")
    assert site.about == "From **reports**.\n\nAnd more."
    assert site.rules.digest == ""


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("name: [a, b]\n", "1: is not a text: write it on one line"),
        ("tagline: a\nname: " + "a" * 61, "2: has 61 characters: at most 60 are allowed"),
        ("tagline: " + "a" * 161, "1: has 161 characters: at most 160 are allowed"),
        ('name: "\\u200b"\n', "1: has no visible text"),
        ("about: {a: b}\n", '1: is not a text: write "about: |"'),
        ("about: " + "a" * 20_001, "1: has 20,001 characters: at most 20,000 are allowed"),
        ("nmae: a\n", 'unknown key "nmae": the keys here are name, tagline, about, front_matter'),
    ],
)
def test_an_error_in_the_name_or_a_text_has_its_line_and_a_fix(text: str, error: str) -> None:
    assert error in site_error(text)


def test_a_new_name_indexes_no_activity_again(content: Path, index: Index) -> None:
    index()
    (content / "_site.yaml").write_text("name: Another name\n", encoding="utf-8")
    summary = index()
    assert (summary.changed, summary.unchanged) == (0, 4)
