"""Compare extraction with a reader's labels: python tests/bench/detection.py [CORPUS…]

Each line of a corpus is a JSON object with id, text, countries and years, and optionally lang,
partners (slugs) with agency (the slug of the reporting agency), and set (a part of the corpus that
is measured alone). Prints each disagreement with the words that caused it, then precision and
recall.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from indexer.importing.extraction import Evidence, Extraction, extract
from indexer.importing.organizations import ORGANIZATIONS, find_organizations

DATA = Path(__file__).parents[1] / "data"
CORPORA = (
    "../shared/corpora/un_gender_gold_dev.jsonl",
    str(DATA / "passages.jsonl"),
    str(DATA / "public_passages.jsonl"),
    str(DATA / "project_passages.jsonl"),
)
FIELDS = ("country", "year", "partner")

Tally = Counter[tuple[str, str, str]]  # keys: part of the corpus, field, counter


def main(paths: Sequence[str]) -> None:
    """Print precision and recall of extraction for each corpus."""
    for path in paths:
        if not Path(path).exists():
            print(f"{path}: not found, so it is not measured")
            continue
        print(f"## {path}")
        with open(path, encoding="utf-8") as corpus:
            _print_summary(_compare([json.loads(line) for line in corpus if line.strip()]))


def _compare(passages: Iterable[dict[str, Any]]) -> Tally:
    """Return the counts of a corpus, and print its disagreements."""
    tally: Tally = Counter()
    for passage in passages:
        extraction = extract(passage["text"], passage.get("lang"))
        for field, expected, values in _values(passage, extraction):
            for part in {"all", passage.get("set", "all")}:
                tally[part, field, "correct"] += len(values & expected)
                tally[part, field, "extracted"] += len(values)
                tally[part, field, "expected"] += len(expected)
            if values != expected:
                _print_disagreement(passage, field, expected, extraction)
    return tally


def _values(
    passage: dict[str, Any], extraction: Extraction
) -> Iterable[tuple[str, set[object], set[object]]]:
    """Yield the labelled and the extracted values of each labelled field."""
    yield "country", set(passage["countries"]), {item.value for item in extraction.countries}
    yield "year", set(passage["years"]), {item.value for item in extraction.years}
    if "agency" in passage:  # partners are labelled by slug
        slugs = {topic.slug for topic in find_organizations(passage["text"])}
        partners = set(passage["partners"]) & set(ORGANIZATIONS)
        yield "partner", partners, slugs - {passage["agency"]}


def _print_disagreement(
    passage: dict[str, Any], field: str, expected: set[object], extraction: Extraction
) -> None:
    if field == "partner":
        mentions = [f'{t.slug} by "{t.words}"' for t in find_organizations(passage["text"])]
    else:
        evidence = extraction.countries if field == "country" else extraction.years
        mentions = list(map(_describe, evidence))
    print(f"{passage['id']} {field}: reader {sorted(map(str, expected))}, extracted {mentions}")
    if field == "country":
        print(f"    rejected: {list(map(_describe, extraction.rejected))}")
    print(f"    {passage['text'][:300]}")


def _print_summary(tally: Tally) -> None:
    for part in sorted({part for part, _, _ in tally}):
        for field in FIELDS:
            correct, extracted, expected = (
                tally[part, field, key] for key in ("correct", "extracted", "expected")
            )
            if extracted or expected:
                print(
                    f"{part} {field}: precision {correct / max(extracted, 1):.3f} "
                    f"({correct}/{extracted}), recall {correct / max(expected, 1):.3f} "
                    f"({correct}/{expected})"
                )


def _describe(evidence: Evidence) -> str:
    return f'{evidence.value} by "{evidence.words}" ({evidence.kind})'


if __name__ == "__main__":
    main(sys.argv[1:] or CORPORA)
