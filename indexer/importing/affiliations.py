"""Rules for countries to which a person or an organization belongs: seats, origins, areas of work.

An activity of such a person or organization may happen in another country.
"""

from __future__ import annotations

import re

from indexer.importing.gazetteer import Mention

# "(France)", "(France/Maroc)", "(Georgia, Batumi)".
_BRACKET_BEFORE = re.compile(r" ?\((?:[A-Z][\w' -]{1,30}[,/] ?){0,3}$")
_BRACKET_AFTER = re.compile(r"(?: [A-Z][\w'-]+){0,2}(?:[,/] ?[A-Z][\w' -]{1,30}){0,3}\)")
_CAPITALISED = r"(?:[A-Z][\w&'.-]*+)"
_LINK = r"(?:of|for|the|and|de|del|la|las|los|du|des|pour|para|et|y|sans|sin|in)"
_NAME_BEFORE = re.compile(
    rf"(?:\b(?P<place>[Ii]n|[Aa]t|[Nn]ear|[Ff]rom|[Ee]n|[Dd]ans|[Aa]ux?|[Aa]|[Dd]e|[Dd]u|[Vv]ers"
    rf"|[Dd]esde|[Tt]o) )?(?P<name>{_CAPITALISED}(?: (?:{_LINK} ){{0,2}}{_CAPITALISED}){{0,8}})$"
)
_ORGANIZATION = re.compile(
    r"\b(?:Foundation|Fundacion|Fondation|Stiftung|Associa(?:tion|zione|cao)|Asociacion"
    r"|International|Internacional|Institut[eo]?|Universit(?:y|e|at)|Universidad|College|Network"
    r"|Red"
    r"|Reseau|Cent(?:er|re|ro)|Alliance|Alianza|Council|Consejo|Conseil|Society|Sociedad|Societe"
    r"|Trust|Fund|Relief|Reform|Action|Accion|Aid|Federation|Federacion|Union|Ltd|Inc|GmbH|NGO|ONG"
    r"|Church|Caritas|World|Worldwide|Frontieres|Fronteras|Borders|Group|Grupo|Groupe|Committee"
    r"|Comite|Hospital|Company|Bank|Agency|Agencia|Agence|Ministry|Ministerio|Ministere|School"
    r"|Terre des Hommes|Save the Children|[A-Z]{2,})\b"
)
_OTHER_BRACKETS = re.compile(r"\([^()]*\)(?: ?[,;/]| and| et| y)? *")
_ROLE_AFTER = re.compile(
    r"[^)]{0,40}\),? (?:qui|who|quien|que|an?|une?|experte?|consultante?|fundador|founder|president"
    r"|directora?|director|directrice|directeur)\b"
)
# The national society or section of a movement often works abroad: "Qatar Red Crescent".
_SOCIETY_AFTER = re.compile(r"(?:'s)? Red (?:Cross|Crescent)\b")
_MOVEMENT = (
    r"(?:Frontieres|Fronteras|MSF|Caritas|Children|Oxfam|CARE|Monde|Mundo|Vision|Plan|Habitat"
    r"|Amnesty|Handicap|Secours Catholique|Secours Islamique|Islamic Relief|Aid)"
)
_SOCIETY_BEFORE = re.compile(
    r"\b(?:(?:Croix[- ]Rouge|Cruz Roja|Croissant[- ]Rouge|Media Luna Roja) (?:(?:de|du|de la) |d')?"
    rf"|{_MOVEMENT} )$"
)
_SECTION_BEFORE = re.compile(rf"\b{_MOVEMENT} $")
# Experts bring their knowledge to another country. So do troops.
_EXPERTS = (
    r"(?:experts?|trainers?|lecturers?|tutors?|formed police units?|(?:police officers"
    r"|policewomen) of the"
    r" (?:mission|UN)|ponentes?|conferencistas?|conferenciers?|intervenante?s|advis[eo]rs?"
    r"|instructors?|facilitators?|consultants?|peacekeepers"
    r"|troops|contingents?|battalions?|police units?|volunteers|observers|specialists?|mentors?"
    r"|researchers?|formateurs?|formatrices?|expertes?|instructeurs?|conseillers?|conseilleres?"
    r"|casques bleus|consultantes?|especialistas|benevoles|volontaires|chercheurs|expert[oa]s?"
    r"|capacitador(?:es|as)|instructor(?:es|as)|asesor(?:es|as)|facilitador(?:es|as)"
    r"|consultor(?:es|as)|voluntari[oa]s|investigador(?:es|as))"
)
_NAMES = (
    r"(?:(?:the|and|la|las|el|los|y|e|et|le|les) |l'|(?!Inst|Ecole|Min|Univ|Cent|Poli|Serv|Dep)"
    r"[A-Z][\w'-]*+[\s,;]{0,3}+)*$"
)
# At a meeting, experts represent their own countries.
_MEETING = re.compile(
    r"\b(?i:brought together|bringing together|gather\w*|attend\w*|participat\w*|particip\w+"
    r"|reun\w+|met|convened|represent\w*|workshop|meeting|conference|atelier|taller)\b"
)
_EXPERTS_FROM = re.compile(rf"\b(?i:{_EXPERTS})(?: \w+)? (?:(?:from|of|de|du|des|del) |d'){_NAMES}")
_EXPERTS_AFTER = re.compile(
    rf"(?:(?:,|,? and) [A-Z][a-z]+){{0,3}} (?:(?!and )[\w-]+ ){{0,2}}?(?i:{_EXPERTS})\b"
)
_EXPERTS_BEFORE = re.compile(rf"\b(?i:{_EXPERTS}) $")
# "country director for the Maldives, Nepal, and Sri Lanka".
_AREA_OF_WORK = re.compile(
    r"\b(?i:directors?|managers?|representatives?|coordinators?|directeurs?|directrices?"
    r"|representante?s?|directoras?|coordinador(?:a|es)?|coordinat(?:eur|rice)s?|specialists?"
    r"|officers?|envoys?|advis[eo]rs?|rapporteurs?|relator(?:a|es)?|chefs?|gerente)"
    rf"(?: (?:regional|residente?|general|pais|country))?,? (?:for|pour|para) {_NAMES}"
    r"|\b(?:Regional (?:Office|Representation|Bureau)|(?:Oficina|Representacion|Bureau"
    rf"|Representation) [Rr]egionale?) (?:for|pour|para) {_NAMES}"
)

