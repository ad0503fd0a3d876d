"""BibTeX and RIS export, for reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.search.export.document import INCOMPLETE, ExportDocument, one_line

_BIBTEX_SPECIAL = re.compile(r"[\\{}$&#%_~^]")
_BIBTEX_ESCAPES = {  # the other special characters are escaped with a backslash
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts even escaped braces
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
INCOMPLETE_BIBTEX = f"@misc{{incomplete-file,\n  title = {{{{{INCOMPLETE}}}}}\n}}\n"
INCOMPLETE_RIS = f"TY  - GEN\r\nID  - incomplete-file\r\nTI  - {INCOMPLETE}\r\nER  - \r\n\r\n"
_KEYWORD_FIELDS = ("theme", "partner", "country")


def write_bibtex(document: ExportDocument) -> Iterator[str]:
    """Yield a comment about the source and one @misc entry per row."""
    note = document.note
    # BibTeX ignores text between entries, except for "@".
    yield f"% {re.sub('@', '(at)', one_line(note))}\n\n"
    for row in document.rows:
        activity = row.activity
        fields = {
            "title": "{" + bibtex_text(row.heading) + "}",  # inner braces preserve capitals
            "author": " and ".join(
                "{" + bibtex_text(label) + "}" for label in document.labels(row, "agency")
            ),
            "year": bibtex_text(str(max(row.values("year"), default=""))),
            "url": re.sub(r"[{}\\]", "", row.url),
            "language": bibtex_text(activity.language),
            "keywords": bibtex_text("; ".join(document.labels(row, *_KEYWORD_FIELDS))),
            "howpublished": bibtex_text("; ".join(map(str, row.values("source")))),
            "abstract": bibtex_text(activity.text),
            "note": bibtex_text(note),
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        yield f"@misc{{{activity.id.replace('/', ':')},\n{lines}\n}}\n\n"


def bibtex_text(text: str) -> str:
    """Return a text as the value of a BibTeX field, with special characters escaped."""
    return _BIBTEX_SPECIAL.sub(
        lambda match: _BIBTEX_ESCAPES.get(match[0], "\\" + match[0]), one_line(text)
    )


def write_ris(document: ExportDocument) -> Iterator[str]:
    """Yield one reference per row."""
    for row in document.rows:
        activity = row.activity
        tags = [("TY", "GEN"), ("ID", activity.id), ("TI", row.heading)]
        tags += [("AU", label) for label in document.labels(row, "agency")]
        if years := row.values("year"):
            tags.append(("PY", str(max(years))))
        tags += [("AB", activity.text), ("UR", row.url), ("LA", activity.language)]
        tags += [("KW", label) for label in document.labels(row, *_KEYWORD_FIELDS)]
        tags += [("N1", str(source)) for source in row.values("source")]
        tags.append(("N1", document.note))
        yield "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in tags) + "ER  - \r\n\r\n"
