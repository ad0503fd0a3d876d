"""Recognise names of places that are used in another sense: persons, languages, currencies."""

from __future__ import annotations

import re
from functools import cache

from indexer.importing.gazetteer import Mention
from indexer.text.former_countries import FORMER_COUNTRIES
from indexer.text.places import to_country

# Places whose names are also personal names. A preposition before the name makes it a place; a
# title, or an adjacent first name or surname makes it a person.
_ALSO_PERSONAL_NAMES = re.compile(
    "Jordan|Chad|Georgia|Israel|Sofia|Lima|Cali|Milan|Kenya|India|Cuba|Mali|Malta|Maurice"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin|Republic of|Kingdom of|Government of|[Aa]u|[Ee]n"
    r"|[Dd]u|[Dd]el?|[Dd]ans|[Pp]our|[Pp]ara|Sahel) $"
)
_TITLE_BEFORE = re.compile(
    r"\b(?:Mr|Ms|Mrs|Miss|Dr|Prof|Professor|Sir|Dame|Madam|Mme|Judge|Inspector|Sergeant"
    r"|Captain)\.? (?:[A-Z][\w.'-]* )?$"
)
_FIRST_NAME_BEFORE = re.compile(
    r"\b(?!In|From|For|To|With|By|The|And|But|Both|While|Since|As|Like|Across|Throughout|Within"
    r"|Between|Under|After|Before|Through|Today|Country|Office|Programme|Women|Femmes|Mujeres"
    r"|Habitat|Police|Including"
    r"|Also|When|Where|Of|Neighbou?ring|Ministry|Justice|Interior|Government|State|Prisons?"
    r"|Services?|Team|Mission|On|At|Against|Until|During|Visiting|Lake|Maybe|Thus|If|Nations"
    r"|League|Le|La|Les|El|Los|Au|Aux|En|Du|De|Del|Et|Pour|Para|Dans|Por|Avec|Con|Yet|Even|Only"
    r"|Now|Then|Here|Perhaps|So|Although|Because|However|Towards?|Without"
    r"|Upon|Thanks|Meanwhile|Support|Group|That|This|[A-Z]\w+(?:ern|ing|ly|ral) )[A-Z][a-z]+ $"
)
_SURNAME_AFTER = re.compile(
    r" (?!Ministr|National|Police|Government|Parliament|Prison|Public|Supreme|Women|Armed|Bar"
    r"|Country|Office|Anti|Counter|Border|Coast|Customs|Immigration|Judic|Court|Human|Federal"
    r"|State|High|Penal|Correction|Law|Legal|Chapter|Programme|Program|Project|Civil|Red|Royal"
    r"|Defen[cs]e|Army|Navy|Central|General|Gender|Family|Child|Youth|Health|Medical|Criminal"
    r"|Commission|Training|In|The|UN|Joint|We\b|They\b|This|That|These|Our)[A-Z][a-z]+|, (?:a|an"
    r"|the) (?!country|nation|State)\w+(?: \w+)? (?:of|at|from|with)\b"
)
_US_STATE = re.compile(
    r"Atlanta|\bGeorgia, (?:USA|U\.S\.|United States)|[Ss]tate of Georgia"
    r"|University of Georgia|Georgia State"
)
_FUNCTION_WORD = (
    r"(?:and|or|with|for|to|by|in|at|on|as|of|from|through|were|was|is|are|that|which"
    r"|versions?|subtitles)\b"
)
_IN_LANGUAGE = re.compile(
    r"\b(?:in|into|to|from|languages?:?|both|speaks?|speaking|spoken?)"
    r"\s(?:[A-Z][a-z]+(?:, | and | or |, and |/))*$"
)
_BESIDE_LANGUAGE = re.compile(
    r"\b(?:English|Arabic|French|Russian|Spanish)(?:, | and | or |, and |/)$"
)
# Before a French or Spanish demonym: "en français", "versión en español".
_IN_ROMANCE_LANGUAGE = re.compile(
    r"\b(?:en|langues?|lenguas?|idiomas?|traduit\w* (?:en|du)|traducid\w+ (?:al|del))"
    r" (?:[a-z]+(?:, | et | y | ou | o ))*$"
)
_LANGUAGE_CHAIN = re.compile(r"(?:(?:,|/| and| or|, and) ?[A-Z][a-z]+)*")
_LANGUAGE_WORD_AFTER = re.compile(
    r"[ -](?:languages?|speaking|speakers?|versions?|translations?|editions?|subtitles"
    r"|interpret\w+|texts?)\b"
)

