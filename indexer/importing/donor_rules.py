"""Rules for countries that pay for an activity or take part in it from abroad.

Donor countries fund and staff many activities in other countries.
"""

from __future__ import annotations

import re

from indexer.importing.evidence import Verdict
from indexer.importing.gazetteer import Mention
from indexer.importing.name_lists import OTHER_COUNTRIES, REST_OF_LIST

# An activity does not happen in the country that pays for it.
_FUNDED_BY = re.compile(
    r"\b(?i:fund(?:ed|ing|s)|financ(?:ed|ing|ial)|(?:co-)?sponsor(?:ed|ship)|grants?|donors?"
    r"|donad[oa]s?|offerte?s?"
    r"|donat(?:ed|ions?)|investments?|paid(?: for)?|contribut(?:ed|ors?|ions?)|resources"
    r"|generous(?:ly)?"
    r"|(?:co)?financiad[oa]s?|financiacion|financiamiento|(?:co)?financees?|(?:co)?finances?"
    r"|financement|bailleurs?|donantes?|fondos|fonds|aportes?|contribucion(?:es)?|subvenciones"
    r"|subventions?)\b(?: (?:support(?:ed)?|assistance|contributions?|jointly|provided|made"
    r"|available|generously|received|in part|came|resources|apoyo|financi(?:er|ere|ero|era)"
    r"|genereuse|generosa)){0,3}"
    r",? (?:(?:by|from|of|through|such as|including|por|de|del|par|du|des) |d')"
    rf"{REST_OF_LIST}"
    r"|\b(?:que|qu'|which|that|lo|la|le) ?(?:co)?financ(?:ent|aient|ait|e|ian|ia|aban|aba|o|aron) "
    rf"{REST_OF_LIST}"
    r"|\b(?i:financiador(?:es|as?)?|financeurs?|bailleurs?|donors?|donantes?|funders?|funding): "
    rf"{REST_OF_LIST}"
    # "Governments that have contributed to … include Australia, Austria …"
    r"|\b(?i:contribut(?:ed|ors?)|contribue|contribuido|donors?|donantes|donateurs|bailleurs)\b"
    r"[^.;]{0,60}? (?:includ(?:e[sd]?|ing)|were|are|son|sont|comprennent|incluent|incluyen|comptent"
    rf"|comprenden)(?: a)?:? {REST_OF_LIST}"
)
_FUNDS_AFTER = re.compile(
    rf"(?:'s)?-(?:funded|financed|sponsored|supported)|{OTHER_COUNTRIES}(?:'s)?(?: [Gg]overnment)?"
    r" (?:has |have |had |will |a |ont )?(?:generously )?(?:funds?|funded|finance[drs]?|financ[oe]"
    r"|financiaron|contributed|donated|pledged"
    r"|awarded (?:the )?[A-Z]{2,}|(?:vers|apport|accord|octroi)(?:e|era|ait) (?:[\w'-]+ ){0,3}"
    r"(?:contribution|fonds|subvention|financement)"
    r"|(?:aport|don|otorg)(?:a|o|ara|aron) (?:[\w'-]+ ){0,3}(?:fondos|contribucion|subvencion)"
    r"|provid(?:es?|ed) (?:[\w-]+ ){0,4}"
    r"(?:funding|funds|financ\w+|contributions?|grants?|[a-z-]+able assistance))\b"
    r"|,? (?:is|are|was|were|remains?|has been|est|es) (?:[a-z'-]+ ){0,5}(?:donors?|funders?"
    r"|contributors?|bailleurs?|donantes?|development partners?)\b"
)
# "Canada's annual support to UNHCR", "la contribution annuelle de la Suisse au HCR"
_OWN_SUPPORT_AFTER = re.compile(
    r" (?:(?!and |or |for |to |in )[a-z-]+ ){0,3}?(?:support|contributions?|assistance|funding"
    r"|grants?|donations?|pledge|financing)"
    r"(?= (?:to|for|of|is|was|were|will|has|have|helps?|helped|contributes?|enables?|through|under)"
    r"\b|[,.;]|$)"
)
_OWN_SUPPORT_BEFORE = re.compile(
    r"\b(?i:contributions?|soutien|appui|aide|subventions?|don|aportes?|apoyo|contribucion(?:es)?"
    r"|ayuda|donacion(?:es)?|financement|financiamiento|financiacion)"
    r"(?: [a-z-]*(?:el|elle|elles|al|ale|ales|ier|iere|ario|aria|aire|reuse|reux|rosa|roso"
    rf"|inue?|inu[ao])){{1,3}} (?:(?:de|du|des|del) |d'){REST_OF_LIST}"
    # "a contribution of 2 million euros from Spain"
    r"|\b(?i:contributions?|grants?|donations?|dons?|subventions?|aportes?|aportacion|contribucion"
    r"|donacion|subvencion)(?: [a-z]+)? (?:of|de|d'un montant de|por) (?:[\w.,€$£]+ ){1,4}?"
    r"(?:d')?(?:euros?|dollars?"
    r"|francs?|dolares|crowns|kroner?|kronor|coronas?|couronnes|pounds|libras|EUR|USD)"
    rf" (?:(?:from|by|de|du|des|del|par|por) |d'){REST_OF_LIST}"
)
# "la contribución española a la UNRWA", "l'aide belge"
_SUPPORT_BEFORE_DEMONYM = re.compile(
    r"\b(?i:contributions?|contribucion(?:es)?|aportes?|aportacion(?:es)?|subvention|subvencion"
    r"|dons?|donacion(?:es)?|aide|ayuda|financement|financiamiento|financiacion|soutien|appui|apoyo)"
    r"(?: (?:financi(?:er|ere|ero|era)|volontaire|voluntari[oa]|annuel(?:le)?|anual))? $"
)
# "In the United Kingdom, the Home Office funded a hotline."
_IN_BEFORE = re.compile(r"\b(?:[Ii]n|[Ee]n|[Aa]ux?)(?: the| el| la)? $")
_SUPPORTED_BY = re.compile(
    r"\b(?:[Ss]upport(?:ed)?|[Aa]ssistance|grateful|gratitude|thank(?:s|ed)?|indebted"
    r"|acknowledg\w+|[Aa]poyo|[Aa]ppui|[Ss]outien|patrocinio|auspicios|parrainage|[Aa]ide|[Aa]yuda"
    r"|concours|generosit[ye]|generosidad|[Dd]on|[Dd]onacion|prets?|prestamos?|loans?)(?: \w+)?"
    rf" (?:(?:of|from|by|to|de|del|du|des) |d'){REST_OF_LIST}"
    rf"|\b(?:[Tt]hanks?|[Rr]emerci\w+|[Aa]gradec\w+)(?: \w+){{0,2}}? (?:a |to )?{REST_OF_LIST}"
)
_THANKED_BEFORE = re.compile(
    rf"\b(?:[Tt]hanks?|[Tt]hanked|[Rr]emerci\w+|[Aa]gradec\w+)(?: a)? {REST_OF_LIST}"
)
# A donor that signs an agreement with an organization pays for activities elsewhere.
_SIGNED = re.compile(
    r"\b(?:[Mm]emorand(?:um|a) of [Uu]nderstanding|[Mm]emorando de [Ee]ntendimiento|MoU"
    r"|[Pp]rotocole d'(?:accord|entente)|[Ff]unding agreement|[Gg]rant agreement"
    r"|[Aa]cuerdo [Mm]arco|[Aa]ccord de financement|[Cc]onvention de financement)\b"
)
_PARTY_BEFORE = re.compile(
    r"\b(?:[Gg]overnments?|[Gg]obiernos?|[Gg]ouvernements?|[Mm]inistr(?:y|ies)|[Mm]inisterios?"
    rf"|[Mm]inisteres?|[Ee]mbassy|[Ee]mbajada|[Aa]mbassade) {REST_OF_LIST}"
)
# "with support of the Japanese government", "apoyo del gobierno español".
_SUPPORT = (
    r"\b(?i:support(?:ed)?|fund\w*|financ\w*|assistance|contribution|grant|thanks|aid|aide|ayuda"
    r"|apoy\w+|appui|soutien|soutenue?s?|concours|don|donacion|cooperation|cooperacion|agreement"
    r"|loans?|prets?|prestamos?|accord|acuerdo|convenio)\b[^.;]{0,60}"
)
_GOVERNMENT = (
    r"(?i:governments?|gouvernements?|gobiernos?|ministr?y|ministere|ministerio|departe?ment"
    r"|embassy"
    r"|departamento|cooperacion|cooperation|ambassade|embajada|agence|agencia|peuple|pueblo|people"
    r"|taxpayers)"
)
# "financed with the support of: … Government of Canada".
_FUNDING = re.compile(r"\b(?i:fund(?:ed|ing)|financ\w+|donors?|bailleurs?|donantes?)\b")
_SUPPORTING_GOVERNMENT_BEFORE = re.compile(rf"{_SUPPORT}\b{_GOVERNMENT} $")
_SUPPORT_BEFORE = re.compile(rf"{_SUPPORT}$")
_GOVERNMENT_AFTER = re.compile(rf" {_GOVERNMENT}\b")
_SUPPORTS_AFTER = re.compile(
    r"(?: [Gg]overnment)? (?:also |has |have |is |are |was )?(?:generously )?support(?:s|ed|ing)\b"
)
# Donors that sign an agreement with a country work there: "cooperation between Belgium and Benin".
_BETWEEN_PARTNERS = re.compile(
    r"\b(?i:cooperation|cooperacion|accords?|acuerdos?|convenios?|agreements?|partnership"
    r"|partenariat"
    rf"|alianza|memorand\w+)\b[^.;]{{0,40}}? (?:entre|between) {REST_OF_LIST}"
)
_SIGNS_AFTER = re.compile(
    rf"{OTHER_COUNTRIES} (?:have |has |had |ont |a |han |ha )?(?:sign(?:ed|e|o)"
    r"|firm(?:aron|ado|o))\b"
)
_PARTNER_BEFORE = re.compile(
    r"\b(?:[Cc]ooperation|[Cc]ollaboration|[Pp]artnership(?: (?:of|between) [A-Z]\w+)?"
    rf"|[Cc]onjunction|together|jointly|partners) with {REST_OF_LIST}"
)
# A donor country with a possessive or a capitalised noun after it is a partner: "Italy's Ministry".
_IS_PARTNER = re.compile(r"'s | [A-Z][a-z]")
# The rules for the words around a donor are for Latin scripts only.
_FIRST_GREEK_LETTER = "\u0370"
# A donor country is a location only after such words; otherwise it acts or pays.
_UN = r"(?:UN Women|ONU [FM]\w+|UN[A-Z]{2,}|IOM|OIM|ILO|OIT|WHO|OMS|PNUD|HCR|ACNUR|OHCHR|WFP|FAO)"
_LOCATION_BEFORE = re.compile(
    r"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin|[Tt]o|[Bb]etween|[Ii]nto|[Vv]isit(?:s|ed"
    rf"|ing)?|[Ee]n|[Aa]ux?|[Dd]ans|[Ee]ntre|à) {REST_OF_LIST}"
    rf"|\b{_UN} $"
)
# National agencies for development cooperation, and institutes, work in other countries.
_AGENCY_AFTER = re.compile(
    r"(?:'s)? (?:(?:[Ii]nternational |[Oo]verseas )?(?:[Dd]evelopment"
    r"|[Cc]ooperation)(?: and \w+)? (?:[Cc]ooperation|Agency|Bank|[Aa]id)"
    r"|International (?:Development|Cooperation)|Agency for|Cooperation\b|Aid\b"
    r"|Fund for (?:Arab|Development|International|Economic)|Refugee Council"
    r"|Institute\b"
    r"|Department of State|State Department|Department of Justice, Office|Bureau of International"
    r"|Foreign(?:,| and) Commonwealth|\$|dollars?\b)|\$"
)
# These work at home, or abroad if they are from a donor country.
_NATIONAL_BODY_AFTER = re.compile(r"(?:'s)? (?:Bar Association|Airways|Airlines)")
_POLICE_AFTER = re.compile(r" Federal Police\b")
# An organization of a donor country often works abroad: "ONG francesa", "French charity".
_ORGANIZATION = (
    r"(?:ONGD?s?|NGOs?|entidad(?:es)?|organizacion(?:es)?|fundacion(?:es)?|asociacion(?:es)?"
    r"|empresas?"
    r"|bancos?|banques?|associations?|fondations?|organi[sz]ations?|foundations?|compan(?:y|ies)"
    r"|firms?"
    r"|charit(?:y|ies)|donors?|donantes?|bailleurs?|coopera(?:tion|cion))"
)
_ORGANIZATION_BEFORE = re.compile(rf"\b{_ORGANIZATION} $")
_ORGANIZATION_AFTER = re.compile(rf" (?:[Pp]ublic )?(?:{_ORGANIZATION}|[Aa]genc(?:y|ies))\b")
# A foundation has the name of the city of its seat: "Helsinki Foundation".
_CITY_ORGANIZATION_AFTER = re.compile(
    r" (?:Foundation|Committee|Commission|Institute|University|School of|Club|Chamber|Bank|Group)\b"
)
# The national section of an organization: "MdM France".
_SECTION_BEFORE = re.compile(
    r"\b(?!(?:THE|AND|FOR|FROM|WITH|NEAR|THIS|OUR|UNITED)\b)"
    r"(?!UN[A-Z]+|OHCHR|HCR|ACNUR|PNUD|WHO|WFP|FAO|IOM|OIM|ILO|OIT|OMS)"
    r"(?:[A-Z]{3,}|[A-Z][a-z]+[A-Z]) $"
)
# The name of a joint programme: "ILO-Sweden Partnership Agreement", "UNDP/Japan".
_JOINT_PROGRAMME_BEFORE = re.compile(r"\b[A-Z]{2,}[/-]$")
# National committees raise funds for their organization.
_NATIONAL_COMMITTEES_BEFORE = re.compile(
    r"\b(?:[Nn]ational [Cc]ommittees?|[Cc]omites? [Nn]a[tc]iona(?:l|ux|les))"
    r" (?:for|of|de|para|pour) (?:UN Women|UNICEF|Unicef|ONU \w+|l'UNICEF) (?:in|of|en|au|de|d'|du)"
    rf" ?{REST_OF_LIST}"
)
# The way home: "en vue de notre retour en France".
_RETURN_BEFORE = re.compile(
    r"\b(?:retour (?:en|au|aux)|regreso a|vuelta a|return(?:ed|ing|s)? (?:home )?to"
    r"|back (?:home )?to) (?:the )?$"
)
# The holder of an office in an international organization: "the Lithuanian Chairmanship".
_OFFICE_AFTER = re.compile(r"(?:'s)? (?:Chair|Presidency|Chairmanship|Chairperson-in-Office)\b")
_AGENCY_BEFORE = re.compile(
    r"\b(?:Agencia|[Cc]ooperacion|Agence|[Cc]ooperation|Instituto|Institut|Fondo|Fonds)"
    r"(?: [A-Z]\w+)? (?:de |du |d')?$|\bExpertise $"
)
_FUND_BEFORE = re.compile(r"\b(?:Fondo|Fonds|Fund) $")
# Ministers who deal with other countries.
_FOREIGN_MINISTRY_AFTER = re.compile(
    r"(?:'s)? (?:Federal )?(?:Minist(?:er|ry)|Secretary)(?: of State)? (?:for|of) (?:Foreign"
    r"|International|Development|Overseas|Economic Cooperation|Trade|Europe)"
)
_FOREIGN_MINISTRY_BEFORE = re.compile(
    r"\b(?:Ministry (?:of|for) Foreign Affairs|Ministerio de (?:Asuntos|Relaciones) Exteriores"
    r"|Ministere des [Aa]ffaires [Ee]trangeres)(?: and [A-Z]\w+)? (?:(?:of|de|du) |d')"
    r"(?:the |la |l')?(?:Republic of |Republique (?:de |d')|Republica de )?$"
)


