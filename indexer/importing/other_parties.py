"""Rules for countries that a text names for other parties than those whom an activity reaches.

These are nationals with a status in another country, guests who share their experience, places
that are still to be decided, and the origin of an organization.
"""

from __future__ import annotations

import re

from indexer.importing.evidence import Verdict
from indexer.importing.gazetteer import Mention
from indexer.importing.name_lists import REST_OF_LIST

_OTHERS = (  # "Ghana, the Gambia and from Togo"
    r"(?:(?:,|,? (?:and|et|y|e)) (?:(?:from|de|du|des|del) |d'|de l')?(?:the |la |le |les |el |l')?"
    r"[A-Z][\w'-]*+(?: [A-Z][\w'-]*+)?){0,6}"
)

# A country gives this status to nationals of another one: "Temporary Protected Status for Haiti".
_STATUS = (
    r"(?:(?i:temporary protected status|statut de protection temporaire"
    r"|protection temporaire|estat(?:us|uto) de proteccion temporal|proteccion temporal)"
    r"(?: \(?(?:TPS|EPT|SPT)\)?)?|TPS)"
)
_STATUS_BEFORE = re.compile(
    rf"\b{_STATUS} (?:(?:for|to|of|pour|aux?|a|para|de|des|du|designation of) |d')"
    rf"(?:(?i:nationals|citizens|ressortissants|nationaux|nacionales|ciudadanos) )?{REST_OF_LIST}"
    r"|\b(?:de ce|du|ce|of this|this|de este|este) (?:statut|status|estatus|estatuto) (?:for|pour"
    rf"|para) {REST_OF_LIST}"
)
_STATUS_AFTER = re.compile(
    rf"{_OTHERS}'?s? (?:for|under|to|as eligible for|au|au titre du|dans le cadre du"
    rf"|para|en el|en el marco del|al|bajo el) (?:the |el |la |le )?{_STATUS}\b"
)

# "granted asylum to Saudi women", "women from Honduras were granted asylum in Costa Rica"
_ASYLUM = (
    r"(?:(?:asylum|refuge|refugee status|international protection|temporary protection|l'asile"
    r"|le refuge|le statut de refugiee?s?|une? protection (?:internationale|temporaire)|(?:la )?"
    r"protection (?:internationale|temporaire)|(?:el )?asilo(?: politico)?|(?:el )?refugio"
    r"|(?:la )?proteccion (?:internacional|temporal)|el estatuto de refugiad[oa]s?))"
)
_GRANTED_BEFORE = re.compile(
    r"\b(?:grant(?:s|ed|ing)?|g[ai]ve[ns]?|giving|offer(?:s|ed|ing)?|accord(?:e|ent|er|ant)|octroy\w+"
    r"|donn(?:e|ent|er)|conced\w+|otorg\w+|ofrec\w+|dio|dieron|brind\w+)"
    rf"(?: en \d{{4}}| in \d{{4}})? {_ASYLUM}(?: en \d{{4}}| in \d{{4}})? (?:to|aux?|a) "
    r"[^.;,()]{0,60}$"
)
_GRANTED_AFTER = re.compile(
    rf"{_OTHERS},? (?:who |qui |que )?(?:(?:were|was|have been|had been) (?:granted|given)"
    r"|(?:obtained|received|got)|ont (?:obtenu|recu)|avaient (?:obtenu|recu)"
    r"|(?:obtuvieron|recibieron|han obtenido|han recibido))(?: [a-z]+)?"
    rf" {_ASYLUM}"
)
# "apologies from Chile": it did not take part.
_ABSENT_BEFORE = re.compile(
    r"\b(?i:apologies(?: for absence)?(?: were)?(?: received)?|excuses?) (?:from|de|du|:)"
    rf" {REST_OF_LIST}"
    rf"|\b(?i:absente?s?|excusee?s?|ausentes?|se excuso|se excusaron) ?:? {REST_OF_LIST}"
)