# Currencies have names of countries: "dollars US", "francos suizos".
_WORD_BEFORE = re.compile(r"([A-Z]\w{3,})[,;]? $")
_WORD_AFTER = re.compile(r"[,;]? ([A-Z]\w{3,})")
_MONEY = (
    r"(?:[Dd]ollars?|[Dd]olar(?:es)?|USD|[Ff]ran(?:cs?|cos?)|[Pp]esos?|[Rr]upees?|[Rr]upi[ae]s?"
    r"|[Pp]ounds?|[Ll]ivres?(?: sterling)?|[Ll]ibras?|[Ss]hillings?|[Cc]helin(?:es)?|[Kk]ron[eo]r?"
    r"|[Cc]ouronnes?|[Cc]oronas?|[Dd]inars?|[Dd]inar(?:es)?|[Rr]oubles?|[Rr]ublos?|[Ll]iras?"
    r"|riyals?"
    r"|dirhams?|[Yy]en|[Yy]uan|soms?|rand|reales|taka|kwacha)"
)
_MONEY_BEFORE = re.compile(rf"\b{_MONEY} (?:de los |des |de |du )?$")
_MONEY_AFTER = re.compile(rf"(?:'s)? {_MONEY}\b|\$")
# Seas, rivers and mountains belong to several countries.
_GEOGRAPHY_BEFORE = re.compile(
    r"\b(?:Gulf|Seas?|Bay|Straits?|Rivers?|Lake|Horn|Bight|Mount|Mt\.?|Isthmus|Canal) (?:of )?"
    r"(?:the )?$"
    r"|\b(?:[Dd]elta|[Ff]leuve|[Rr]iviere|[Rr]io|[Bb]assins?|[Cc]uenca|[Mm]er|[Mm]ar|[Ll]ac|[Ll]ago"
    r"|[Gg]olf[eo]|[Dd]etroit|[Ee]strecho|[Oo]cean|[Cc]orne|[Cc]uerno|[Ii]sthme|[Ii]stmo|[Bb]aie"
    r"|[Bb]ahia)(?: (?:de la|de l'|du|des|del|de|d'))? ?$"
)
_GEOGRAPHY_AFTER = re.compile(
    r"[ -]{1,3}(?:Sea|Ocean|River|Basin|Delta|Valley|Straits?|Canal|Channel)\b"
)
_VALLEY = re.compile(r" Valley\b")  # the valley of a town or province is there
# "the former Yugoslavia" is a region of several present countries.
_FORMER_BEFORE = re.compile(r"\b(?:[Ff]ormer|[Ee]x-?|[Aa]ncienne|[Aa]ntigu[ao]|бывш\w+) ?$")
_FORMER_OFFICE = re.compile(
    r"\b(?:[Ff]ormer|[Ee]x-?|[Aa]ncien(?:ne)?) ?(?:[a-z]+ ){0,2}?(?:Vice[- ])?(?:[Pp]resident[ae]?"
    r"|[Pp]rime [Mm]inister|[Mm]inister|[Pp]remier ministre|[Mm]inistr[eoa]|[Ff]irst [Ll]ady"
    r"|[Aa]mbassador) "
    r"(?:of|de|du|del|d') ?(?:the |la |l')?$"
)
# "JOIN US": words in capitals before the pronoun, whatever the rest of the text looks like.
_PRONOUN_BEFORE = re.compile(
    r"\b(?:JOIN|HELP|CONTACT|CALL|ASK|TELL|GIVE|LET|FOLLOW|SUPPORT|VISIT|WATCH|EMAIL|ABOUT|WITH|FOR"
    r"|TO|OF|AMONG|BETWEEN|BY|FROM) $"
)
# "DRC" is also the acronym of the Danish Refugee Council.
_DANISH_COUNCIL = re.compile(
    r"Danish Refugee Council|Conseil danois pour les refugies"
    r"|Consejo Danes (?:para|de)(?: los)? Refugiados"
)
_DANISH_COUNCIL_IS_DRC = re.compile(rf"(?i:{_DANISH_COUNCIL.pattern})(?:,? ?\(| [-–—/] ?)DRC\b")
_DANISH_AFTER = re.compile(
    r"(?:'s)? (?:staff|teams?|offices?|protection|country office|programme|trained)\b"
)
_IN_BEFORE = re.compile(r"\b(?:in|across|within|throughout|en|au)(?: the)?(?: [a-z]+ern)? $")
# Provinces of Mozambique, the Democratic Republic of the Congo and Belgium.
_NAMES_OF_PROVINCES = frozenset(("Gaza", "Equateur", "Luxembourg", "Luxemburgo"))
_PROVINCE_BEFORE = re.compile(r"\b[Pp]rovinc(?:e|ia) (?:of |de |de l'|du |del )(?:the |la |l')?$")
_CAPITALS_AROUND = 40  # characters around "US" that show whether a text is in capitals


