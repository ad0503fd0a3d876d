"""Find the years that a text states, among its other four-digit numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.importing.year_contexts import proven_years

FIRST_YEAR = 1945  # when the UN was founded; most smaller numbers are not years

_YEAR = r"(?:19|20)\d\d"
# Words before a number that is not a year.
_NUMBERED = (
    r"(?:resolutions?|r[ée]solutions?|resoluci(?:ón|ones)|UNSCRs?|SCRs?|decisions?|decrees?"
    r"|Ley(?: Orgánica)?|Decreto|Loi|pages?|pp?\.|paras\.?|para\.|paragraphs?"
    r"|articles?|art\.|section|rooms?|nos?\.|number|n[°º]"
    r"|tel\.?:?|telephone:?|phone:?|fax:?|hotline:?|helpline:?|ISO(?:/IEC)?|P\.?O\.? Box"
    r"|US\$|USD|EUR|CHF|GBP|[$€£¥])"
)
_ITEM = r"\d++(?:[:/.–-]\d++)*+(?:\s?\(\d{4}\))?"
# "1325 and related resolutions 1820 and 1888"
_RELATED = (
    r"(?:(?:the|its|les|ses|las|sus)\s)?(?:(?:related|subsequent|resolutions?|résolutions?|connexes"
    r"|suivantes|ultérieures|resoluciones|conexas|asociadas|relacionadas|posteriores)\s){0,2}"
)
_INSTRUMENT = (
    r"(?:Conventions?|Declarations?|Protocols?|Covenants?|Platform|Treaty|Charter|Statute"
    r"|Paris Agreement|Accord de Paris|Acuerdo de París|Global Compact|Consensus|Rules"
    r"|Guiding Principles|Convenci[óo]n|Convenio|Declaraci[óo]n|Déclaration|Protocolo|Protocole"
    r"|Plataforma|Pacto|R[èe]gles|Reglas|Principes directeurs|Principios rectores)"
)
_MONTH = (
    r"(?i:jan(?:uary|vier)?|feb(?:ruary|rero)?|f[ée]v(?:rier)?|mar(?:ch|s|zo)?|apr(?:il)?"
    r"|avr(?:il)?|abr(?:il)?|may|mai|mayo|june?|juin|junio|july?|juillet|juil|julio|aug(?:ust)?"
    r"|ao[ûu]t|ago(?:sto)?|sept?(?:ember|embre|iembre)?|set(?:iembre)?|oct(?:ober|obre|ubre)?"
    r"|nov(?:ember|embre|iembre)?|dec(?:ember)?|d[ée]c(?:embre)?|dic(?:iembre)?|ene(?:ro)?"
    r"|январ[яь]|феврал[яь]|марта?|апрел[яь]|мая|май|июн[яь]|июл[яь]|августа?|сентябр[яь]"
    r"|октябр[яь]|ноябр[яь]|декабр[яь])"
)
# Publications whose titles end with a year.
_REPORT = (
    r"(?:Reports?|Stud(?:y|ies)|Surveys?|Reviews?|Index|Outlook|Yearbook|Estimates|Rapports?"
    r"|[ÉE]tudes?|Enquêtes?|Informes?|Estudios?|Encuestas?|Anuario)"
)
_TITLE_WORD = (
    r"(?: (?:[A-Z][\w’'-]+|on|of|the|in|and|for|sur|la|le|les|des?|du|et|dans|en|sobre|el|los|las"
    r"|y))"
)
_REPORT_ACRONYM = (
    r"(?:ADR|ICPE|[GN]?HDR|WDR|ROAR|GLOTIP|GSH|TIP Report|SOWC|SOWR|DHS|MICS|GEM|WESO|EDS|ENDES"
    r"|Endes|ENSANUT|Ensanut|ENDIREH|Endireh)"
)
# A word of the title of a convention, which has no verb.
_TITLE_PART = (
    r"(?:[A-ZÀ-Þ][\w’'-]*|on|of|the|and|for|against|to|all|relating|concerning|sur|contre|la|le|les"
    r"|des?|du|et|pour|toutes|relatif|relative|au|aux|statut|droits?|réfugiés|l['’]\w+|d['’]\w+"
    r"|sobre|contra|para|el|los|las|y|todas|derechos?|estatuto|refugiados)"
)
# The year of a report counts if the text says that it was published or carried out.
_PUBLISHED = (
    r"(?:,? (?:was|were|is|has been|will be|fue|a été|sera))? ?(?:published|launched|released"
    r"|issued|presented|conducted|carried out|publi(?:cad|é)|lanz|lanc|present|réalis|realiz)"
)
# Acronyms of meetings, countries and periods. The year after them is the year of an event.
_NOT_AUTHORS = (
    r"(?:CSW|CCPCJ|CND|HRC|UNGA|COP|CPD|UPR|EPU|DRC|RDC|CAR|RCA|UAE|USA|UK|US|PNG|DPRK|FY|CY|Q[1-4]"
    r"|T[1-4]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC)"
)
_AUTHOR = (
    rf"(?!{_NOT_AUTHORS}\d*\b)(?:[A-Z][A-Z-]+(?:/[A-Z][A-Za-z-]+)*|UN Women|World Bank"
    r"|[A-Z][\w’'-]+(?: (?:&|and|y|et) [A-Z][\w’'-]+)?,? et al\.?"
    r"|[A-Z][\w’'-]+ & [A-Z][\w’'-]+)"
)
_SOURCE = (
    rf"{_AUTHOR}(?:(?:, | and | & )(?!\d){_AUTHOR})*,? (?:19|20)\d\d[a-z]?(?:[,:] ?[^;()]{{1,20}})?"
)
# Nouns after a number that is a count. A year has other words after it, or "in" before it.
_COUNTED = (
    r"women|men|girls?|boys|children|people|persons|individuals|youths?|adults|officers|officials"
    r"|policem[ae]n|police|soldiers|troops|peacekeepers|personnel|staff|participants|delegates"
    r"|attendees|experts|practitioners|professionals|judges|prosecutors|magistrates|lawyers"
    r"|victims|survivors|witnesses|students|pupils|teachers|trainees|trainers|farmers|workers"
    r"|migrants|refugees|returnees|inmates|prisoners|detainees|offenders|members|volunteers|users"
    r"|beneficiaries|respondents|listeners|viewers|residents|inhabitants|citizens|leaders"
    r"|activists|stakeholders|nurses|doctors|households|families|villages|communities"
    r"|municipalities|districts|schools|copies|cases|calls|leaflets|posters|brochures|kits|books"
    r"|hours?|hrs|days|words|metres|meters|kilometres|km|kg|tonnes?|tons|hectares|of whom|of which"
    r"|of them|dollars|euros|francs|USD|EUR|per ?cent|%"
)
# French and Spanish nouns, which directly follow a count.
_COUNTED_DIRECTLY = (
    r"mujeres|hombres|niñas|niños|personas|víctimas|agentes|participantes|funcionari[oa]s|jueces"
    r"|fiscales|refugiad[oa]s|migrantes|beneficiari[oa]s|casos|familias|hogares|estudiantes"
    r"|docentes|polic[ií]as|d[oó]lares|kits|ejemplares|femmes|hommes|filles|gar[cç]ons|enfants"
    r"|personnes|victimes|policiers|magistrats|juges|procureurs|agents|r[ée]fugi[ée]e?s|migrants"
    r"|b[ée]n[ée]ficiaires|[ée]l[eè]ves|m[ée]nages|familles|affaires|dossiers|cas|exemplaires"
)
_PLACES_COUNTED = (
    r"villages|communities|municipalities|districts|schools|households|families|cases|days|hours"
)
_FUNCTION_WORD = r"(?:to|and|or|by|for|in|on|at|with|when|where|which|that|as|the|were|was)"
_QUANTIFIER = (
    r"(?:over|more than|less than|fewer than|about|some|nearly|almost|around|approximately"
    r"|at least|up to|total of|estimated|another)"
)

_NOT_YEARS = re.compile(
    "|".join(
        (
            r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@\S+",
            # A document symbol, S/RES/1325 (2000), or the code of a project.
            r"\b[A-Z]{1,6}(?:/[A-Z0-9][\w.-]*){1,6}(?:\s?\(\d{4}\))?|\b[A-Z]{2,}\d*-\d{4}\b",
            # A citation: (IOM/UNHCR 2014; Smith et al., 2015).
            rf"\((?:see |cf\. |voir |véase )?{_SOURCE}(?:; {_SOURCE}){{0,9}}\)|\bSource: {_SOURCE}",
            rf"\b{_REPORT_ACRONYM},? \d{{4}}\b|\b\d{{4}} {_REPORT_ACRONYM}\b",
            rf"\b{_REPORT}(?:{_TITLE_WORD}{{0,9}} (?!{_MONTH}\b)[A-Z][\w’'-]+)?,? \(?\d{{4}}\b\)?"
            rf"(?![-–—]\d)(?!{_PUBLISHED})",
            # The imprint of a publication.
            r"(?i:\bcopyright|©|\(c\))[^.;\n]{0,40}?\b\d{4}\b",
            # A French or Spanish title in small letters: Rapport sur le développement humain 2019.
            r"\b(?:Rapport|Informe|[ÉE]tude|Estudio|Enquête|Encuesta)(?: [a-zà-ÿ]+)?"
            r" (?:sur|sobre)(?: [\w’'-]+){0,6}? "
            rf"(?!(?:en|de|du|del|al|depuis|desde|por|para|año|avant|antes|après|{_MONTH}) )"
            r"[\w’'-]+ \d{4}\b(?![-–—]\d)",
            # The number of a directive: 2011/36/EU.
            r"\b\d{4}/\d{1,4}/(?:EU|EC|EEC|JHA|UE|CE|CEE|JAI)\b"
            r"|\b(?:Directives?|Regulations?|Règlements?|Directivas?|Reglamentos?)"
            r"(?: \([A-Z]{2,3}\))?(?: No\.?)? \d{4}/\d+",
            r"\b(?:années|annees|años) \d{3}0\b(?!\s?[-–—,]|\s(?:et|y|à|a|e)\s)",
            r"\b(?:Sendai|Hyogo) Framework\b[^.;()]{0,60}?\d{4}\s?[-–—]\s?\d{4}",
            # Resolución 1325 de 2000.
            r"\b(?i:resolutions?|résolutions?|resoluci[óo]n(?:es)?) (?:n[°º.o]*\.? ?)?\d++(?:/\d+)?"
            rf",? (?:of |de |del año |d['’])(?:{_MONTH} (?:de )?)?\d{{4}}\b",
            rf"(?i:\b{_NUMBERED})\s*{_ITEM}"
            rf"(?:(?:,\s*(?:and\s+)?|\s+(?:and|&|to|et|y)\s+){_RELATED}{_ITEM})*+",
            # A year in brackets identifies a resolution; the activity may be years later.
            r"\b\d{1,4}(?:/\d{1,4})?\s?\(\d{4}\)",
            r"\b(?:Agenda|Vision|Visión|Horizon|Target)\s\d{4}|\b\d{4}\s(?:Agenda|Vision)\b"
            r"|\b(?:post|pre|après)-\d{4}",
            # The year of a convention is part of its name. The year of a law is when it was passed.
            r"\b(?i:adoption|adopción|adopted|ratification|ratificación|ratified) (?:en|in) \d{4}"
            rf" (?:of|de|del|du) (?:the |la |las |los |l['’])?(?i:{_INSTRUMENT})\b",
            rf"\b\d{{4}}\s(?=[A-Z])(?:(?!Global|Annual|World)[A-Z][\w’'-]+\s|(?:and|on|the"
            rf"|of)\s){{0,4}}?{_INSTRUMENT}\b",
            rf"\b{_INSTRUMENT}(?:,?\s(?:of|de)\s|,?\s)\(?\d{{4}}\b(?!\s?[-–—]\s?\d{{4}})\)?",
            # Convention relative au statut des réfugiés de 1951.
            rf"\b{_INSTRUMENT}(?:\s(?!{_MONTH}\b){_TITLE_PART}){{1,14}}?"
            rf"\s(?:of|de|del año)\s\d{{4}}\b(?!\s(?:to|until|à|a|al|hasta)\s\d)"
            rf"(?:\s(?:and|et|y) (?:its|son|su)\s{_INSTRUMENT}"
            rf"(?:\s{_TITLE_PART}){{0,4}}?\s(?:of|de)\s\d{{4}}\b)?",
            r"\b(?:CEDAW|CEDEF|Belém do Pará|ICCPR|ICESCR|UNTOC|CAT|CRC) ?\(\d{4}\)",
            rf"\b{_INSTRUMENT}\b[^.;()]{{1,120}}\(\d{{4}}\b(?=[,)])",
            rf"(?i:\b{_QUANTIFIER})\s\d{{4}}(?=\s(?!and|to|in|when|by|with|on|at|for)[a-z])",
            r"(?<![Ii]n\s)(?<![Ee]n\s)(?<![Ss]ince\s)(?<![Dd]epuis\s)(?<![Dd]esde\s)"
            r"(?<![Dd]uring\s)(?<!\b[A-Z][a-z][a-z]\s)(?<!ber\s)"
            r"(?<!ary\s)(?<!March\s)(?<!April\s)(?<!June\s)"
            rf"(?<!July\s)(?<!August\s)(?<![Bb]y\s)(?<![Uu]ntil\s)\b\d{{4}}(?=\s(?:"
            rf"(?!{_FUNCTION_WORD}\b)[a-z-]+\s){{0,2}}(?:{_COUNTED})\b)",
            rf"(?<![Ee]n\s)(?<![Dd]esde\s)(?<![Dd]epuis\s)\b\d{{4}}(?=\s(?:de\s)?"
            rf"(?:{_COUNTED_DIRECTLY})\b)",
            rf"(?<!\bIn\s)(?<![Bb]y\s)(?<![Ss]ince\s)(?<![Uu]ntil\s)\b\d{{4}}(?=\s"
            rf"(?:{_PLACES_COUNTED})\b)",
            # A telephone number.
            rf"(?<!\d)(?!{_YEAR}\b)\d{{3,}}[ -]\d{{4}}\b|\+\d[\d -]{{5,}}",
        )
    )
)
# The part of a date before the year: "31 December", "June 14,", "diciembre de", "31/12/", "Q3".
_DATE = (
    rf"(?:(?:el |le )?(?:\d{{1,2}}(?:st|nd|rd|th|er|º|°|\.)?\s+(?:de\s|of\s)?)?{_MONTH}\b[.,]?\s+"
    rf"(?:del?\s|of\s)?|{_MONTH}\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+"
    r"|\d{1,2}[./-](?:\d{1,2}[./-])?|[QTHS][1-4]\s"
    r"|(?:mid|early|late|mi|fin|end)[-\s]|(?:the end of|end of|d[ée]but|finales de|fines de"
    r"|principios de|mediados de|el año|el|los años)\s)"
)
_SPAN = re.compile(
    rf"(?<![\d.,])(?P<first>{_YEAR})(?:(?:-\d\d-\d\d)?(?:\s*[-–—−]\s*"
    r"|,?(?:\s(?:and|et|y)(?=\s(?:until|till|hasta|jusqu)))?\s(?:to|through"
    rf"|until|till|up to|à|au|jusqu'(?:en|au|à)|al?|hasta|по|до)\s)"
    rf"{_DATE}?(?P<end>{_YEAR})(?:-\d\d-\d\d)?"
    rf"|\s*[-–—−/]\s*(?P<last>{_YEAR}|\d\d(?!\s+(?:de\s)?{_MONTH}\b))"
    rf"|至(?P<zh>{_YEAR}))(?![\d-]|[.,]\d|/\d)"
    rf"|\b(?i:start|begin|début|inicio)(?: date)?\s?:\s?{_DATE}?(?P<start>{_YEAR})\W{{1,5}}"
    rf"(?i:end|fin|cierre|final|término)(?: date)?\s?:\s?{_DATE}?(?P<finish>{_YEAR})(?!\d)"
    rf"|\b(?:[Bb]etween|[Ee]ntre)\s(?:the years |les années |los años )?{_DATE}?(?P<from>{_YEAR})"
    rf"\s(?:and|et|y|e)\s{_DATE}?(?P<to>{_YEAR})(?!\d)"
)
# "On 28 June 2024, … for a period of 18 months, until 3 February 2026"
_PERIOD = re.compile(
    rf"(?<!\d)(?P<first>{_YEAR})(?![\d-])[^.;]{{0,250}}?\b(?:for|over|pour|sur|por|durante|de)"
    r" (?:a |an |the |une |un |la )?(?:(?:further |new |nouvelle |nuevo )?(?:period|durée|période"
    r"|periodo|período|plazo) (?:of |de |d['’])?)?\w{1,12} (?:more |autres |más )?(?:months|years"
    r"|mois|ans|meses|años),? (?:until|to|through|up to|jusqu['’](?:en|au|à)|hasta(?: el)?) "
    rf"{_DATE}?(?P<last>{_YEAR})(?![\d-])"
)
_SINGLE = re.compile(
    r"(?<!\d)(?:(?<![.,])|(?<=[a-zà-ÿ],)|(?<=\d[.]\d\d[.])"
    r"|(?<=\d[.]\d[.]))(?<![A-Za-z_])(?:(?<![A-Za-z]-)"
    r"|(?<=[Mm]id-)|(?<=[Ee]arly-)|(?<=[Ll]ate-)"
    rf"|(?<=[Ee]nd-))(?:FY\s?)?({_YEAR})(?![\dA-Za-z_]|[.,]\d{{3}})"
)


def stated_years(text: str, last_year: int) -> Iterator[tuple[int, int, int]]:
    """Yield each year from FIRST_YEAR to last_year with the character offsets of its words.

    "2018–2020", "2018-20", "between 2018 and 2020" and "15 March 2018 - 14 June 2020" state every
    year of the range. Not read as years are counts ("2000 women"), resolutions and their years
    ("1325 (2000)"), amounts of money, page and telephone numbers, and numbers in citations ("UNHCR
    2014"), in titles of reports, and in names of conventions, agendas ("2030 Agenda") and document
    symbols.
    """
    if not re.search(_YEAR, text):
        return
    masked = _NOT_YEARS.sub(lambda match: "\0" * len(match[0]), text)
    years: list[tuple[int, int, int]] = []
    ranges: list[tuple[int, int]] = []  # offsets
    for match in _SPAN.finditer(masked):
        low = int(match["first"] or match["from"] or match["start"])
        digits = match["last"] or match["end"] or match["zh"] or match["to"] or match["finish"]
        high = int(digits) if len(digits) == 4 else low - low % 100 + int(digits)
        if low < high:
            ranges.append(match.span())
            first, last = max(low, FIRST_YEAR), min(high, last_year)
            years += [(year, *match.span()) for year in range(first, last + 1)]
    for match in _PERIOD.finditer(masked):
        if any(first <= match.start("last") < end for first, end in ranges):
            continue
        for year in range(int(match["first"]) + 1, min(int(match["last"]), last_year + 1)):
            years.append((year, *match.span("last")))
    for match in _SINGLE.finditer(masked):
        year, start = int(match[1]), match.start()
        is_in_range = any(first <= start < end for first, end in ranges)
        if not is_in_range and FIRST_YEAR <= year <= last_year:
            years.append((year, *match.span()))
    yield from proven_years(text, sorted(years, key=lambda item: (item[1], item[0])))