# Guests at an activity elsewhere: "experts from Ghana were invited to share their experience".
_SHARE = (
    r"(?:share|exchange|present|partager|echanger|presenter|compartir|intercambiar|presentar)"
    r" (?:[a-z]+ ){0,4}?(?:experiences?|knowledge|lessons|practices|expertise|connaissances"
    r"|lecons|pratiques|experiencias?|conocimientos?|lecciones|practicas)\b"
)
_INVITED_AFTER = re.compile(
    rf"{_OTHERS},? (?:who |qui |que )?(?:(?:were|was|had been|etaient|ont ete|avaient ete"
    r"|fueron|habian sido) )?(?:also |aussi |egalement |tambien )?(?:invited|invitee?s?"
    rf"|invitad[oa]s|conviee?s?|convidad[oa]s)\b[^.;]{{0,40}}? {_SHARE}"
)
_GUESTS = (
    r"(?i:resource persons?|guest speakers?|keynote speakers?|invited (?:speakers?|experts?)"
    r"|personnes[- ]ressources?|personas? recursos?|ponentes? invitad[oa]s?"
    r"|invitad[oa]s? internacional(?:es)?|invitee?s? internationa(?:ux|les))"
)
_GUESTS_BEFORE = re.compile(
    rf"\b{_GUESTS} (?:(?:from|venue?s? d[eu]|venue?s? des|de|du|des|del) |d'){REST_OF_LIST}"
    r"|\b(?:with|avec|con) (?:[a-z]+ )?(?:speakers|lecturers|panell?ists|trainers|ponentes"
    r"|conferencistas|panelistas|intervenante?s|conferenciere?s|formateurs|formatrices|capacitadoras)"
    rf" (?:(?:from|venue?s? d[eu]|de|du|des|del) |d'){REST_OF_LIST}"
)

# "in a place to be decided between Serbia and India"
_DECIDE = r"(?i:decided|determined|defined|confirmed|determiner|definir|decider|choisir|preciser"
_UNDECIDED_BEFORE = re.compile(
    rf"\b(?:to be|yet to be|a|por|reste a|queda por) {_DECIDE}|determinar|decidir|elegir"
    r"|confirmar) (?:between|among|entre)"
    r"(?: (?!y |et |and |en )[a-z'-]+){0,6}? "
    r"(?:(?:[Aa]nd|[Oo]r|[Yy]|[Ee]|[Ee]t|[Oo]u?|in|en|au|aux|de|del|of|the|la|le|el|una?|une?|an?"
    r"|zone|zona|area|region|camp|field|campo|rural|rurale)\b ?|[dl]'|[A-Z][\w'-]*+[\s,]{0,2}+)*$"
)
_EITHER_BEFORE = re.compile(
    r"\b(?:either|soit|ya sea) (?:in|au|aux|en) (?:the |la |el |l')?(?:[A-Z][\w'-]*+ ){0,3}"
    r"(?:(?:or|ou|soit|o|u) (?:(?:in|en|au|aux) )?(?:the |la |el |l')?)?$"
)
_TO_BE_DECIDED_AFTER = re.compile(
    rf"[^.;]{{0,60}}? (?:to be|yet to be|a|por) {_DECIDE}|determinar|decidir|elegir|confirmar)\b"
)

# "an NGO of Mexican origin", "a Kenyan NGO working in Somalia"
_ORGANIZATION = (
    r"(?:ONGD?s?|NGOs?|INGOs?|organi[sz]ations?|associations?|foundations?|charit(?:y|ies)"
    r"|compan(?:y|ies)|networks?|fondations?|reseaux?|entreprises?|organizacion(?:es)?"
    r"|asociacion(?:es)?|fundacion(?:es)?|red(?:es)?|empresas?)"
)
_ORIGIN_BEFORE = re.compile(
    rf"\b(?i:{_ORGANIZATION})(?: [\w'-]+){{0,3}}? (?:de |d')(?:origen|origine) $"
    rf"|\b(?i:{_ORGANIZATION})(?: [\w'-]+){{0,3}}? of $"
)
_ORIGIN_AFTER = re.compile(r" origin\b")
_WORKS_ABROAD = (
    r"(?:,? (?:that|which|qui|que) )?(?:works?|working|active|operating|based|present|travaillant"
    r"|travaille|intervenant|intervient|active?s?|actif|presente?s?|trabaja|activ[oa]s?"
    r"|presente?s?|opera) (?:in|en|au|aux|a|dans) (?:the |la |le |el |l')?[A-Z]"
)
_ORGANIZATION_ABROAD_AFTER = re.compile(rf" (?:[a-z]+ )?{_ORGANIZATION} ?{_WORKS_ABROAD}")
_ORGANIZATION_BEFORE = re.compile(rf"\b(?i:{_ORGANIZATION}) $")
_ABROAD_AFTER = re.compile(rf" ?{_WORKS_ABROAD}")

