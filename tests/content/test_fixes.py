"""`activities check --fix` changes only the values that it reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content import file_replacement
from indexer.content.activity import parse
from indexer.content.fixes import fix_file, fixed_bytes


def fixed(text: str) -> str:
    """Return a text after its fixes are applied."""
    data = text.encode()
    new = fixed_bytes(data, parse("x", "x.md", data).fixes)
    assert new is not None
    return new.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("theme: a, b", "theme: [a, b]"),
        ('theme: "a; b"  # both', "theme: [a, b]  # both"),
        ("country: Pakistan, Afghanistan", "country: [PAK, AFG]"),
        ("country: Pakistan and Afghanistan", "country: [PAK, AFG]"),
        ("country: [Kenya, Pakistan and Afghanistan]", "country: [KEN, PAK, AFG]"),
        ("country: Trinidad and Tobago", "country: TTO"),
        ("year: 2018-2020", "year: [2018, 2019, 2020]"),
        ("year: 2018–2020", "year: [2018, 2019, 2020]"),
        ("year: 2018, 2019", "year: [2018, 2019]"),
        ("year: 2018/2019", "year: [2018, 2019]"),
        ("year: [2016, 2018-2020]", "year: [2016, 2018, 2019, 2020]"),
        ("year:\n  2018 to 2020", "year:\n  [2018, 2019, 2020]"),
        ("year:\n- 2018-2019 # a comment\n- 2019", "year:\n- 2018\n- 2019 # a comment"),
        ("country:\n  - Kenya, Uganda\n  - TZA", "country:\n  - KEN\n  - UGA\n  - TZA"),
        ("country: [KEN, 'Kenya, Uganda']", "country: [KEN, UGA]"),
        ("region: Eastern Africa, 011", 'region: ["014", "011"]'),
        ("country: >-\n  Kenya,\n  Uganda\nyear: 2018", "country: [KEN, UGA]\nyear: 2018"),
        ('theme: ["Null", B]', 'theme: ["null", b]'),
        ("language: NO", 'language: "no"'),
        ('title: "e\u0301e\u0301"\ncountry: Viet Nam', 'title: "e\u0301e\u0301"\ncountry: VNM'),
        ("source: e\u0301\ncountry: [Coˆte, CO\u0302TE D'IVOIRE]", None),
    ],
)
def test_a_fix_writes_keys_and_lists(before: str, after: str | None) -> None:
    text = f"---\n{before}\n---\nTe\u0301xt.\n"
    if after is None:  # a wrong value in the same list is unchanged
        assert "CIV]" in fixed(text)
        assert fixed(text).startswith("---\nsource: e\u0301\ncountry: [Coˆte, ")
    else:
        assert fixed(text) == f"---\n{after}\n---\nTe\u0301xt.\n"


def test_a_fix_keeps_line_endings_and_the_unicode_form() -> None:
    data = (
        b"\xef\xbb\xbf---\r\ntitle: Cafe\xcc\x81 \xe2\x84\xaa\ncountry:\r\n- Kenya, Uganda\r\n---\r"
        b"Text e\xcc\x81\r\n\xc2\x85end"
    )
    assert fixed_bytes(data, parse("x", "x.md", data).fixes) == data.replace(
        b"- Kenya, Uganda\r\n", b"- KEN\r\n- UGA\r\n"
    )


VALUE = st.one_of(
    st.sampled_from(["PAK", "Pakistan", "pk", "Viet Nam", "Türkiye", "Tu\u0308rkiye", "Kenya"]),
    st.sampled_from(
        ["Kenya, Uganda", "Kenya and Uganda", "Kenya; Pakistan", "Trinidad and Tobago"]
    ),
)
YEAR = st.sampled_from(["2018", "2018-2020", "2019, 2020", "2018–2019", "2018/2019"])
SLUG = st.sampled_from(["a", "a, b", "UN Women", "A B; c", "Null", "é", "e\u0301, f", "2030"])
QUOTE = st.sampled_from(["", '"', "'"])
COMMENT = st.sampled_from(["", " # a, comment", "  # é: [x]"])


@st.composite
def fields(draw: st.DrawFn, name: str, values: st.SearchStrategy[str]) -> str:
    """Return the lines of a field: one value, a list in brackets or a list with hyphens."""
    texts = draw(st.lists(values, min_size=1, max_size=4))
    style = draw(st.sampled_from(["value", "brackets", "lines", "hyphens"]))
    quotes = [draw(QUOTE) for _ in texts]
    if style in ("brackets", "lines"):
        quotes = [
            quote or '"' if "," in text else quote
            for quote, text in zip(quotes, texts, strict=True)
        ]
    items = [f"{quote}{text}{quote}" for quote, text in zip(quotes, texts, strict=True)]
    comment = draw(COMMENT)
    if style == "value":
        return f"{name}: {items[0]}{comment}"
    if style == "brackets":
        return f"{name}: [{', '.join(items)}]{comment}"
    if style == "lines":
        return f"{name}: [{f',{comment}{chr(10)}   '.join(items)}]"
    indent = draw(st.sampled_from(["", "  "]))
    return "\n".join([f"{name}:", *(f"{indent}- {item}{draw(COMMENT)}" for item in items)])


@given(
    st.tuples(
        fields("country", VALUE), fields("year", YEAR), fields("theme", SLUG), st.just("# e\u0301")
    ).flatmap(st.permutations),
    st.sampled_from(
        ["title: 'e\u0301 # x'", 'title: "\u2126 \\" x"', "source: >\n  a,\n  b\n", ""]
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff"]),
)
def test_fixes_change_only_the_values_that_they_report(
    lines: list[str], other: str, line_end: str, bom: str
) -> None:
    text = "\n".join(["---", other, *lines, "---", "Te\u0301xt,", "country: Kenya, Uganda", ""])
    data = (bom + text.replace("\n", line_end)).encode()
    before = parse("x", "x.md", data)
    new = fixed_bytes(data, before.fixes)
    if not before.fixes:
        assert new == data
        return
    assert new is not None
    after = parse("x", "x.md", new)
    assert (after.errors, after.fixes) == ((), ())
    assert after.activity is not None
    announced = {error.field for error in before.errors if error.kind == "joined-values"}
    assert len(before.errors) == sum(error.kind == "joined-values" for error in before.errors)
    if not announced:  # names became keys, and duplicates were removed
        assert before.activity is not None
        assert after.activity.meta == before.activity.meta
    body = data.split(b"Te\xcc\x81xt,")[1]
    assert new.endswith(b"Te\xcc\x81xt," + body)
    comments = [part for line in text.split("\n") for part in [line.partition(" # ")[2]] if part]
    preserved = [comment for comment in comments if comment.encode() in new]
    assert len(preserved) == len(comments) or any(fix.keys == () for fix in before.fixes)


def test_a_file_is_fixed_with_its_mode_and_without_temporary_files(tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    file.write_text("---\ncountry: Kenya, Uganda\n---\nText.")
    file.chmod(0o640)
    result = fix_file(file, "x")
    assert [fix.key for fix in result.fixes] == ["KEN, UGA"]
    assert (result.parsed.errors, result.error) == ((), None)
    assert file.read_text() == "---\ncountry: [KEN, UGA]\n---\nText."
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["x.md"]


def test_a_file_that_changed_since_it_was_checked_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "x.md"
    file.write_text("---\ncountry: Kenya\n---\nText.")
    assert parse("x", str(file), file.read_bytes()).fixes
    file.write_text("---\ntitle: A title that an editor has saved\ncountry: Pakistan\n---\nText.")
    assert [fix.key for fix in fix_file(file, "x").fixes] == ["PAK"]
    assert "A title that an editor has saved\ncountry: PAK\n" in file.read_text()


@pytest.mark.parametrize("by_rename", [True, False])
@pytest.mark.parametrize("moment", ["_write", "_check_unchanged"])
def test_a_save_during_the_fix_is_never_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_rename: bool, moment: str
) -> None:
    file = tmp_path / "x.md"
    file.write_text("---\ncountry: Kenya\n---\nText.")
    saves = iter(range(1, 100))
    original = getattr(file_replacement, moment)

    def save_meanwhile(*arguments: object) -> None:
        original(*arguments)
        monkeypatch.setattr(file_replacement, moment, original)
        text = f"---\ncountry: Pakistan\n---\nSaved by an editor {next(saves)}."
        if by_rename:
            (tmp_path / "editor").write_text(text)
            (tmp_path / "editor").rename(file)
        else:
            file.write_text(text)

    monkeypatch.setattr(file_replacement, moment, save_meanwhile)
    result = fix_file(file, "x")
    assert [fix.key for fix in result.fixes] == ["PAK"]
    assert file.read_text() == "---\ncountry: PAK\n---\nSaved by an editor 1."
    assert [path.name for path in tmp_path.iterdir()] == ["x.md"]


def test_a_file_that_keeps_changing_is_reported_and_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.md"
    file.write_text("---\ncountry: Kenya\n---\nText.")
    original = file_replacement._write

    def save_meanwhile(*arguments: object) -> None:
        original(*arguments)
        file.write_text(file.read_text() + "More.")

    monkeypatch.setattr(file_replacement, "_write", save_meanwhile)
    result = fix_file(file, "x")
    assert result.error is not None
    assert f"{file}:1: was changed by another program" in str(result.error)
    assert file.read_text() == "---\ncountry: Kenya\n---\nText.More.More.More."


def test_an_error_names_the_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.md"
    file.write_text("---\ncountry: Kenya\n---\nText.")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device", "a temporary file")

    monkeypatch.setattr("indexer.content.file_replacement.os.fsync", full)
    result = fix_file(file, "x")
    assert str(result.error) == (
        f"{file}:1: cannot be rewritten (No space left on device), and was not changed"
    )
    assert file.read_text() == "---\ncountry: Kenya\n---\nText."
    assert [path.name for path in tmp_path.iterdir()] == ["x.md"]


def test_a_removed_file_is_ignored(tmp_path: Path) -> None:
    result = fix_file(tmp_path / "x.md", "x")
    assert (result.error, result.fixes, result.parsed.errors) == (None, (), ())
