"""Inflections that the Snowball stemmers miss: irregular forms, and a few regular endings.

A rule changes either a word before stemming or a stem. The rules only make the forms of a word
equal; the result may not be a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def _forms(text: str) -> Mapping[str, str]:
    """Parse "word: form form; word: form" into a mapping from irregular form to word."""
    forms = {}
    for entry in text.split(";"):
        word, _, irregular = entry.partition(":")
        forms.update(dict.fromkeys(irregular.split(), word.strip()))
    return forms


# In lower case and as written, by BCP 47 primary subtag.
IRREGULAR_FORMS: Mapping[str, Mapping[str, str]] = {
    "en": _forms(
        "woman: women; man: men; child: children; person: people persons; wife: wives; "
        "foot: feet; tooth: teeth; mouse: mice; policeman: policemen; policewoman: policewomen; "
        "spokesman: spokesmen; spokeswoman: spokeswomen; chairman: chairmen; fisherman: fishermen; "
        "analysis: analyses; crisis: crises; thesis: theses; hypothesis: hypotheses; "
        "criterion: criteria; phenomenon: phenomena; curriculum: curricula; appendix: appendices; "
        "index: indices; matrix: matrices; write: wrote written; take: took taken; "
        "give: gave given; bring: brought; teach: taught; buy: bought; seek: sought; "
        "fight: fought; hold: held; meet: met; make: made; build: built; send: sent; spend: spent; "
        "sell: sold; tell: told; begin: began begun; grow: grew grown; know: knew known"
    ),
    "fr": _forms("loi: lois; roi: rois; œil: yeux; travail: travaux; bail: baux; ciel: cieux"),
    "it": _forms("uomo: uomini; dio: dei"),
    "nl": _forms(
        "kind: kinderen; ei: eieren; lied: liederen; volk: volkeren; stad: steden; lid: leden; "
        "schip: schepen"
    ),
    "pt": _forms("lei: leis; rei: reis; mês: meses"),
    "ru": _forms(
        "ребёнк: ребенок ребенка ребенку ребенком ребенке дети детей детям детьми детях; "
        "человек: люди людей людям людьми людях человеку человека человеком человеке"
    ),
    "sv": _forms("människa: människor människorna"),
}


# Endings of irregular plurals, their singulars, and the minimum length of words with the ending.
_PORTUGUESE_PLURALS = (
    ("ões", "ão", 4),
    ("ães", "ão", 4),
    ("ãos", "ão", 4),
    ("ãs", "ã", 4),
    ("ais", "al", 5),
    ("éis", "el", 5),
    ("óis", "ol", 5),
    ("veis", "vel", 6),
    ("ens", "em", 5),
)
# Nouns, and the feminine of adjectives in -io, with the stress before -ia. Snowball treats -ia as
# the ending of a verb.
_PORTUGUESE_IA = re.compile(r"(?<=[áéíóúâêô])([^aeiouáéíóúâêôãõ]+)ia(?=s?\Z)")


def _portuguese(word: str) -> str:
    for plural, singular, shortest in _PORTUGUESE_PLURALS:
        if word.endswith(plural) and len(word) >= shortest:
            return word.removesuffix(plural) + singular
    return _PORTUGUESE_IA.sub(r"\1io", word)


# A plural in -es after a vowel and n, l, r or d.
_SPANISH_PLURAL = re.compile(r"(?<=[aeiouáéíóú][nlrd])es\Z")

# Applied to words in lower case.
BEFORE_STEMMING: Mapping[str, Callable[[str], str]] = {
    "es": lambda word: _SPANISH_PLURAL.sub("", word),
    "hi": lambda word: word.replace("\u0901", "\u0902"),  # candrabindu is written as anusvara
    "nl": lambda word: re.sub("heden\\Z", "heid", word),
    "pt": _portuguese,
    "ru": lambda word: word.replace("ё", "е"),
    "tr": lambda word: word.replace("i\u0307", "i"),
}
# Applied to stems. Spanish writes the sound of z as c before e and i: juez, jueces.
AFTER_STEMMING: Mapping[str, Callable[[str], str]] = {
    "es": lambda stem: re.sub("z\\Z", "c", stem),
}
