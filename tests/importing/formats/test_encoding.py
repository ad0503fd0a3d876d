"""Encodings of CSV and text: UTF-8, UTF-16 and Windows-1252."""

from __future__ import annotations

import pytest

from indexer.content.frontmatter import FrontMatterError
from indexer.importing.formats.encoding import decode_source
from indexer.importing.paragraph import SourceReport

TEXT = "text;année\nÀ Genève, les juges – réunis à l’Élysée – coûtèrent 5 €;2019\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_recognised(encoding: str, line_end: str) -> None:
    report = SourceReport()
    data = TEXT.replace("\n", line_end).encode(encoding)
    assert decode_source(data, report, allow_windows=False) == TEXT
    assert report == SourceReport()


def test_windows_1252_is_read_where_it_is_allowed_and_reported() -> None:
    report = SourceReport()
    assert decode_source(TEXT.encode("cp1252"), report, allow_windows=True) == TEXT
    assert report.notes == ["is not UTF-8: read as Windows-1252: check the accents"]
    with pytest.raises(FrontMatterError, match="line 1: byte 0xe9 is not UTF-8"):
        decode_source(TEXT.encode("cp1252"), report, allow_windows=False)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("text\nВ Кении судьи встретились с полицией.\n", "cp1251"),
        ("text\nΣτην Κένυα, οι δικαστές συναντήθηκαν.\n", "cp1253"),
        ("text\nفي كينيا التقى القضاة بالشرطة\n", "cp1256"),
        ("text\n判事は警察と会った\n", "shift-jis"),
    ],
)
def test_other_encodings_are_not_read_as_windows_1252(text: str, encoding: str) -> None:
    with pytest.raises(FrontMatterError, match="save the file as UTF-8"):
        decode_source(text.encode(encoding), SourceReport(), allow_windows=True)


def test_a_nul_byte_is_reported_with_its_line() -> None:
    with pytest.raises(FrontMatterError, match="line 2: has a NUL byte"):
        decode_source(b"a\nb\0", SourceReport(), allow_windows=True)