def judge_agency(mention: Mention) -> tuple[Verdict, str] | None:
    """Judge a country in the name of an agency that works abroad, or return None."""
    before, after = mention.before, mention.after
    is_demonym = mention.entry.kind == "demonym"
    if _AGENCY_AFTER.match(after) or (not is_demonym and _FUND_BEFORE.search(before)):
        return "no proof", "agency"
    if _NATIONAL_BODY_AFTER.match(after):
        return ("no proof" if mention.is_donor else "weak proof"), "agency"
    if _OFFICE_AFTER.match(after):
        return "no proof", "office"
    if mention.is_donor and _SECTION_BEFORE.search(before):
        return "no proof", "section"
    if mention.is_donor and _JOINT_PROGRAMME_BEFORE.search(before):
        return "no proof", "donor"
    if mention.is_donor and _NATIONAL_COMMITTEES_BEFORE.search(before):
        return "no proof", "section"
    is_abroad = mention.is_donor and (
        _CITY_ORGANIZATION_AFTER.match(after)
        if mention.entry.kind in ("city", "locality")
        else is_demonym
        and (_ORGANIZATION_BEFORE.search(before) or _ORGANIZATION_AFTER.match(after))
    )
    if is_abroad:
        return "no proof", "organization"
    if mention.is_donor and (
        _AGENCY_BEFORE.search(before)
        or _POLICE_AFTER.match(after)
        or _FOREIGN_MINISTRY_AFTER.match(after)
    ):
        return "no proof", "agency"
    return None