# The office of an agency in a country: "UNDP Costa Rica facilitated …", "UNFPA-Niger".
_AGENCY = (
    r"(?:UN ?Women|UNDP|UNFPA|UNICEF|Unicef|UNHCR|UNESCO|UNODC|UNOPS|UNIDO|UNAIDS|UNRWA"
    r"|UN[- ]Habitat"
    r"|UNIFEM|UNCDF|UNV|UNEP|IOM|ILO|WHO|WFP|FAO|OHCHR|PAHO|ONU[- ]?(?:Mujeres|Femmes|Habitat|DC"
    r"|SIDA)"
    r"|ONUDC|ONUSIDA|PNUD|ACNUR|HCR|HCDH|ACNUDH|OACNUDH|OIM|OIT|BIT|OMS|OPS|PAM|PMA)"
)
_OFFICE_BEFORE = re.compile(rf"\b{_AGENCY}(?: ?[/–—-] ?| )$")
# The chapter of an association: "Women's Association Thailand".
_CHAPTER_BEFORE = re.compile(
    r"\b[A-Z][\w'-]+ (?:Association|Network|Foundation|Alliance|Coalition|International|Initiative"
    r"|Internacional|Federation|Worldwide) $"
)
_MULTI_COUNTRY_AFTER = re.compile(r" (?:[Mm]ulti-?[Cc]ountry|MCO)\b")  # its own and others
# The university or institute of a speaker or researcher, who may speak elsewhere.
_ACADEMIC = (
    r"(?i:professors?|lecturers?|researchers?|academics?|scholars?|dean|profesor(?:a|as|es)?"
    r"|investigador(?:a|as|es)?|catedratic[oa]s?|docentes?|academic[oa]s?|professeure?s?"
    r"|chercheu(?:r|rs|se|ses)|enseignante?s?[- ]chercheu\w+|universitaires?|doyen)"
)
_INSTITUTE = (
    r"(?:Universit(?:y|e)|Universidad|Institut[eo]?|Faculty|Facultad|Faculte|College|Colegio|School"
    r"|Escuela|Ecole|FLACSO|Academ(?:y|ia|ie)|Cent(?:re|er|ro)|Observator(?:y|io)|Observatoire"
    r"|F(?:o|u)ndation|Fundacion|Fondation|Mesa|Red|Network|Laborator(?:y|io)|Laboratoire)"
)
_SPEAKER_BEFORE = re.compile(
    rf"(?:\b[A-Z][\w'-]+ (?:de |del |van |bin )?[A-Z][\w'-]+,(?: [a-z]+){{0,4}}?"
    rf"|\b{_ACADEMIC}(?: [A-Z][\w'-]+){{0,3}},?|\b(?:Dra?|Prof|Mr|Ms|Mrs"
    rf"|Mme)\.?(?: [A-Z][\w'-]+){{1,3}})"
    r" (?:(?:of|from|at|with|de|del|du|en|a)(?: the| la| el)? |de l'|d'|a l')"
    rf"(?:[A-Z][\w'-]* ){{0,2}}?{_INSTITUTE}\b(?:,? (?:[A-Z][\w'-]*+"
    r"|\([\w-]+\)|of|the|de|la|las|los|del|du|des|and|y|e|et|for|para|pour|sobre|on|en|in"
    r"|sur)){0,14}"
    r"(?: | d'| de l')$"
)
# The seats of FLACSO, the Latin American Faculty of Social Sciences.
_SEAT_BEFORE = re.compile(r"\b(?:FLACSO|Flacso)(?:[ -]|\)? ?,? )$")


