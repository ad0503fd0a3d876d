"""Compare extracted countries and years with a reader's: python tests/bench/detection.py [CORPUS]

Each line of the corpus is a JSON object with id, text, countries and years, and optionally lang.
Prints each disagreement with the words that caused it, then precision and recall.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from indexer.importing.extraction import Evidence, extract

CORPUS = "../shared/corpora/un_gender_gold_dev.jsonl"


def main(path: str) -> None:
    """Print how well extraction agrees with the readers of a corpus."""
    if not Path(path).exists():
        print(f"{path}: not found, so nothing is measured; give the path of a corpus")
        return
    tally: Counter[tuple[str, str]] = Counter()
    with open(path, encoding="utf-8") as corpus:
        passages = [json.loads(line) for line in corpus if line.strip()]
    for passage in passages:
        extraction = extract(passage["text"], passage.get("lang"))
        for field, expected, evidence in (
            ("country", set(passage["countries"]), extraction.countries),
            ("year", set(passage["years"]), extraction.years),
        ):
            values = {item.value for item in evidence}
            tally[field, "correct"] += len(values & expected)
            tally[field, "extracted"] += len(values)
            tally[field, "expected"] += len(expected)
            if values != expected:
                extracted = list(map(_describe, evidence))
                print(f"{passage['id']} {field}: reader {sorted(expected)}, extracted {extracted}")
                print(f"    rejected: {list(map(_describe, extraction.rejected))}")
                print(f"    {passage['text'][:300]}")
    for field in ("country", "year"):
        correct, extracted_count, expected_count = (
            tally[field, key] for key in ("correct", "extracted", "expected")
        )
        precision, recall = correct / max(extracted_count, 1), correct / max(expected_count, 1)
        print(
            f"{field}: precision {precision:.3f} ({correct}/{extracted_count}), "
            f"recall {recall:.3f} ({correct}/{expected_count})"
        )


def _describe(evidence: Evidence) -> str:
    return f'{evidence.value} by "{evidence.words}" ({evidence.kind})'


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else CORPUS)