def judge_funder(mention: Mention) -> tuple[Verdict, str] | None:
    """Judge a country that pays for an activity, or return None."""
    before, after = mention.before, mention.after
    if _FOREIGN_MINISTRY_BEFORE.search(before):
        return ("no proof" if _FUNDING.search(before) else "weak proof"), "donor"
    is_place = after.startswith(",") and _IN_BEFORE.search(before)
    funds = _FUNDS_AFTER.match(after) and not is_place
    if funds or _FUNDED_BY.search(before):
        return ("no proof" if mention.is_donor else "weak proof"), "donor"
    is_supporter = _SUPPORTED_BY.search(before) or _SUPPORTS_AFTER.match(after)
    if _THANKED_BEFORE.search(before):
        return ("no proof" if mention.is_donor else "weak proof"), "donor"
    if mention.is_donor and (
        is_supporter or _is_supporting_government(mention) or _is_own_support(mention)
    ):
        return "no proof", "donor"
    return None


def _is_own_support(mention: Mention) -> bool:
    """Return whether a country gives support: "Canada's annual support", "Swiss support"."""
    if _OWN_SUPPORT_BEFORE.search(mention.before):
        return True
    is_demonym, after = mention.entry.kind == "demonym", mention.after
    if is_demonym and _SUPPORT_BEFORE_DEMONYM.search(mention.before):
        return True
    if not (is_demonym or after.startswith("'s")):
        return False
    return _OWN_SUPPORT_AFTER.match(after.removeprefix("'s")) is not None


