"""What people call the values of fields: countries, regions, languages, and the editors' vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class Labels:
    """Labels of every keyword value, and the way back.

    Themes, partners and agencies are in content/_vocabulary.yaml (field: {slug: label}); a slug
    that is not there is shown as its words.
    """

    @classmethod
    def load(cls, content: Path) -> Labels:
        """From content/_vocabulary.yaml; an absent file is an empty vocabulary. Raises InvalidActivity."""
        raise NotImplementedError

    digest: str  # changes with any label

    def label(self, field: str, value: str | int) -> str:
        """What a person reads for a value; of NONE, "Not stated"."""
        raise NotImplementedError

    def keys(self, field: str, text: str) -> tuple[str, ...]:
        """The values of a field whose key or any label equals the text, folded, whole."""
        raise NotImplementedError

    def known(self, field: str) -> Mapping[str, str]:
        """Every value of a vocabulary field with its label."""
        raise NotImplementedError
