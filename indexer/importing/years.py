"""The years that a text states."""

from __future__ import annotations

import re
from collections.abc import Iterator

FIRST = 1945  # the United Nations; what is older is history, and more often a number

_YEAR = r"(?:19|20)\d\d"
# Words that a four-digit number follows as a number, not as a year.
_NUMBERED = (
    r"(?:resolutions?|r[ée]solutions?|resoluci(?:ón|ones)|UNSCRs?|SCRs?|decisions?|decrees?|Ley|Decreto|Loi|pages?|pp?\.|paras?\.?|paragraphs?|"
    r"articles?|art\.|section|rooms?|nos?\.|number|n[°º]|tel\.?:?|telephone:?|phone:?|fax:?|hotline:?|helpline:?|"
    r"ISO(?:/IEC)?|P\.?O\.? Box|US\$|USD|EUR|CHF|GBP|[$€£¥])"
)
_ITEM = r"\d++(?:[:/.–-]\d++)*+(?:\s?\(\d{4}\))?"
_INSTRUMENT = (
    r"(?:Conventions?|Declarations?|Protocols?|Covenants?|Platform|Treaty|Charter|Statute|"
    r"Convenci[óo]n|Declaraci[óo]n|Déclaration|Protocolo|Protocole|Plataforma)"
)
# A number that counts what follows. A year is followed by other things, or has "in" before it.
_COUNTED = (
    r"women|men|girls?|boys|children|people|persons|individuals|youths?|adults|officers|officials|policem[ae]n|police|"
    r"soldiers|troops|peacekeepers|personnel|staff|participants|delegates|attendees|experts|practitioners|professionals|"
    r"judges|prosecutors|magistrates|lawyers|victims|survivors|witnesses|students|pupils|teachers|trainees|trainers|"
    r"farmers|workers|migrants|refugees|returnees|inmates|prisoners|detainees|offenders|members|volunteers|users|"
    r"beneficiaries|respondents|listeners|viewers|residents|inhabitants|citizens|leaders|activists|stakeholders|nurses|"
    r"doctors|households|families|villages|communities|municipalities|districts|schools|copies|cases|calls|leaflets|"
    r"posters|brochures|kits|books|hours?|hrs|days|words|metres|meters|kilometres|km|kg|tonnes?|tons|hectares|"
    r"of whom|of which|of them|dollars|euros|francs|USD|EUR|mujeres|hombres|niñas|niños|personas|víctimas|agentes|participantes|funcionarios|"
    r"femmes|hommes|filles|gar[cç]ons|enfants|personnes|victimes|policiers|magistrats|[ée]l[eè]ves|m[ée]nages|familles|affaires|dossiers|"
    r"cas|casos|familias|hogares|estudiantes|docentes|polic[ií]as|per ?cent|%"
)
_PLACES_COUNTED = (
    r"villages|communities|municipalities|districts|schools|households|families|cases|days|hours"
)
_FUNCTION_WORD = r"(?:to|and|or|by|for|in|on|at|with|when|where|which|that|as|the|were|was)"
_QUANTIFIER = r"(?:over|more than|less than|fewer than|about|some|nearly|almost|around|approximately|at least|up to|total of|estimated|another)"