@cache
def _language_names() -> frozenset[str]:
    from babel import Locale  # imported late: only an import needs it

    missing = {"Dari", "Tajik", "Kyrgyz", "Uzbek", "Lao", "Filipino"}
    return frozenset(Locale("en").languages.values()) | missing


def _is_language(mention: Mention) -> bool:
    """Return whether a demonym is the name of a language.

    It is in "in French and Thai" and "Russian-speaking", and is not in "in Thai prisons".
    """
    if _IN_ROMANCE_LANGUAGE.search(mention.before) and mention.entry.form.islower():
        return True
    if mention.entry.form not in _language_names():
        return False
    rest = mention.after[_LANGUAGE_CHAIN.match(mention.after).end() :]  # type: ignore[union-attr]
    if _LANGUAGE_WORD_AFTER.match(rest):
        return True
    in_list = _IN_LANGUAGE.search(mention.before) or _BESIDE_LANGUAGE.search(mention.before)
    return bool(in_list and re.match(rf"[^\w\s'-]|\s*$|\s{_FUNCTION_WORD}|\s[A-Z(]", rest))


def _is_person(mention: Mention, text: str) -> bool:
    """Return whether a place name is the name of a person, or Georgia is the US state."""
    entry, before = mention.entry, mention.before
    if entry.form == "Montenegro" and not _is_beside_country(mention):  # also a surname
        return _FIRST_NAME_BEFORE.search(before) is not None and not _PLACE_BEFORE.search(before)
    if entry.kind == "demonym" or not _ALSO_PERSONAL_NAMES.fullmatch(entry.form):
        return False
    if entry.form == "Georgia" and _US_STATE.search(text):
        return True
    if _PLACE_BEFORE.search(before) or _is_beside_country(mention):
        return False
    has_name_before = _TITLE_BEFORE.search(before) or _FIRST_NAME_BEFORE.search(before)
    return bool(has_name_before or _SURNAME_AFTER.match(mention.after))


def _is_beside_country(mention: Mention) -> bool:
    """Return whether another country is the word before or after a mention, as in a list."""
    previous = _WORD_BEFORE.search(mention.before)
    following = _WORD_AFTER.match(mention.after)
    return any(word and to_country(word[1]) for word in (previous, following))


def is_geography(mention: Mention) -> bool:
    """Return whether a place gives its name to a sea, river, delta or mountain."""
    before, after = _GEOGRAPHY_BEFORE.search(mention.before), _GEOGRAPHY_AFTER.match(mention.after)
    if after and mention.entry.kind == "locality" and _VALLEY.match(mention.after):
        return before is not None
    return bool(before or after)


def _is_province(mention: Mention) -> bool:
    """Return whether a name is that of a province elsewhere: Gaza Province in Mozambique."""
    if mention.entry.form not in _NAMES_OF_PROVINCES:
        return False
    before = _PROVINCE_BEFORE.search(mention.before)
    return before is not None or mention.after.startswith((" Province", " province"))


def other_sense(mention: Mention, text: str) -> str | None:
    """Return the other sense of a name ("person", "language" …), or None if it means a country.

    text: the whole text after strip_accents().
    """
    before, after = mention.before, mention.after
    if _MONEY_BEFORE.search(before) or _MONEY_AFTER.match(after):
        return "currency"
    if is_geography(mention) or _is_province(mention):
        return "geography"
    if _FORMER_OFFICE.search(before):
        return "former office"
    if mention.entry.code in FORMER_COUNTRIES and _FORMER_BEFORE.search(before):
        return "former country"
    if mention.entry.kind == "demonym" and _is_language(mention):
        return "language"
    if mention.entry.form == "US" and _is_in_capitals(mention):
        return "pronoun"
    if mention.entry.form == "DRC" and _is_danish_council(mention, text):
        return "organization"
    return "person" if _is_person(mention, text) else None


def _is_danish_council(mention: Mention, text: str) -> bool:
    """Return whether "DRC" means the Danish Refugee Council."""
    if mention.after.startswith(("/DDG", "-DDG")):  # with the Danish Demining Group
        return True
    has_noun = _DANISH_AFTER.match(mention.after)
    if _IN_BEFORE.search(mention.before) and not has_noun:
        return False
    if _DANISH_COUNCIL_IS_DRC.search(text):
        return True
    return bool(has_noun and _DANISH_COUNCIL.search(text))


def _is_in_capitals(mention: Mention) -> bool:
    """Return whether the words around "US" are in capitals, so that it may be the pronoun."""
    if _PRONOUN_BEFORE.search(mention.before):
        return True
    around = mention.before[-_CAPITALS_AROUND:] + mention.after[:_CAPITALS_AROUND]
    letters = [c for c in around if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters)
