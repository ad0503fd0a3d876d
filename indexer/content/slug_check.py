"""Find slugs that are not in the editors' vocabulary, and labels that two slugs share."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from indexer.content.activity import InvalidActivity, ParsedFile
from indexer.content.frontmatter import read_vocabulary
from indexer.content.settings_file import read_settings_file
from indexer.content.vocabulary import Vocabulary
from indexer.schema import FIELDS
from indexer.text.folding import fold

SLUG_FIELDS = tuple(field.name for field in FIELDS if field.values == "slug")


class SlugCheck:
    """Compares the slugs of activities with a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._known = {name: vocabulary.labels(name) for name in SLUG_FIELDS}
        self._nearest = lru_cache(10_000)(self._find_nearest)

    def unknown_slugs(self, path: str, parsed: ParsedFile) -> Iterator[InvalidActivity]:
        """Yield a warning for each slug of a file that is not in the vocabulary.

        Fields without any label in the vocabulary are not checked: the collection uses no labels.
        """
        meta = parsed.activity.meta if parsed.activity else {}
        for name in SLUG_FIELDS:
            for slug in meta.get(name, ()):
                if reason := self.problem(name, str(slug)):
                    line = parsed.lines.get(name, 1)
                    yield InvalidActivity(path, line, name, reason, "unknown-slug")

    def problem(self, name: str, slug: str) -> str:
        """Return why a slug of a field is unknown, and the fix; "" if it is known."""
        known = self._known[name]
        if not known or slug in known:
            return ""
        return f'"{slug}" is not in _vocabulary.yaml{self._nearest(name, slug)}'

    def _find_nearest(self, name: str, slug: str) -> str:
        """Return a clause that suggests the nearest known slug, or the way to add this one."""
        known = self._known[name]
        by_text = {fold(label): key for key, label in known.items()} | {key: key for key in known}
        close = difflib.get_close_matches(slug, by_text, n=1, cutoff=0.7)
        if not close:
            return ": correct it, or add it there with its label"
        nearest = by_text[close[0]]
        return f'; did you mean "{nearest}" ({known[nearest]})?'


def equal_labels(path: Path) -> Iterator[InvalidActivity]:
    """Yield a warning for each label in _vocabulary.yaml that two slugs of a field share.

    A vocabulary with an error has no warnings.
    """
    try:
        text = read_settings_file(path) or ""
        Vocabulary.parse(text, str(path))
    except InvalidActivity:
        return
    for name, (_, labels) in read_vocabulary(text).items():
        first: dict[str, str] = {}
        for slug, (label, line, *_) in labels.items():
            other = first.setdefault(" ".join(fold(label).split()), slug)
            if other != slug:
                reason = (
                    f'"{slug}" and "{other}" have the same label, "{label}": keep one of them, '
                    f'with "activities rename-value {name} {slug} {other}"'
                )
                yield InvalidActivity(str(path), line, name, reason, "equal-label")