def is_office(mention: Mention) -> bool:
    """Return whether a country is part of the name of the office of an agency: "UNDP Kenya"."""
    if mention.entry.kind != "name" or _MULTI_COUNTRY_AFTER.match(mention.after):
        return False
    before = mention.before
    return bool(_OFFICE_BEFORE.search(before) or _CHAPTER_BEFORE.search(before))


def is_speaker(mention: Mention) -> bool:
    """Return whether a country is that of the university or institute of a speaker."""
    if mention.entry.kind not in ("name", "city"):
        return False
    return bool(_SEAT_BEFORE.search(mention.before) or _SPEAKER_BEFORE.search(mention.before))


def is_seat(mention: Mention) -> bool:
    """Return whether a country in brackets is the seat of an organization or a person's country.

    "HealthRight (USA)" is a seat, "in Dadaab (Kenya)" is a place.
    """
    bracket = _BRACKET_BEFORE.search(mention.before)
    if not bracket or not _BRACKET_AFTER.match(mention.after):
        return False
    head = _OTHER_BRACKETS.sub("", mention.before[: bracket.start()])
    name = _NAME_BEFORE.search(head)
    if not name:
        return False
    is_organization = _ORGANIZATION.search(name["name"]) is not None
    if name["place"] and not is_organization:
        return False
    is_person = " " in name["name"] and _ROLE_AFTER.match(mention.after) is not None
    return is_organization or is_person or mention.is_donor


def is_national_society(mention: Mention) -> bool:
    """Return whether a country is part of the name of a section of an international movement."""
    before, after = mention.before, mention.after
    return bool(_SOCIETY_AFTER.match(after) or _SOCIETY_BEFORE.search(before))


def is_section(mention: Mention) -> bool:
    """Return whether a donor country names the section of a movement: "World Vision Japan"."""
    return mention.is_donor and _SECTION_BEFORE.search(mention.before) is not None


def is_affiliation(mention: Mention) -> bool:
    """Return whether a country is the origin of experts, or the area of work of an official."""
    before, after = mention.before, mention.after
    if _AREA_OF_WORK.search(before):
        return True
    is_expert = _EXPERTS_FROM.search(before) is not None
    if mention.entry.kind == "demonym" or mention.entry.form in ("US", "U.S.", "UK", "U.K."):
        is_expert |= bool(_EXPERTS_AFTER.match(after) or _EXPERTS_BEFORE.search(before))
    return is_expert and not _MEETING.search(before + after)