# "open to Syrian and non-Syrian refugees": a group, in a country that the text need not name.
_CONTRAST_AFTER = re.compile(r",? (?:and|or|et|ou|y|o) (?:non|no)[ -](?P<form>[A-Za-z]\w+)")
_CONTRAST_BEFORE = re.compile(r"\b(?:non|no)[ -]$")
# "The government opened schools to Afghan refugees": it is the government of the country of refuge.
_GOVERNMENT_BEFORE = re.compile(
    r"(?:^|[.;:] )\W*(?:The|Le|El|Les|Las|Los) (?:[a-z]+ )?(?:[Gg]overnment|[Aa]uthorities"
    r"|[Gg]ouvernement|[Aa]utorites|[Gg]obierno|[Aa]utoridades)"
    r"(?: (?:federale?|nationale?s?|nacional(?:es)?|locales?))?"
    r" (?!of |de |du |del |des |in |en |au )[a-z][^.;]{0,140}$"
)
_REFUGEES_AFTER = re.compile(
    r"(?:(?:,|,? and|,? or) [A-Z][a-z]+)*(?: [a-z]+){0,2}? (?:refugees?|asylum[- ]seekers?)\b"
)
_REFUGEES_BEFORE = re.compile(
    r"\b(?i:refugie(?:e?s)?|demandeu(?:rs|ses) d'asile|refugiad[oa]s|solicitantes de asilo) $"
)


def judge_other_party(mention: Mention) -> tuple[Verdict, str] | None:
    """Judge a country that is not the place of the activity, or return None."""
    before, after = mention.before, mention.after
    if _STATUS_BEFORE.search(before) or _STATUS_AFTER.match(after):
        return "no proof", "status"
    if _GRANTED_BEFORE.search(before) or _GRANTED_AFTER.match(after):
        return "no proof", "status"
    if _ABSENT_BEFORE.search(before):
        return "no proof", "absent"
    if _UNDECIDED_BEFORE.search(before):
        return "no proof", "undecided"
    if _EITHER_BEFORE.search(before) and _TO_BE_DECIDED_AFTER.match(after):
        return "no proof", "undecided"
    if _INVITED_AFTER.match(after) or _GUESTS_BEFORE.search(before):
        return "weak proof", "guest"
    if mention.entry.kind != "demonym":
        return None
    if _is_origin_of_organization(before, after):
        return ("no proof" if mention.is_donor else "weak proof"), "organization"
    return _judge_group(mention)


def _is_origin_of_organization(before: str, after: str) -> bool:
    origin = _ORIGIN_BEFORE.search(before)
    if origin and (not origin[0].endswith(" of ") or _ORIGIN_AFTER.match(after)):
        return True
    if _ORGANIZATION_ABROAD_AFTER.match(after):
        return True
    return bool(_ORGANIZATION_BEFORE.search(before) and _ABROAD_AFTER.match(after))


def _judge_group(mention: Mention) -> tuple[Verdict, str] | None:
    """Judge the nationality of refugees who live in a country that the text may not name."""
    before, after = mention.before, mention.after
    contrast = _CONTRAST_AFTER.match(after)
    if _CONTRAST_BEFORE.search(before) or (contrast and contrast["form"] == mention.entry.form):
        return "no proof", "group"
    is_refugees = _REFUGEES_AFTER.match(after) or _REFUGEES_BEFORE.search(before)
    if is_refugees and _GOVERNMENT_BEFORE.search(before):
        return "no proof", "group"
    return None
