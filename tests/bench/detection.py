"""How well detection agrees with a reader: python tests/bench/detection.py [CORPUS.jsonl]

Each line has text, countries, years and, if it likes, lang. Prints pooled precision and recall and
every disagreement with the words that caused it.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from indexer.importing.extraction import Evidence, extract


def main(path: str) -> None:
    if not Path(path).exists():
        print(f"nothing to measure: {path} is not there; name a corpus")
        return
    tally: Counter[tuple[str, str]] = Counter()
    with open(path, encoding="utf-8") as corpus:
        passages = [json.loads(line) for line in corpus if line.strip()]
    for passage in passages:
        found = extract(passage["text"], passage.get("lang"))
        for field, wanted, proofs in (
            ("country", passage["countries"], found.countries),
            ("year", passage["years"], found.years),
        ):
            got = {proof.value: proof for proof in proofs}
            tally += Counter(
                {
                    (field, "right"): len(got.keys() & set(wanted)),
                    (field, "found"): len(got),
                    (field, "wanted"): len(set(wanted)),
                }
            )
            if got.keys() != set(wanted):
                print(
                    f"{passage['id']} {field}: reader {wanted}, found {[_shown(p) for p in proofs]}"
                )
                print(
                    f"    rejected: {[_shown(p) for p in found.rejected]}\n    {passage['text'][:300]}"
                )
    for field in ("country", "year"):
        right, found_, wanted = (tally[field, k] for k in ("right", "found", "wanted"))
        print(
            f"{field}: precision {right / max(found_, 1):.3f} ({right}/{found_}), recall {right / max(wanted, 1):.3f} ({right}/{wanted})"
        )


def _shown(proof: Evidence) -> str:
    return f'{proof.value} by "{proof.words}" ({proof.kind})'


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "../shared/corpora/un_gender_gold_dev.jsonl")