def _is_supporting_government(mention: Mention) -> bool:
    """Return whether a demonym describes a government whose support the sentence mentions."""
    if mention.entry.kind != "demonym":
        return False
    before, after = mention.before, mention.after
    if _SUPPORTING_GOVERNMENT_BEFORE.search(before):
        return True
    return bool(_GOVERNMENT_AFTER.match(after) and _SUPPORT_BEFORE.search(before))


def judge_participant(mention: Mention, sentence: str) -> tuple[Verdict, str] | None:
    """Judge a donor country that takes part in an activity, or return None for a location."""
    entry, before, after = mention.entry, mention.before, mention.after
    if not mention.is_donor:
        return None
    is_demonym = entry.kind == "demonym"
    if _RETURN_BEFORE.search(before):
        return "weak proof", "agent"
    if is_demonym or _IS_PARTNER.match(after) or _PARTNER_BEFORE.search(before):
        return "weak proof", "partner"
    is_payment = _SIGNED.search(sentence) or _FUNDING.search(before)
    if is_payment and _PARTY_BEFORE.search(before):
        return "no proof", "donor"
    if _BETWEEN_PARTNERS.search(before) or _SIGNS_AFTER.match(after):
        return "weak proof", "partner"
    if entry.form < _FIRST_GREEK_LETTER and not _LOCATION_BEFORE.search(before):
        return "weak proof", "agent"
    return None


def is_agency_demonym(mention: Mention) -> bool:
    """Return whether a demonym follows the name of an agency: "Agencia Andina"."""
    return mention.entry.kind == "demonym" and _AGENCY_BEFORE.search(mention.before) is not None
