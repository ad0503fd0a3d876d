"""Rules that decide from the words around a place whether an activity happened there.

Each rule is a pattern with a reason that holds for any text. No rule is written for a single text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from indexer.importing.gazetteer import DONORS, GazetteerEntry


class Mention(NamedTuple):
    """A mention of a place, with the text around it in the form of strip_accents()."""

    entry: GazetteerEntry
    start: int  # character offsets in the text
    end: int
    before: str
    after: str

    @property
    def is_donor(self) -> bool:
        """Return whether the place is a donor country, whose name alone proves less."""
        return self.entry.code in DONORS


# A weak proof counts only if the text has no proof.
Verdict = Literal["proof", "weak proof", "no proof"]

# Words between a cue and the last of several names: "by the Governments of Japan, Norway and …".
_REST_OF_LIST = (
    r"(?:(?:the|and|of|people|by|from|through|as well as|both|its|de|del|el|la|los|y|et|le"
    r"|les|du|des)\b|[A-Z](?:[\w'&-]|\.(?=\w))*+|[\s,();/])*+$"
)
# The rest of the name of an institution.
_INSTITUTION = r"(?: (?:[A-Z(](?:[\w()&'-]|\.(?=\w))*+|on|and|for|the|of|against))*"
_CITY_BEFORE = r"(?:the )?(?:[A-Z][\w' -]{2,20}, )?$"  # "Vienna, " before "Austria"
_INSTRUMENT = (
    r"Conventions?|Convenci[oó]n|Convenio|Declarations?|Declaraci[oó]n|Protocols?|Protocolo"
    r"|Protocole|Consensus|Consenso|Accords?|Acuerdos?|Pact|Pacto|Process|Principles|Principios"
    r"|Platform|Plataforma|Papers"
)
_CITY_INSTRUMENT = (
    rf"{_INSTRUMENT}|Rules|Reglas|Regles|Charter|Statute|Treaty|Guidelines|Agreements?"
    r"|(?:Programme |Plan |Platform )(?:of|for) Action|Action Plan|Agenda|Commitments?|Call"
    r"|Outcome|Strategy|Roadmap|Final Act|Round|Summit|Conference|Group|Framework|Canal|Statement"
    r"|Compact|Document|Congress|Programa de Accion|Estatuto"
)

# Conventions, declarations and rules have the name of the place where they were agreed.
_INSTRUMENT_BEFORE = re.compile(
    rf"\b(?:{_CITY_INSTRUMENT})(?: of| de| d'| du| sobre)?(?: the| la| l')? ?$"
)
_INSTRUMENT_AFTER = re.compile(
    r"(?:'s)?(?: (?:Political|Ministerial|Joint|Peace|Refugee|Global"
    rf"|Women's))?[ -](?:{_INSTRUMENT})\b| ?\+ ?\d"
)
_CITY_INSTRUMENT_AFTER = re.compile(rf"(?:'s)?(?: [A-Z]\w+)?[ -](?:{_CITY_INSTRUMENT})\b| ?\+ ?\d")
# An institution works in other places than its headquarters.
_HEADQUARTERS_BEFORE = re.compile(
    rf"(?:\b(?:UN|[A-Z]{{3,}}|Nations|[Ii]ts|Organization|Agency"
    r"|[Ss]ecretariat)(?:'s)? (?:[Hh]eadquarters|HQ)|[Hh]eadquartered)"
    rf"(?:,? \w+)? (?:in|at) {_CITY_BEFORE}"
    rf"|\b(?:Sub-?)?[Rr]egional{_INSTITUTION} (?:[Oo]ffice|[Cc]entre|[Cc]enter|[Bb]ureau"
    rf"|[Hh]ub){_INSTITUTION} (?:in|at) {_CITY_BEFORE}"
    rf"|\b(?:UN|UNODC|United Nations){_INSTITUTION} for{_INSTITUTION} (?:in|at|en) {_CITY_BEFORE}"
    rf"|\b[A-Z]{{2,}}(?:'s)?(?: [A-Z][\w'-]+){{0,3}} (?:Training|Research) (?:Centre"
    rf"|Center) in {_CITY_BEFORE}"
    rf"|\bOffice at {_CITY_BEFORE}"
    rf"|\b(?:UN|United Nations|Oficina|Bureau){_INSTITUTION} at {_CITY_BEFORE}"
)
_LOCAL_OFFICE_BEFORE = re.compile(
    rf"\b(?:UN|UNODC|UNDP|United Nations){_INSTITUTION} (?:Office|Bureau)?{_INSTITUTION} ?in "
    rf"{_CITY_BEFORE}"
    rf"|\b(?:based|located|stationed) (?:in|at) {_CITY_BEFORE}|\b[Bb]order(?:s? (?:with|of)"
    rf"|ing) {_REST_OF_LIST}"
)
# Envoys represent a country in another one.
_ENVOY_BEFORE = re.compile(
    r"\b(?:Embass(?:y|ies)|Ambassadors?|Permanent (?:Missions?|Representatives?|Observers?)"
    r"|High Commissioner|Consulate|Mision(?:es)?"
    rf" Permanentes?)(?: [A-Z]\w+){{0,3}} (?:of|to|from"
    rf"|de) (?:(?:the )?[A-Z][\w ]{{1,30}} to )?{_REST_OF_LIST}"
)
_ENVOY_AFTER = re.compile(
    r"(?:'s)? (?:Embassy|High Commission(?! (?:on|for))|Ambassador|Permanent Mission"
    r"|Consulate|Delegation to)\b"
)
# An activity does not happen in the country that pays for it.
_FUNDED_BY = re.compile(
    r"\b(?i:fund(?:ed|ing|s)|financ(?:ed|ing|ial)|(?:co-)?sponsor(?:ed|ship)|grants?|donors?"
    r"|donat(?:ed|ions?)|paid(?: for)?|contributions?|resources|generous(?:ly)?|financiad[oa]s?"
    r"|financiacion|financiamiento|financees?|finances?|financement)\b(?: (?:support(?:ed)?"
    r"|assistance|contributions?|jointly|provided|made|available|generously|received|in part|came"
    r"|resources|apoyo)){0,3},? (?:by|from|of|through|such as|including|por|de|del|par|du"
    rf"|des) {_REST_OF_LIST}"
)
# The rest of a list of countries. It has no acronyms: in "In Greece, UNHCR funded …" Greece is not
# the donor.
_OTHER_COUNTRIES = (
    r"(?:(?:,|,? and|,? et|,? y) (?:the |la |le |les |el "
    r"|l')?[A-Z][a-z][\w'-]*+(?: [A-Z][a-z][\w'-]*+)*+)*+"
)
_FUNDS_AFTER = re.compile(
    rf"(?:'s)?-(?:funded|financed|sponsored|supported)|{_OTHER_COUNTRIES} (?:has |have |a "
    r"|ont )?(?:generously )?(?:funds?|funded|finance[drs]?|financ[oe]|financiaron|contributed"
    r"|donated|pledged|provided (?:\w+ ){0,2}(?:funding|funds|financ))\b"
)
_SUPPORTED_BY = re.compile(
    r"\b(?:[Ss]upport(?:ed)?|[Aa]ssistance|grateful|gratitude|thank(?:s|ed)?|indebted"
    rf"|acknowledg\w+|apoyo|appui|soutien)(?: \w+)? (?:of|from|by|to|de|del|du) {_REST_OF_LIST}"
)
_SUPPORTS_AFTER = re.compile(r" (?:also |has |have )?(?:generously )?support(?:s|ed)\b")
_PARTNER_BEFORE = re.compile(
    r"\b(?:[Cc]ooperation|[Cc]ollaboration|[Pp]artnership(?: (?:of|between) [A-Z]\w+)?"
    rf"|[Cc]onjunction|together|jointly|partners) with {_REST_OF_LIST}"
)
# A donor country with a possessive or a capitalised noun after it is a partner: "Italy's Ministry".
_IS_PARTNER = re.compile(r"'s | [A-Z][a-z]")
# The rules for the words around a donor are for Latin scripts only.
_FIRST_GREEK_LETTER = "\u0370"
# A donor country is a location only after such words; otherwise it acts or pays.
_LOCATION_BEFORE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin|[Tt]o|[Bb]etween|[Ii]nto|[Vv]isit(?:s|ed"
    rf"|ing)?|[Ee]n|[Aa]ux?|[Dd]ans|[Ee]ntre|à) {_REST_OF_LIST}"
    rf"|\b(?:UN Women|[A-Z]{{3,}}) $"
)
# National agencies for development cooperation, and institutes, work in other countries.
_AGENCY_AFTER = re.compile(
    r"(?:'s)? (?:(?:International |Overseas )?(?:Development"
    r"|Cooperation)(?: and \w+)? (?:Cooperation|Agency|Bank|Aid)|International (?:Development"
    r"|Cooperation)|Agency for|Cooperation\b|Aid\b|Refugee Council|Institute\b|Bar Association"
    r"|Department of State|State Department|Department of Justice, Office|Bureau of International"
    r"|Foreign(?:,| and) Commonwealth|Airways|Airlines|\$|dollars?\b)|\$"
)
_POLICE_AFTER = re.compile(r" Federal Police\b")
_AGENCY_BEFORE = re.compile(
    r"\b(?:Agencia|Cooperacion|Agence|Instituto|Institut)(?: [A-Z]\w+)? (?:de |du |d')?$"
)
# Countries that host an event at a meeting of the UN are not its subject.
_HOSTED_BY = re.compile(
    r"\b(?:(?:co-)?(?:organi[sz]ed|hosted|sponsored|chaired|led))(?: jointly)? (?:by|with"
    rf"|together with) {_REST_OF_LIST}"
)
_HOSTS_AFTER = re.compile(
    rf"{_OTHER_COUNTRIES} (?:have |has )?(?:jointly )?(?:co-)?(?:organi[sz]ed|hosted|sponsored"
    r"|chaired)\b"
)
_UN_MEETING = re.compile(
    r"\b[Ss]ide[- ]event|\bCCPCJ\b|\bCSW\b|\bCommission on (?:the Status|Crime|Narcotic)"
    r"|Crime Congress|Conference of (?:the )?(?:States |Parties)|General Assembly|evento paralelo"
)
_WORLD_MEETING = re.compile(
    r"\b(?i:global|international|world|inter-?regional|intergovernmental|internacional"
    r"|mondiale?|mundial)\s(?:\S+\s){0,4}?"
    r"(?i:conference|congress|summit|forum|meetings?|session|symposium|conferencia|congreso"
    r"|conférence|cumbre)\b"
    r"|\b(?:UN|United Nations|Expert Group|Crime|Generation Equality)\s(?:Conference"
    r"|Congress|Summit|Forum|Meeting)"
)
# Seas, rivers and mountains belong to several countries.
_GEOGRAPHY_BEFORE = re.compile(
    r"\b(?:Gulf|Seas?|Bay|Straits?|Rivers?|Lake|Horn|Bight|Mount|Mt\.?|Isthmus) (?:of )?(?:the )?$"
)
_GEOGRAPHY_AFTER = re.compile(r" (?:Sea|Ocean|River|Basin|Delta|Valley|Straits?)\b")
# Activities for migrants happen in the country where they live now.
_MIGRANTS_AFTER = re.compile(
    r" (?:\w+ ){0,2}(?:refugees?|migrants?|asylum[- ]seekers?|diaspora|nationals|exiles"
    r"|immigrants?)\b"
)
_MIGRANTS_BEFORE = re.compile(
    r"\b(?i:(?:refugees?|migrants?|returnees|asylum[- ]seekers|returning|returned"
    rf"|repatriated|deported)(?: \w+){{0,2}} from|fle(?:d|eing))"
    rf" {_REST_OF_LIST}"
)
# Places whose names are also personal names. A preposition before the name makes it a place; a
# title, or an adjacent first name or surname makes it a person.
_ALSO_PERSONAL_NAMES = re.compile(
    "Jordan|Chad|Georgia|Israel|Sofia|Lima|Cali|Milan|Kenya|India|Cuba|Mali|Malta|Maurice"
)
_PLACE_BEFORE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin|Republic of|Kingdom of|Government of) $"
)
_TITLE_BEFORE = re.compile(
    r"\b(?:Mr|Ms|Mrs|Miss|Dr|Prof|Professor|Sir|Dame|Madam|Mme|Judge|Inspector|Sergeant"
    r"|Captain)\.? (?:[A-Z][\w.'-]* )?$"
)
_FIRST_NAME_BEFORE = re.compile(
    r"\b(?!In|From|For|To|With|By|The|And|But|Both|While|Since|As|Like|Across|Throughout|Within"
    r"|Between|Under|After|Before|Through|Today|Country|Office|Programme|Women|Police|Including"
    r"|Also|When|Where|Of|Neighbou?ring|Ministry|Justice|Interior|Government|State|Prisons?"
    r"|Services?|Team|Mission|On|At|Against|Until|During|Visiting|Lake|Maybe|Thus|If|Nations"
    r"|League|Yet|Even|Only|Now|Then|Here|Perhaps|So|Although|Because|However|Towards?|Without"
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
    r"\b(?:in|into|to|from|languages?:?|both)\s(?:[A-Z][a-z]+(?:, | and | or |, and |/))*$"
)
_BESIDE_LANGUAGE = re.compile(
    r"\b(?:English|Arabic|French|Russian|Spanish)(?:, | and | or |, and |/)$"
)
_LANGUAGE_CHAIN = re.compile(r"(?:(?:,|/| and| or|, and) ?[A-Z][a-z]+)*")
_LANGUAGE_WORD_AFTER = re.compile(
    r"[ -](?:languages?|speaking|speakers?|versions?|translations?|editions?|subtitles"
    r"|interpret\w+|texts?)\b"
)
_INSTITUTION_BEFORE = re.compile(
    r"\b(?:Office|Centre|Center|Commission|Council|Community|Bank|Union|Organi[sz]ation"
    r"|Bureau|Representative|Institute|Network|Co-operation"
    r"|Cooperation)(?: [\w-]+){0,3} (?:for|of|in) (?:the )?$|Middle East(?:ern)?,? (?:and"
    r"|&) (?:the )?$|(?:South|North|East|West)[ -]$"
)
_INSTITUTION_AFTER = re.compile(
    r" (?!Region)[A-Z][a-z]|(?<=Asia)(?: and the |[ -])Pacific|-Pacific| and the (?:Pacific"
    r"|Middle East)"
)


@cache
def _language_names() -> frozenset[str]:
    from babel import Locale  # imported late: only an import needs it

    missing = {"Dari", "Tajik", "Kyrgyz", "Uzbek", "Lao", "Filipino"}
    return frozenset(Locale("en").languages.values()) | missing


def _is_language(mention: Mention) -> bool:
    """Return whether a demonym is the name of a language.

    It is in "in French and Thai" and "Russian-speaking", and is not in "in Thai prisons".
    """
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
    if entry.kind == "demonym" or not _ALSO_PERSONAL_NAMES.fullmatch(entry.form):
        return False
    if entry.form == "Georgia" and _US_STATE.search(text):
        return True
    if _PLACE_BEFORE.search(before):
        return False
    has_name_before = _TITLE_BEFORE.search(before) or _FIRST_NAME_BEFORE.search(before)
    return bool(has_name_before or _SURNAME_AFTER.match(mention.after))


def _sentence(mention: Mention) -> str:
    """Return the sentence of a mention, as far as the text around the mention contains it."""
    start = max((m.end() for m in re.finditer(r"[.!?]\s+(?=[A-Z])", mention.before)), default=0)
    end = re.search(r"[.!?](?:\s|$)", mention.after)
    after = mention.after[: end.end() if end else None]
    return mention.before[start:] + mention.entry.form + after


def judge(mention: Mention, text: str) -> tuple[Verdict, str]:
    """Decide whether a mention proves that an activity happened in its country.

    Return the verdict and the name of the rule that applied, which is empty for a proof. The first
    rule that applies decides.
    """
    entry, before, after = mention.entry, mention.before, mention.after
    is_city, is_demonym = entry.kind == "city", entry.kind == "demonym"
    is_donor, sentence = mention.is_donor, _sentence(mention)
    instrument_after = _CITY_INSTRUMENT_AFTER if is_city else _INSTRUMENT_AFTER
    if _INSTRUMENT_BEFORE.search(before) or instrument_after.match(after):
        return "no proof", "instrument"
    if _HEADQUARTERS_BEFORE.search(before) or (is_city and after.startswith("-based")):
        return "no proof", "seat"
    if _ENVOY_BEFORE.search(before) or _ENVOY_AFTER.match(after):
        return "no proof", "envoy"
    if _AGENCY_AFTER.match(after):
        return "no proof", "agency"
    if is_donor and (_AGENCY_BEFORE.search(before) or _POLICE_AFTER.match(after)):
        return "no proof", "agency"
    if _FUNDED_BY.search(before) or _FUNDS_AFTER.match(after):
        return "no proof" if is_donor else "weak proof", "donor"
    if is_donor and (_SUPPORTED_BY.search(before) or _SUPPORTS_AFTER.match(after)):
        return "no proof", "donor"
    if (_HOSTED_BY.search(before) or _HOSTS_AFTER.match(after)) and _UN_MEETING.search(sentence):
        return "no proof", "host"
    if _GEOGRAPHY_BEFORE.search(before) or _GEOGRAPHY_AFTER.match(after):
        return "no proof", "geography"
    if is_demonym and _is_language(mention):
        return "no proof", "language"
    if _is_person(mention, text):
        return "no proof", "person"
    if is_city and _WORLD_MEETING.search(sentence):
        return "no proof", "world meeting"
    if is_city:
        return "weak proof", "city"
    if _LOCAL_OFFICE_BEFORE.search(before):
        return "weak proof", "seat"
    if is_donor and (is_demonym or _IS_PARTNER.match(after) or _PARTNER_BEFORE.search(before)):
        return "weak proof", "partner"
    if is_donor and entry.form < _FIRST_GREEK_LETTER and not _LOCATION_BEFORE.search(before):
        return "weak proof", "agent"
    if (is_demonym and _MIGRANTS_AFTER.match(after)) or _MIGRANTS_BEFORE.search(before):
        return "weak proof", "migrants"
    return "proof", ""


def names_region(mention: Mention) -> bool:
    """Return whether a mention means the region itself.

    It does not if it is part of the name of an institution or of a larger region.
    """
    return not (
        _INSTITUTION_BEFORE.search(mention.before)
        or _INSTITUTION_AFTER.match(mention.after)
        or _GEOGRAPHY_BEFORE.search(mention.before)
    )