_NOT_YEARS = re.compile(
    "|".join(
        (
            r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@\S+",
            r"\b[A-Z]{1,6}(?:/[A-Z0-9][\w.-]*){1,6}|\b[A-Z]{2,}\d*-\d{4}\b",  # A/RES/70/1, a project's code
            rf"(?i:\b{_NUMBERED})\s*{_ITEM}(?:(?:,\s*(?:and\s+)?|\s+(?:and|&|to|et|y)\s+){_ITEM})*+",
            # A resolution's year in brackets says which resolution, not when something was done under it.
            r"\b\d{1,4}(?:/\d{1,4})?\s?\(\d{4}\)",
            r"\b(?:Agenda|Vision|Visión|Horizon|Target)\s\d{4}|\b\d{4}\s(?:Agenda|Vision)\b|\b(?:post|pre)-\d{4}",
            # The year of a convention is part of its name; a law's says when it was made.
            rf"\b\d{{4}}\s(?=[A-Z])(?:(?!Global|Annual|World)[A-Z][\w’'-]+\s|(?:and|on|the|of)\s){{0,4}}?{_INSTRUMENT}\b",
            rf"\b{_INSTRUMENT}(?:,?\s(?:of|de)\s|,?\s)\(?\d{{4}}\b\)?",
            rf"(?i:\b{_QUANTIFIER})\s\d{{4}}(?=\s(?!and|to|in|when|by|with|on|at|for)[a-z])",
            rf"(?<![Ii]n\s)(?<![Ss]ince\s)(?<![Dd]uring\s)(?<!\b[A-Z][a-z][a-z]\s)(?<!ber\s)(?<!ary\s)(?<!March\s)(?<!April\s)(?<!June\s)"
            rf"(?<!July\s)(?<!August\s)(?<![Bb]y\s)(?<![Uu]ntil\s)\b\d{{4}}(?=\s(?:(?!{_FUNCTION_WORD}\b)[a-z-]+\s){{0,2}}(?:{_COUNTED})\b)",
            rf"(?<!\bIn\s)(?<![Bb]y\s)(?<![Ss]ince\s)(?<![Uu]ntil\s)\b\d{{4}}(?=\s(?:{_PLACES_COUNTED})\b)",
            rf"(?<!\d)(?!{_YEAR}\b)\d{{3,}}[ -]\d{{4}}\b|\+\d[\d -]{{5,}}",  # a telephone number
        )
    )
)
_DAY = r"(?:(?:\d{1,2}\s)?[A-Z][a-z]+\s|mid-|(?:mid|early|late|the end of|end of)\s)?"
_SPAN = re.compile(
    rf"(?<![\d.,])(?P<first>{_YEAR})(?:\s*[-–—−/]\s*(?P<last>{_YEAR}|\d\d)"
    rf"|\s(?:to|through|until|till|à|al?|по)\s{_DAY}(?P<end>{_YEAR})|至(?P<zh>{_YEAR}))(?![\d-]|[.,]\d|/\d)"
    rf"|\b(?:[Bb]etween|[Ee]ntre)\s{_DAY}(?P<from>{_YEAR})\s(?:and|et|y|e)\s{_DAY}(?P<to>{_YEAR})(?!\d)"
)
_SINGLE = re.compile(
    rf"(?<!\d)(?:(?<![.,])|(?<=\d[.]\d\d[.])|(?<=\d[.]\d[.]))(?<![A-Za-z_])(?:(?<![A-Za-z]-)|(?<=[Mm]id-)|(?<=[Ee]arly-)|(?<=[Ll]ate-)|(?<=[Ee]nd-))(?:FY\s?)?({_YEAR})(?![\dA-Za-z_]|[.,]\d{{3}})"
)


def stated_years(text: str, last: int) -> Iterator[tuple[int, int, int]]:
    """Each year a text states, FIRST to last, with the offsets of the words that state it.

    "2018–2020", "2018-20" and "between 2018 and 2020" state every year between. No years are: a count
    ("2000 women"), a resolution and its year ("1325 (2000)"), the year in the name of a convention or a
    law, an agenda ("2030 Agenda"), document symbols, page and telephone numbers, money.
    """
    if not re.search(_YEAR, text):
        return
    masked = _NOT_YEARS.sub(lambda found: "\0" * len(found[0]), text)
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, int, int]] = []
    for span in _SPAN.finditer(masked):
        low = int(span["first"] or span["from"])
        high = span["last"] or span["end"] or span["zh"] or span["to"]
        top = int(high) if len(high) == 4 else low - low % 100 + int(high)
        month = len(high) == 2 and masked[span.end() - 3] in "-/" and top <= low
        if low < top and not month:
            taken.append(span.span())
            found += [(year, *span.span()) for year in range(max(low, FIRST), min(top, last) + 1)]
    for single in _SINGLE.finditer(masked):
        if (
            not any(start <= single.start() < end for start, end in taken)
            and FIRST <= int(single[1]) <= last
        ):
            found.append((int(single[1]), *single.span()))
    yield from sorted(found, key=lambda year: (year[1], year[0]))
