"""A slug that is not in the vocabulary has a warning that suggests the nearest known slug."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.content.files import check_folder

VOCABULARY = "partner:\n  un-women: UN Women\n  ohchr: OHCHR\ntheme:\n  shelter: Safe houses\n"


def warnings(content: Path) -> list[str]:
    """Return all warnings of a content folder, without the path of the folder."""
    all_warnings = [w for _, parsed in check_folder(content) for w in parsed.warnings]
    return [str(warning).removeprefix(f"{content}/") for warning in all_warnings]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with a vocabulary and no activities."""
    (tmp_path / "_vocabulary.yaml").write_text(VOCABULARY)
    return tmp_path


def test_an_unknown_slug_is_a_warning_with_the_nearest_known_one(folder: Path) -> None:
    (folder / "a.md").write_text("---\ntitle: x\npartner: [ohchr, un-womem]\n---\nText.\n")
    assert warnings(folder) == [
        'a.md:3: partner: "un-womem" is not in _vocabulary.yaml; did you mean "un-women" '
        "(UN Women)?"
    ]


def test_a_slug_near_a_known_label_gets_its_slug_as_suggestion(folder: Path) -> None:
    (folder / "a.md").write_text("---\ntheme: safe-house\n---\nText.\n")
    assert 'did you mean "shelter" (Safe houses)?' in warnings(folder)[0]


def test_a_warning_without_a_near_slug_says_how_to_add_one(folder: Path) -> None:
    (folder / "a.md").write_text("---\npartner: iom\n---\nText.\n")
    assert warnings(folder) == [
        'a.md:2: partner: "iom" is not in _vocabulary.yaml: correct it, or add it there with its '
        "label"
    ]


def test_a_field_without_labels_is_not_checked(folder: Path) -> None:
    (folder / "a.md").write_text("---\nagency: [unodc]\n---\nText.\n")
    assert warnings(folder) == []


def test_two_slugs_with_the_same_label_are_a_warning_with_its_line(folder: Path) -> None:
    (folder / "_vocabulary.yaml").write_text(
        "partner:\n  un-women: UN Women\n  ohchr: OHCHR\n  unw: UN  WOMEN\n"
    )
    assert warnings(folder) == [
        '_vocabulary.yaml:4: partner: "unw" and "un-women" have the same label, "UN  WOMEN": keep '
        'one of them, with "activities rename-value partner unw un-women"'
    ]


@pytest.mark.parametrize("label", ['""', '" "', "'\u200b'"])
def test_a_blank_label_is_an_error_with_its_line(folder: Path, label: str) -> None:
    (folder / "_vocabulary.yaml").write_text(f"partner:\n  iom: IOM\n  unw: {label}\n")
    (error,) = [error for _, parsed in check_folder(folder) for error in parsed.errors]
    assert (error.line, error.field) == (3, "partner")
    assert '"unw" has no label' in error.reason


def test_a_file_that_is_passed_over_is_a_warning(folder: Path) -> None:
    (folder / "a.md.bak").write_text("Text.")
    assert warnings(folder) == ["a.md.bak:1: its name does not end in .md or .markdown: rename it"]


def test_labels_of_a_vocabulary_with_an_error_are_not_compared(folder: Path) -> None:
    (folder / "_vocabulary.yaml").write_text('partner:\n  c: ""\n  d: " "\n')
    assert warnings(folder) == []
