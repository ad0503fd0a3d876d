"""Arabic stems: the light10 stemmer of Larkey, Ballesteros and Connell.

Source: Light Stemming for Arabic Information Retrieval, in: Arabic Computational Morphology,
Springer, 2007. It removes the conjunction wa, the definite article with its prepositions, and the
commonest endings. Here these include the dual of feminine nouns, the plural pronouns and the alef
of the accusative. Broken plurals follow no rule; a table has the commonest.
"""

from __future__ import annotations

from indexer.text.folding import fold

_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
# Applied after folding, in this order, with the number of letters that must remain.
_ENDINGS = (
    ("ها", 2),
    ("هما", 3),
    ("هم", 3),
    ("هن", 3),
    ("تان", 3),
    ("تين", 3),
    ("ان", 2),
    ("ات", 2),
    ("ون", 2),
    ("ين", 2),
    ("ا", 4),
    ("يه", 2),
    ("ه", 2),
    ("ي", 2),
    ("ي", 2),
)
_BROKEN_PLURALS = {
    fold(plural): fold(singular)
    for plural, singular in (
        pair.split(":")
        for pair in (
            "نساء:مرأة امرأة:مرأة أطفال:طفل رجال:رجل حقوق:حق قوانين:قانون دول:دولة أسر:أسرة "
            "مدارس:مدرسة محاكم:محكمة قضاة:قاضي جرائم:جريمة ضحايا:ضحية برامج:برنامج مشاريع:مشروع "
            "مراكز:مركز حكام:حاكم شعوب:شعب بلدان:بلد أفراد:فرد أشخاص:شخص أعمال:عمل خدمات:خدمة "
            "مبادئ:مبدأ شروط:شرط أحكام:حكم أسباب:سبب مواد:مادة شؤون:شأن ظروف:ظرف حريات:حرية"
        ).split()
    )
}


def light_stem(word: str) -> str:
    """Return the light10 stem of a word, folded."""
    stem = fold(word)  # unifies hamza, teh marbuta and alef maqsura, and removes vowel points
    if stem.startswith("و") and len(stem) > 3:
        stem = stem[1:]
    for article in _ARTICLES:
        if stem.startswith(article) and len(stem) - len(article) >= 2:
            stem = stem.removeprefix(article)
            break
    stem = _without_endings(_BROKEN_PLURALS.get(stem, stem))
    singular = _BROKEN_PLURALS.get(stem)  # of a plural with a pronoun
    return _without_endings(singular) if singular else stem


def _without_endings(stem: str) -> str:
    for ending, left in _ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= left:
            stem = stem.removesuffix(ending)
    return stem
