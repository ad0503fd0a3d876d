"""Withdrawals are recognised in any common spelling, even in files with errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import ParsedFile, parse
from indexer.content.hiding_keys import HIDING_KEYS
from indexer.content.withdrawal import withdrawal_in_text
from indexer.engines.base import Engine
from indexer.indexing.sync import Summary
from indexer.query.plan import Plan

Index = Callable[..., Summary]

CONSEQUENCE = "the last good version stays public until this is corrected"


def parsed(text: str | bytes) -> ParsedFile:
    return parse("x", "content/x.md", text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "line",
    [
        "draft: true",
        "draft: True",
        "draft: yes",
        "draft: on",
        "draft: 1",
        'draft: "true"',
        "draft: “true”",
        "draft: true # until May",
        "draft: [true]",
        "Draft: true",
        "DRAFT: YES",
        "published: false",
        "Published: no",
        "published: off",
        "published: 0",
        "status: draft",
        "Status: Draft",
        "status: unpublished",
        "status: private",
        "status: hidden",
        "status: archived",
        "hidden: true",
        "private: yes",
        "unpublished: true",
    ],
)
def test_a_line_that_hides_withdraws_the_activity(line: str) -> None:
    result = parsed(f"---\ntitle: A report\n{line}\n---\nText.\n")
    assert result.withdrawn
    assert result.withdrawn.lower() in line.lower() + line.lower().replace('"', "").replace("[", "")
    assert not result.errors


@pytest.mark.parametrize(
    "line", ["draft: false", "draft: no", "published: true", "Published: yes", "status: published"]
)
def test_a_line_that_states_that_an_activity_is_public_is_accepted(line: str) -> None:
    result = parsed(f"---\n{line}\n---\nText.\n")
    assert (result.withdrawn, result.errors) == ("", ())
    assert result.activity is not None


@pytest.mark.parametrize(
    "text",
    [
        "---\ndraft: true\ntitel: x\n---\nText.",
        "---\ndraft: yes\ncountry: Atlantis\n---\nText.",
        "---\npublished: false\nyear: x\n---\nText.",
        "---\ntitle: a: b\ndraft: true\n---\nText.",
        "---\ntitle: 'open\ndraft: true\n---\nText.",
        "---\n\ttitle: x\ndraft: true\n---\nText.",
        "---\ndraft: true\ndraft: false\n---\nText.",
        "---\ndraft:true\n---\nText.",
        "---\ndraft: true\n\nA text below front matter that is never closed.",
        "---\ndraft: true\n---\n",
        "+++\ndraft = true\n+++\nText.",
        '+++\ntitle = "x"\npublished = false\n+++\nText.',
        "---\r\ntitle: a: b\r\ndraft: true\r\n---\r\nText.\r\n",
        b"---\ntitle: caf\xe9\ndraft: true\n---\nText.",
        b"---\ndraft: true\n---\nText\0.",
        "---\ntitle: a: b\ndraft: true\n---\nText.".encode("utf-16"),
        "---\ndraft: true\n---\n" + "x" * 1_000_001,
    ],
)
def test_a_file_with_another_error_is_withdrawn_too(text: str | bytes) -> None:
    result = parsed(text)
    assert result.errors
    assert result.withdrawn


@pytest.mark.parametrize(
    "text",
    [
        " ---\ndraft: true\n---\nText.",
        "\u200b---\ndraft: true\n---\nText.",
        "\ufeff\ufeff---\ndraft: true\n---\nText.",
        "# comment\n---\ndraft: true\n---\nText.",
        "—\ndraft: true\n—\nText.",
        "—-\ndraft: true\n—-\nText.",
        "----\ndraft: true\n----\nText.",
        "--- # x\ndraft: true\n---\nText.",
        "draft: true\n---\nText.",
        "title: x\ndraft: true\n\nText.",
        "```yaml\ndraft: true\n```\nText.",
        ";;;\ndraft: true\n;;;\nText.",
        '{\n  "title": "x",\n  "draft": true\n}\nText.',
        '{"title": "x", "draft": true}\nText.',
        "---\ntitle: x\n---\n\ndraft: true\n\nText.",
    ],
)
def test_a_file_with_malformed_front_matter_is_withdrawn(text: str) -> None:
    result = parsed(text)
    assert result.errors
    assert result.withdrawn


@pytest.mark.parametrize(
    "line", ["drfat: true", "publish: false", "draft: maybe", "status: perhaps", "hiden: true"]
)
def test_a_line_that_may_hide_is_an_error_that_names_the_consequence(line: str) -> None:
    result = parsed(f"---\n{line}\n---\nText.\n")
    assert result.withdrawn == ""
    assert CONSEQUENCE in str(result.errors[0])


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: a: b\n---\nThe status: draft of a law was discussed.\n\ndraft: true",
        "---\nsource: 'open\n---\nA draft: true to its name.",
        "---\ntitel: x\n---\nA workshop.\n\nStatus: draft\n",
        "---\ntitel: Draft: true or false?\n---\nText.",
    ],
)
def test_prose_below_the_front_matter_is_not_a_withdrawal(text: str) -> None:
    result = parsed(text)
    assert result.errors
    assert result.withdrawn == ""


HIDING_SYNTAX = ':= \n{},[]"#-\ufeff'


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "draft",
                "publishDate",
                "true",
                "2019-01-01",
                "9999-99-99T99:99",
                "---",
                *HIDING_SYNTAX,
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_text_is_searched_for_a_withdrawal(text: str) -> None:
    withdrawal_in_text(text)


@given(
    key=st.sampled_from([*HIDING_KEYS, "title", "x", "drafts"]),
    value=st.sampled_from(["true", "false", "draft", "yes", "no", "maybe", ""]),
    rest=st.text("a: -\n#'\"[]{}\t", max_size=30),
)
def test_errors_elsewhere_never_cancel_a_withdrawal(key: str, value: str, rest: str) -> None:
    alone = parsed(f"---\n{key}: {value}\n---\nText.")
    with_rest = parsed(f"---\n{key}: {value}\n{rest}\n---\nText.")
    assert not alone.withdrawn or with_rest.withdrawn


@pytest.mark.parametrize(
    ("line", "is_withdrawn", "depends"),
    [
        ("expiryDate: 2019-05-01", True, False),
        ("expiryDate: 2999-05-01", False, True),
        ("ExpiryDate: 2019-05-01T10:00:00Z", True, False),
        ("unpublishdate: 2019-05-01 10:00:00 +0200", True, False),
        ("publishDate: 2019-05-01", False, False),
        ("publishDate: 2999-05-01", True, True),
        ("pubdate: 2999-05-01T10:00+0200", True, True),
    ],
)
def test_a_date_withdraws_an_activity_before_or_after_it(
    line: str, is_withdrawn: bool, depends: bool
) -> None:
    result = parsed(f"---\n{line}\n---\nText.\n")
    assert result.errors == ()
    assert bool(result.withdrawn) == is_withdrawn
    assert result.depends_on_time == depends


@pytest.mark.parametrize("value", ["soon", "2019-13-01", "01/05/2019"])
def test_a_date_that_is_not_understood_is_an_error_that_names_the_consequence(value: str) -> None:
    result = parsed(f"---\nexpiryDate: {value}\n---\nText.\n")
    assert CONSEQUENCE in str(result.errors[0])


def indexed(engine: Engine) -> set[str]:
    """Return which of the activities with a date are in the index."""
    with engine.snapshot() as snapshot:
        return {stored.id for stored in snapshot.scan(Plan())} & {"ends", "begins"}


def test_an_unchanged_file_is_withdrawn_and_published_when_its_date_comes(
    content: Path, engine: Engine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The stamps of files that were just written are trusted.
    monkeypatch.setattr("indexer.indexing.changes.trusted_stamp", lambda stamp, now: stamp)
    (content / "ends.md").write_text("---\nexpiryDate: 2030-01-01\n---\nA shelter opened.\n")
    (content / "begins.md").write_text("---\npublishDate: 2030-01-01\n---\nA shelter opened.\n")
    monkeypatch.setattr("indexer.content.withdrawal.now", lambda: "2029-12-31T23:59:59Z")
    index()
    assert indexed(engine) == {"ends"}
    monkeypatch.setattr("indexer.content.withdrawal.now", lambda: "2030-01-01T00:00:00Z")
    summary = index()
    assert (summary.added, summary.deleted) == (1, 1)
    assert indexed(engine) == {"begins"}
