"""Read JSON: an array of objects, or objects one after another as in JSON Lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from indexer.importing.columns import Columns, read_objects
from indexer.importing.paragraph import Paragraph, SourceReport

_SPACE = re.compile(r"[ \t\n]*")
_SPACE_AND_COMMAS = re.compile(r"[ \t\n,]*")


def read_json(text: str, name: str, columns: Columns, report: SourceReport) -> Iterator[Paragraph]:
    """Yield the paragraphs of JSON. Raises SourceError for unknown keys."""
    return read_objects(_objects(text, report), name, columns, report)


def is_json(text: str) -> bool:
    """Return whether a text begins with a JSON object, or with an array of objects."""
    return re.match(r'[ \t\n]*(?:\[[ \t\n]*)?\{[ \t\n]*"', text) is not None


def _objects(text: str, report: SourceReport) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the objects of a text with their places.

    After an error, reading continues on the next line.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_unique_keys)
    position, line, counted = _SPACE.match(text).end(), 1, 0  # type: ignore[union-attr]
    is_array = text[position : position + 1] == "["
    separators = _SPACE_AND_COMMAS if is_array else _SPACE
    position += is_array
    is_cut = False  # whether the rest of the text was left out after an error
    while True:
        position = separators.match(text, position).end()  # type: ignore[union-attr]
        line, counted = line + text.count("\n", counted, position), position
        if position == len(text) or (is_array and text[position] == "]"):
            break
        place = f"line {line}"
        try:
            value, position = decoder.raw_decode(text, position)
            json.dumps(value, ensure_ascii=False).encode()  # rejects lone surrogates
        except (ValueError, RecursionError) as error:
            reason = f" ({error.msg})" if isinstance(error, json.JSONDecodeError) else ""
            reason = f" ({error})" if isinstance(error, _DoubledKeyError) else reason
            report.errors.append(f"{place}: is not JSON{reason}: write one object per line")
            next_line = text.find("\n", position)
            position = len(text) if next_line < 0 else next_line
            is_cut = position == len(text)
            continue
        if isinstance(value, dict):
            yield place, value
        else:
            report.errors.append(f'{place}: has no "text": write {{"text": "…"}}')
    if is_array and text[position + 1 :].strip():
        report.errors.append(f"line {line}: has text after the array: remove it")
    elif is_array and position == len(text) and not is_cut:
        report.errors.append(
            f'line {line}: the array has no "]" at its end: the file is incomplete'
        )


class _DoubledKeyError(ValueError):
    """Raised for a key that an object has twice."""


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record: dict[str, object] = {}
    for key, value in pairs:
        if key in record:
            raise _DoubledKeyError(f'the key "{key}" is given twice')
        record[key] = value
    return record
