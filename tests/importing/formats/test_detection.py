"""Formats are recognised by their content. Unsupported formats are refused with a fix."""

from __future__ import annotations

import builtins
import io
import subprocess
import sys
import zipfile
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.commands.import_command import import_command
from indexer.content.frontmatter import FrontMatterError
from indexer.importing.columns import Columns
from indexer.importing.paragraph import SourceError, SourceReport
from indexer.importing.sources import read_source


def archive(**parts: str) -> bytes:
    """Return a ZIP archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return stream.getvalue()


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
IATI = '<?xml version="1.0"?>\n<!-- x -->\n<iati-activities version="2.03"></iati-activities>'


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.json", "x.docx", "x.html", "-"])
@pytest.mark.parametrize(
    ("data", "format", "fix"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF", "pdftotext"),
        (b"\n\n%PDF-1.4", "PDF", "pdftotext"),
        (b"{\\rtf1\\ansi In Kenya", "RTF", "save it as DOCX"),
        (OLE2 + "WordDocument".encode("utf-16-le"), "DOC", "save it as DOCX"),
        (OLE2 + "Workbook".encode("utf-16-le"), "XLS", "save it as XLSX or CSV"),
        (OLE2 + "EncryptedPackage".encode("utf-16-le"), "encrypted", "without a password"),
        (OLE2, "an old Office format", "save it as DOCX or XLSX"),
        (archive(mimetype="application/vnd.oasis.opendocument.text"), "ODT", "save it as DOCX"),
        (archive(mimetype="application/epub+zip"), "EPUB", "copy its text"),
        (
            archive(**{"_rels/.rels": '<Relationship Type="http://purl.oclc.org/ooxml/x"/>'}),
            "Strict Open XML",
            "save it as DOCX or XLSX",
        ),
        (archive(a="x"), "a ZIP archive", "unpack it"),
        (b"\x1f\x8b\x08\x00", "a gzip archive", "unpack it"),
        (b"\x89PNG\r\n\x1a\n", "an image", "OCR"),
        (IATI.encode(), "IATI XML", "convert it to CSV"),
        (IATI.encode("utf-16"), "IATI XML", "convert it to CSV"),
        (b"<iati-activities>", "IATI XML", "convert it to CSV"),
        (b'<?xml version="1.0"?><feed></feed>', "a feed", "convert it"),
        (b'<?xml version="1.0"?><a>In Kenya</a>', "XML", "convert it to CSV"),
        (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n", "a web archive", '"HTML only"'),
    ],
)
def test_an_unsupported_format_is_refused_with_a_fix(
    data: bytes, format: str, fix: str, name: str
) -> None:
    with pytest.raises(SourceError) as error:
        read_source(data, name, Columns(), SourceReport())
    assert str(error.value).startswith(f"{name} is ")
    assert format in str(error.value)
    assert fix in str(error.value)


@pytest.mark.parametrize("name", ["x.txt", "x.pdf", "x.doc", "x.xml", "-", "x"])
@pytest.mark.parametrize(
    "text",
    [
        "In Kenya, judges met.",
        "text;year\nIn Kenya, judges met.;2019",
        '[{"text": "In Kenya, judges met."}]',
        "<html><p>In Kenya, judges met.</p></html>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_texts_are_recognised_whatever_their_file_name(name: str, text: str, encoding: str) -> None:
    (paragraph,) = read_source(text.encode(encoding), name, Columns(), SourceReport())
    assert paragraph.text == "In Kenya, judges met."


def test_a_sentence_with_the_word_text_is_not_a_header() -> None:
    text = "The text, which UNODC wrote, was read in Kenya.\nJudges met.\n"
    assert len(read_source(text.encode(), "x.txt", Columns(), SourceReport())) == 2


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.json", "x.html", "x.txt"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with suppress(SourceError, FrontMatterError):
        read_source(data, name, Columns(), SourceReport())


@pytest.mark.parametrize("number", [0, 1])
@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False))
def test_damaged_archives_are_read_or_refused(number: int, random: Random) -> None:
    data = bytearray(documents()[number][1])
    for _ in range(3):
        data[random.randrange(len(data))] = random.randrange(256)
    with suppress(SourceError, FrontMatterError):
        read_source(bytes(data), "x", Columns(), SourceReport())


@cache
def documents() -> list[tuple[str, bytes]]:
    """Return a document of each format that needs the optional packages."""
    stream, book = io.BytesIO(), io.BytesIO()
    docx.Document().save(stream)
    openpyxl.Workbook().save(book)
    return [
        ("DOCX", stream.getvalue()),
        ("XLSX", book.getvalue()),
        ("HTML", b"<html><p>In Kenya, judges met.</p></html>"),
    ]


@pytest.mark.parametrize(("format", "data"), documents())
def test_an_error_about_missing_packages_has_the_command_that_installs_them(
    format: str, data: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    original = builtins.__import__

    def import_without_extra(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] in ("openpyxl", "docx", "lxml"):
            raise ModuleNotFoundError(name)
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", import_without_extra)
    (tmp_path / "source").write_bytes(data)
    options = ["--content", str(tmp_path / "content")]
    result = CliRunner().invoke(import_command, [str(tmp_path / "source"), *options])
    assert result.exit_code == 2
    assert f"source is {format}, and the packages that read it are not installed" in result.stderr
    assert "make install-import" in result.stderr


def test_other_formats_do_not_need_the_optional_packages() -> None:
    code = (
        "import sys; sys.modules.update({'openpyxl': None, 'docx': None, 'lxml': None});"
        "from indexer.importing.sources import read_source;"
        "from indexer.importing.columns import Columns;"
        "from indexer.importing.paragraph import SourceReport;"
        "print(len(read_source(b'In Kenya, judges met.', '-', Columns(), SourceReport())))"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout == "1\n"
