"""The words around a place that say whether it is where something happened.

Each rule is a pattern with the reason that it holds anywhere; none is made for one text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from indexer.importing.gazetteer import DONORS, GazetteerEntry


class Mention(NamedTuple):
    """A place named in a text, with the text (plain) before and after it."""

    entry: GazetteerEntry
    start: int
    end: int
    before: str
    after: str

    @property
    def donor(self) -> bool:
        return self.entry.code in DONORS


Verdict = Literal["no", "weak"]

# What may stand between a cue and the last of several names after it: "by the Governments of Japan, Norway and …"
_LIST = r"(?:(?:the|and|of|people|by|from|through|as well as|both|its|de|del|el|la|los|y|et|le|les|du|des)\b|[A-Z](?:[\w'&-]|\.(?=\w))*+|[\s,();/])*+$"
_BODY = r"(?: (?:[A-Z(](?:[\w()&'-]|\.(?=\w))*+|on|and|for|the|of|against))*"  # the rest of an institution's name
_CITY_OF = r"(?:the )?(?:[A-Z][\w' -]{2,20}, )?$"  # "Vienna, " before "Austria"
_TITLE = (
    r"Conventions?|Convenci[oó]n|Convenio|Declarations?|Declaraci[oó]n|Protocols?|Protocolo|Protocole|Consensus|Consenso|"
    r"Accords?|Acuerdos?|Pact|Pacto|Process|Principles|Principios|Platform|Plataforma|Papers"
)
_CITY_TITLE = (
    rf"{_TITLE}|Rules|Reglas|Regles|Charter|Statute|Treaty|Guidelines|Agreements?|(?:Programme |Plan |Platform )(?:of|for) Action|"
    r"Action Plan|Agenda|Commitments?|Call|Outcome|Strategy|Roadmap|Final Act|Round|Summit|Conference|Group|Framework|Canal|Statement|Compact|Document|Congress|Programa de Accion|Estatuto"
)


# A convention, declaration or set of rules is called after the place where it was agreed.
_INSTRUMENT_BEFORE = re.compile(
    rf"\b(?:{_CITY_TITLE})(?: of| de| d'| du| sobre)?(?: the| la| l')? ?$"
)
_INSTRUMENT_AFTER = re.compile(
    rf"(?:'s)?(?: (?:Political|Ministerial|Joint|Peace|Refugee|Global|Women's))?[ -](?:{_TITLE})\b| ?\+ ?\d"
)
_CITY_INSTRUMENT_AFTER = re.compile(rf"(?:'s)?(?: [A-Z]\w+)?[ -](?:{_CITY_TITLE})\b| ?\+ ?\d")
# The seat of an institution is not where it worked.
_SEAT = re.compile(
    rf"(?:\b(?:UN|[A-Z]{{3,}}|Nations|[Ii]ts|Organization|Agency|[Ss]ecretariat)(?:'s)? (?:[Hh]eadquarters|HQ)|[Hh]eadquartered)"
    rf"(?:,? \w+)? (?:in|at) {_CITY_OF}"
    rf"|\b(?:Sub-?)?[Rr]egional{_BODY} (?:[Oo]ffice|[Cc]entre|[Cc]enter|[Bb]ureau|[Hh]ub){_BODY} (?:in|at) {_CITY_OF}"
    rf"|\b(?:UN|UNODC|United Nations){_BODY} for{_BODY} (?:in|at|en) {_CITY_OF}"
    rf"|\b[A-Z]{{2,}}(?:'s)?(?: [A-Z][\w'-]+){{0,3}} (?:Training|Research) (?:Centre|Center) in {_CITY_OF}"
    rf"|\bOffice at {_CITY_OF}|\b(?:UN|United Nations|Oficina|Bureau){_BODY} at {_CITY_OF}"
)
_LOCAL_SEAT = re.compile(
    rf"\b(?:UN|UNODC|UNDP|United Nations){_BODY} (?:Office|Bureau)?{_BODY} ?in {_CITY_OF}"
    rf"|\b(?:based|located|stationed) (?:in|at) {_CITY_OF}|\b[Bb]order(?:s? (?:with|of)|ing) {_LIST}"
)
# Envoys speak for a country elsewhere.
_ENVOY_BEFORE = re.compile(
    rf"\b(?:Embass(?:y|ies)|Ambassadors?|Permanent (?:Missions?|Representatives?|Observers?)|High Commissioner|Consulate|Mision(?:es)?"
    rf" Permanentes?)(?: [A-Z]\w+){{0,3}} (?:of|to|from|de) (?:(?:the )?[A-Z][\w ]{{1,30}} to )?{_LIST}"
)
_ENVOY_AFTER = re.compile(
    r"(?:'s)? (?:Embassy|High Commission(?! (?:on|for))|Ambassador|Permanent Mission|Consulate|Delegation to)\b"
)
# Who pays is not where it happened.
_FUNDED = re.compile(
    r"\b(?i:fund(?:ed|ing|s)|financ(?:ed|ing|ial)|(?:co-)?sponsor(?:ed|ship)|grants?|donors?|donat(?:ed|ions?)|paid(?: for)?|contributions?|resources|generous(?:ly)?|"
    r"financiad[oa]s?|financiacion|financiamiento|financees?|finances?|financement)\b"
    r"(?: (?:support(?:ed)?|assistance|contributions?|jointly|provided|made|available|generously|received|in part|came|resources|apoyo)){0,3}"
    rf",? (?:by|from|of|through|such as|including|por|de|del|par|du|des) {_LIST}"
)
# The rest of a list of countries; no acronyms: "In Greece, UNHCR funded" says nothing of Greece.
_AND_OTHERS = r"(?:(?:,|,? and|,? et|,? y) (?:the |la |le |les |el |l')?[A-Z][a-z][\w'-]*+(?: [A-Z][a-z][\w'-]*+)*+)*+"
_FUNDS = re.compile(
    r"(?:'s)?-(?:funded|financed|sponsored|supported)"
    rf"|{_AND_OTHERS} (?:has |have |a |ont )?(?:generously )?(?:funds?|funded|finance[drs]?|financ[oe]|financiaron|contributed|donated|"
    r"pledged|provided (?:\w+ ){0,2}(?:funding|funds|financ))\b"
)
_SUPPORTED = re.compile(
    rf"\b(?:[Ss]upport(?:ed)?|[Aa]ssistance|grateful|gratitude|thank(?:s|ed)?|indebted|acknowledg\w+|apoyo|appui|soutien)(?: \w+)? (?:of|from|by|to|de|del|du) {_LIST}"
)
_SUPPORTS = re.compile(r" (?:also |has |have )?(?:generously )?support(?:s|ed)\b")
_PARTNERED = re.compile(
    rf"\b(?:[Cc]ooperation|[Cc]ollaboration|[Pp]artnership(?: (?:of|between) [A-Z]\w+)?|[Cc]onjunction|together|jointly|partners) with {_LIST}"
)
# A donor that is named otherwise than as a place is who acts or pays.
_LOCATED = re.compile(
    rf"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin|[Tt]o|[Bb]etween|[Ii]nto|[Vv]isit(?:s|ed|ing)?|[Ee]n|[Aa]ux?|[Dd]ans|[Ee]ntre|à) {_LIST}"
    rf"|\b(?:UN Women|[A-Z]{{3,}}) $"
)
# National agencies for work abroad, and institutes, which are partners everywhere.
_AGENCY = re.compile(
    r"(?:'s)? (?:(?:International |Overseas )?(?:Development|Cooperation)(?: and \w+)? (?:Cooperation|Agency|Bank|Aid)|International "
    r"(?:Development|Cooperation)|Agency for|Cooperation\b|Aid\b|Refugee Council|Institute\b|Bar Association|Department of State|"
    r"State Department|Department of Justice, Office|Bureau of International|Foreign(?:,| and) Commonwealth|Airways|Airlines|\$|dollars?\b)|\$"
)
_DONORS_POLICE = re.compile(r" Federal Police\b")
_AGENCY_BEFORE = re.compile(
    r"\b(?:Agencia|Cooperacion|Agence|Instituto|Institut)(?: [A-Z]\w+)? (?:de |du |d')?$"
)
# Countries that hold an event beside a meeting of the UN are its hosts, not its subject.
_HOSTS = re.compile(
    rf"\b(?:(?:co-)?(?:organi[sz]ed|hosted|sponsored|chaired|led))(?: jointly)? (?:by|with|together with) {_LIST}"
)
_HOSTING = re.compile(
    rf"{_AND_OTHERS} (?:have |has )?(?:jointly )?(?:co-)?(?:organi[sz]ed|hosted|sponsored|chaired)\b"
)
_UN_MEETING = re.compile(
    r"\b[Ss]ide[- ]event|\bCCPCJ\b|\bCSW\b|\bCommission on (?:the Status|Crime|Narcotic)|Crime Congress|Conference of (?:the )?(?:States |Parties)|"
    r"General Assembly|evento paralelo"
)
_WORLD_MEETING = re.compile(
    r"\b(?i:global|international|world|inter-?regional|intergovernmental|internacional|mondiale?|mundial)\s(?:\S+\s){0,4}?"
    r"(?i:conference|congress|summit|forum|meetings?|session|symposium|conferencia|congreso|conférence|cumbre)\b"
    r"|\b(?:UN|United Nations|Expert Group|Crime|Generation Equality)\s(?:Conference|Congress|Summit|Forum|Meeting)"
)
# Water and land forms lie between countries.
_GEOGRAPHY_BEFORE = re.compile(
    r"\b(?:Gulf|Seas?|Bay|Straits?|Rivers?|Lake|Horn|Bight|Mount|Mt\.?|Isthmus) (?:of )?(?:the )?$"
)
_GEOGRAPHY_AFTER = re.compile(r" (?:Sea|Ocean|River|Basin|Delta|Valley|Straits?)\b")
# People abroad are where they are now.
_ABROAD = re.compile(
    r" (?:\w+ ){0,2}(?:refugees?|migrants?|asylum[- ]seekers?|diaspora|nationals|exiles|immigrants?)\b"
)
_LEFT = re.compile(
    rf"\b(?i:(?:refugees?|migrants?|returnees|asylum[- ]seekers|returning|returned|repatriated|deported)(?: \w+){{0,2}} from|fle(?:d|eing))"
    rf" {_LIST}"
)
# Names that persons bear. "In" and the like make it a place; a title, a given name or a surname beside it, a person.
_PERSONAL = re.compile(
    "Jordan|Chad|Georgia|Israel|Sofia|Lima|Cali|Milan|Kenya|India|Cuba|Mali|Malta|Maurice"
)
_PLACED = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin|Republic of|Kingdom of|Government of) $"
)
_HONOURED = re.compile(
    r"\b(?:Mr|Ms|Mrs|Miss|Dr|Prof|Professor|Sir|Dame|Madam|Mme|Judge|Inspector|Sergeant|Captain)\.? (?:[A-Z][\w.'-]* )?$"
)
_GIVEN = re.compile(
    r"\b(?!In|From|For|To|With|By|The|And|But|Both|While|Since|As|Like|Across|Throughout|Within|Between|Under|After|Before|Through|"
    r"Today|Country|Office|Programme|Women|Police|Including|Also|When|Where|Of|Neighbou?ring|Ministry|Justice|Interior|Government|"
    r"State|Prisons?|Services?|Team|Mission|On|At|Against|Until|During|Visiting|Lake|Maybe|Thus|If|Nations|League|Yet|Even|Only|Now|"
    r"Then|Here|Perhaps|So|Although|Because|However|Towards?|Without|Upon|Thanks|Meanwhile|Support|Group|That|This|[A-Z]\w+(?:ern|ing|ly|ral) )[A-Z][a-z]+ $"
)
_SURNAME = re.compile(
    r" (?!Ministr|National|Police|Government|Parliament|Prison|Public|Supreme|Women|Armed|Bar|Country|Office|Anti|Counter|Border|Coast|"
    r"Customs|Immigration|Judic|Court|Human|Federal|State|High|Penal|Correction|Law|Legal|Chapter|Programme|Program|Project|Civil|Red|"
    r"Royal|Defen[cs]e|Army|Navy|Central|General|Gender|Family|Child|Youth|Health|Medical|Criminal|Commission|Training|In|The|UN|Joint|"
    r"We\b|They\b|This|That|These|Our)[A-Z][a-z]+|, (?:a|an|the) (?!country|nation|State)\w+(?: \w+)? (?:of|at|from|with)\b"
)
_US_STATE = re.compile(
    r"Atlanta|\bGeorgia, (?:USA|U\.S\.|United States)|[Ss]tate of Georgia|University of Georgia|Georgia State"
)
_FUNCTION_WORD = r"(?:and|or|with|for|to|by|in|at|on|as|of|from|through|were|was|is|are|that|which|versions?|subtitles)\b"
_IN_LANGUAGE = re.compile(
    r"\b(?:in|into|to|from|languages?:?|both)\s(?:[A-Z][a-z]+(?:, | and | or |, and |/))*$"
)
_BESIDE_LANGUAGE = re.compile(
    r"\b(?:English|Arabic|French|Russian|Spanish)(?:, | and | or |, and |/)$"
)
_LANGUAGE_CHAIN = re.compile(r"(?:(?:,|/| and| or|, and) ?[A-Z][a-z]+)*")
_SPOKEN = re.compile(
    r"[ -](?:languages?|speaking|speakers?|versions?|translations?|editions?|subtitles|interpret\w+|texts?)\b"
)
_OF_BODY = re.compile(
    r"\b(?:Office|Centre|Center|Commission|Council|Community|Bank|Union|Organi[sz]ation|Bureau|Representative|Institute|Network|Co-operation"
    r"|Cooperation)(?: [\w-]+){0,3} (?:for|of|in) (?:the )?$|Middle East(?:ern)?,? (?:and|&) (?:the )?$|(?:South|North|East|West)[ -]$"
)
_BODY_AFTER = re.compile(
    r" (?!Region)[A-Z][a-z]|(?<=Asia)(?: and the |[ -])Pacific|-Pacific| and the (?:Pacific|Middle East)"
)


@cache
def _language_names() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale("en").languages.values()) | {
        "Dari",
        "Tajik",
        "Kyrgyz",
        "Uzbek",
        "Lao",
        "Filipino",
    }


def _is_language(mention: Mention) -> bool:
    """Whether a demonym means the language: "in French and Thai", "Russian-speaking"; not "in Thai prisons"."""
    if mention.entry.form not in _language_names():
        return False
    rest = mention.after[_LANGUAGE_CHAIN.match(mention.after).end() :]  # type: ignore[union-attr]
    if _SPOKEN.match(rest):
        return True
    listed = _IN_LANGUAGE.search(mention.before) or _BESIDE_LANGUAGE.search(mention.before)
    return bool(listed and re.match(rf"[^\w\s'-]|\s*$|\s{_FUNCTION_WORD}|\s[A-Z(]", rest))


def _is_person(mention: Mention, text: str) -> bool:
    if not _PERSONAL.fullmatch(mention.entry.form) or mention.entry.kind == "demonym":
        return False
    if mention.entry.form == "Georgia" and _US_STATE.search(text):
        return True
    if _PLACED.search(mention.before):
        return False
    return any(p.search(mention.before) for p in (_HONOURED, _GIVEN)) or bool(
        _SURNAME.match(mention.after)
    )


def _sentence(mention: Mention) -> str:
    """The sentence around a mention, as far as it can be seen."""
    first = max((m.end() for m in re.finditer(r"[.!?]\s+(?=[A-Z])", mention.before)), default=0)
    last = re.search(r"[.!?](?:\s|$)", mention.after)
    return (
        mention.before[first:] + mention.entry.form + mention.after[: last.end() if last else None]
    )


def judge(mention: Mention, text: str) -> tuple[Verdict, str] | None:
    """Why a mention proves less than it seems to: ("no" or "weak", the rule's name); None where it proves its country."""
    entry, before, after = mention.entry, mention.before, mention.after
    city, sentence = entry.kind == "city", _sentence(mention)
    if _INSTRUMENT_BEFORE.search(before) or (
        _CITY_INSTRUMENT_AFTER if city else _INSTRUMENT_AFTER
    ).match(after):
        return "no", "instrument"
    if _SEAT.search(before) or (city and after.startswith("-based")):
        return "no", "seat"
    if _ENVOY_BEFORE.search(before) or _ENVOY_AFTER.match(after):
        return "no", "envoy"
    if _AGENCY.match(after) or (
        mention.donor and (_AGENCY_BEFORE.search(before) or _DONORS_POLICE.match(after))
    ):
        return "no", "agency"
    if _FUNDED.search(before) or _FUNDS.match(after):
        return ("no" if mention.donor else "weak"), "donor"
    if mention.donor and (_SUPPORTED.search(before) or _SUPPORTS.match(after)):
        return "no", "donor"
    if (_HOSTS.search(before) or _HOSTING.match(after)) and _UN_MEETING.search(sentence):
        return "no", "host"
    if _GEOGRAPHY_BEFORE.search(before) or _GEOGRAPHY_AFTER.match(after):
        return "no", "geography"
    if entry.kind == "demonym" and _is_language(mention):
        return "no", "language"
    if _is_person(mention, text):
        return "no", "person"
    if city:
        return ("no", "world meeting") if _WORLD_MEETING.search(sentence) else ("weak", "city")
    if _LOCAL_SEAT.search(before):
        return "weak", "seat"
    if mention.donor and (
        entry.kind == "demonym" or re.match(r"'s | [A-Z][a-z]", after) or _PARTNERED.search(before)
    ):
        return "weak", "partner"
    if mention.donor and entry.form < "\u0370" and not _LOCATED.search(before):
        return "weak", "agent"
    if (entry.kind == "demonym" and _ABROAD.match(after)) or _LEFT.search(before):
        return "weak", "abroad"
    return None


def names_region(mention: Mention) -> bool:
    """Whether the mention of a region means the region, not an institution for it or a wider one."""
    return not (
        _OF_BODY.search(mention.before)
        or _BODY_AFTER.match(mention.after)
        or _GEOGRAPHY_BEFORE.search(mention.before)
    )
