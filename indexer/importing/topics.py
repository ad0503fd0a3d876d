"""Themes and partners that an import proposes, with the phrases that name them.

The phrases are few and unambiguous: a missing theme is added by an editor, a wrong one misleads
readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Topic(NamedTuple):
    """A theme or partner, with the words text[start:end] that name it."""

    slug: str
    label: str
    words: str
    start: int
    end: int


# slug -> (label, pattern)
THEMES: Mapping[str, tuple[str, str]] = {
    "trafficking-in-persons": (
        "Trafficking in persons",
        r"(?i)\b(?:human trafficking"
        r"|trafficking (?:in|of) (?:persons|human beings|women|girls|children))\b",
    ),
    "migrant-smuggling": (
        "Smuggling of migrants",
        r"(?i)\b(?:smuggling of migrants|migrant smuggling)\b",
    ),
    "gender-based-violence": (
        "Gender-based violence",
        r"(?i)\bgender(?:[-‐‑ ]based)? violence\b|\bS?GBV\b",
    ),
    "violence-against-women": (
        "Violence against women and girls",
        r"(?i)\bviolence against (?:women|girls)\b",
    ),
    "domestic-violence": ("Domestic violence", r"(?i)\b(?:domestic|intimate partner) violence\b"),
    "sexual-violence": (
        "Sexual violence",
        r"(?i)\bsexual (?:violence|abuse|assault|exploitation)\b",
    ),
    "femicide": (
        "Gender-related killing",
        r"(?i)\b(?:femicides?|feminicides?|gender-(?:based|related) killings?)\b",
    ),
    "essential-services": ("Essential services for survivors", r"(?i)\bessential services?\b"),
    "crime-prevention": ("Crime prevention", r"(?i)\bcrime prevention\b"),
    "access-to-justice": ("Access to justice", r"(?i)\baccess to justice\b"),
    "data-and-statistics": ("Data and statistics", r"(?i)\b(?:crime|gender) (?:statistics|data)\b"),
    "women-in-law-enforcement": (
        "Women in law enforcement",
        r"(?i)\bwomen in (?:law enforcement|the police|policing)\b",
    ),
    "women-peace-and-security": (
        "Women, peace and security",
        r"(?i)\bwomen,? peace and security\b|\bresolution 1325\b",
    ),
    "women-in-prison": (
        "Women in prison",
        r"(?i)\bwomen (?:in prison|prisoners|offenders|in detention)\b|\bBangkok Rules\b",
    ),
}

PARTNERS: Mapping[str, tuple[str, str]] = {
    "un-women": ("UN Women", r"\bUN[- ]Women\b"),
    "undp": ("UNDP", r"\bUNDP\b|\bUnited Nations Development Programme\b"),
    "unfpa": ("UNFPA", r"\bUNFPA\b|\bUnited Nations Population Fund\b"),
    "unicef": ("UNICEF", r"\bUNICEF\b"),
    "unodc": ("UNODC", r"\bUNODC\b"),
    "ohchr": ("OHCHR", r"\bOHCHR\b"),
    "unhcr": ("UNHCR", r"\bUNHCR\b"),
    "who": ("WHO", r"\bWHO\b|\bWorld Health Organization\b"),
    "iom": ("IOM", r"\bIOM\b|\bInternational Organization for Migration\b"),
    "ilo": ("ILO", r"\bILO\b|\bInternational Labour Organization\b"),
    "cedaw": (
        "CEDAW Committee",
        r"\bCEDAW\b|\bCommittee on the Elimination of Discrimination [Aa]gainst Women\b",
    ),
    "icat": ("ICAT", r"\bICAT\b"),
    "european-union": ("European Union", r"\bEuropean Union\b"),
    "world-bank": ("World Bank", r"\bWorld Bank\b"),
    "osce": ("OSCE", r"\bOSCE\b"),
}


def find_topics(patterns: Mapping[str, tuple[str, str]], text: str) -> Iterator[Topic]:
    """Yield the topics that a text names, each with its first mention.

    patterns is THEMES or PARTNERS.
    """
    for slug, (label, pattern) in patterns.items():
        if match := re.search(pattern, text):
            yield Topic(slug, label, match[0], match.start(), match.end())
