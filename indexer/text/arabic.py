"""Arabic stems: the light10 stemmer of Larkey, Ballesteros and Connell.

Source: Light Stemming for Arabic Information Retrieval, in: Arabic Computational Morphology,
Springer, 2007. It removes the conjunction wa, the definite article with its prepositions, and the
commonest endings, here also the dual of feminine nouns. Broken plurals have no rule; the commonest
are in a table.
"""

from __future__ import annotations

from indexer.text.folding import fold

_ARTICLES = ("وال", "بال", "كال", "فال", "ال", "لل")
_ENDINGS = (
    "ها",
    "تان",
    "تين",
    "ان",
    "ات",
    "ون",
    "ين",
    "يه",
    "ه",
    "ي",
)  # after folding; in this order
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
    stem = _BROKEN_PLURALS.get(stem, stem)
    for ending in _ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= 2:
            stem = stem.removesuffix(ending)
    return stem
