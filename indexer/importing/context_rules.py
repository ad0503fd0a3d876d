"""Rules that decide from the words around a place whether an activity happened there.

Each rule is a pattern with a reason that holds for any text. No rule is written for a single text.
"""

from __future__ import annotations

import re
from typing import Literal

from indexer.importing.affiliations import is_affiliation, is_seat
from indexer.importing.gazetteer import Mention
from indexer.importing.locality_cues import has_cue, is_venue
from indexer.importing.name_senses import is_geography, other_sense

# A weak proof counts only if the text has no proof.
Verdict = Literal["proof", "weak proof", "no proof"]

# Words between a cue and the last of several names: "by the Governments of Japan, Norway and …".
_REST_OF_LIST = (
    r"(?:(?:the|and|of|people|by|from|through|as well as|both|its|de|del|el|la|las|los|y|et|le"
    r"|les|du|des|en particulier|[Gg]overnments?|[Gg]ouvernements?|[Gg]obiernos?"
    r"|following countries|pays suivants|paises|siguientes|part|royaume|reino|kingdom"
    r"|democratique|centrafricaine|dominicaine|arabes?|unie?s?|populaire|islamique)\b:?|[dl]'"
    r"|\((?:[\d.,\s]|millions?|mil|per cent|%)*+\)"
    r"|[A-Z](?:[\w'&-]|\.(?=\w))*+|[\s,();/])*+$"
)
# The rest of the name of an institution.
_INSTITUTION = (
    r"(?: (?:[A-Z(](?:[\w()&'-]|\.(?=\w))*+|on|and|for|the|of|against|contra|contre|para|pour|la"
    r"|le|les|el|las|los|y|et|de|des|du|del))*"
)
_CITY_BEFORE = r"(?:the )?(?:[A-Z][\w' -]{2,20}, )?$"  # "Vienna, " before "Austria"
_INSTRUMENT = (
    r"Conventions?|Convenci[oó]n|Convenio|Declarations?|Declaraci[oó]n|Protocols?|Protocolo"
    r"|Protocole|Consensus|Consenso|Accords?|Acuerdos?|Pact|Pacto|Process|Principles|Principios"
    r"|Platform|Plataforma|Papers|Processus|Proceso|Pacte|Principes|Traite|Tratado"
)
_CITY_INSTRUMENT = (
    rf"{_INSTRUMENT}|Rules|Reglas|Regles|Charter|Statute|Treaty|Guidelines|Agreements?"
    r"|(?:Programme |Plan |Platform )(?:of|for) Action|Action Plan|Agenda|Commitments?|Call"
    r"|Outcome|Strategy|Roadmap|Final Act|Round|Summit|Conference|Group|Framework|Canal|Statement"
    r"|Compact|Document|Congress|(?:Programa|Plan) de Accion|(?:Programme|Plan) d'[Aa]ction"
    r"|Estatuto"
    r"|Statut|Charte|Carta|Compromiso|Engagement|Consensus|Sommet|Cumbre|Conferencia|Appel"
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
    rf"|\b(?:Oficina|Bureau|Centro|Centre)(?: [Ss]ub)? ?[Rr]egional{_INSTITUTION}"
    rf" (?:en|a|au) {_CITY_BEFORE}"
    rf"|\b[A-Z]{{3,}}[A-Z-]* \($"  # UN-INSTRAW (Santo Domingo)
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
    rf"|\b(?:[Aa]mbassad(?:e|es|eur|eurs|rice)|[Ee]mbajad(?:as?|or(?:es|a|as)?)|[Cc]onsul(?:at|ado)s?"
    rf"|[Mm]ission permanente)(?: (?:general|generale))? (?:(?:de|du|des|del) |d'){_REST_OF_LIST}"
)
_ENVOY_AFTER = re.compile(
    r"(?:'s)? (?:Embassy|High Commission(?! (?:on|for))|Ambassador|Permanent Mission"
    r"|Consulate|Delegation to)\b"
)
# An activity does not happen in the country that pays for it.
_FUNDED_BY = re.compile(
    r"\b(?i:fund(?:ed|ing|s)|financ(?:ed|ing|ial)|(?:co-)?sponsor(?:ed|ship)|grants?|donors?"
    r"|donat(?:ed|ions?)|paid(?: for)?|contribut(?:ed|ors?|ions?)|resources|generous(?:ly)?"
    r"|(?:co)?financiad[oa]s?|financiacion|financiamiento|(?:co)?financees?|(?:co)?finances?"
    r"|financement|bailleurs?|donantes?|fondos|fonds|aportes?|contribucion(?:es)?|subvenciones"
    r"|subventions?)\b(?: (?:support(?:ed)?|assistance|contributions?|jointly|provided|made"
    r"|available|generously|received|in part|came|resources|apoyo|financi(?:er|ere|ero|era)"
    r"|genereuse|generosa)){0,3}"
    r",? (?:(?:by|from|of|through|such as|including|por|de|del|par|du|des) |d')"
    rf"{_REST_OF_LIST}"
    r"|\b(?:que|qu'|which|that|lo|la|le) ?(?:co)?financ(?:ent|aient|ait|e|ian|ia|aban|aba|o|aron) "
    rf"{_REST_OF_LIST}"
    # "Governments that have contributed to … include Australia, Austria …"
    r"|\b(?i:contribut(?:ed|ors?)|donors?|donantes|donateurs)\b[^.;]{0,60}? (?:includ(?:e[sd]?|ing)"
    rf"|were|are|son|sont):? {_REST_OF_LIST}"
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
    r"|acknowledg\w+|[Aa]poyo|[Aa]ppui|[Ss]outien|patrocinio|auspicios|parrainage|[Aa]ide|[Aa]yuda"
    r"|concours|generosit[ye]|generosidad|[Dd]on|[Dd]onacion|prets?|prestamos?|loans?)(?: \w+)?"
    rf" (?:(?:of|from|by|to|de|del|du|des) |d'){_REST_OF_LIST}"
    rf"|\b(?:[Tt]hanks?|[Rr]emerci\w+|[Aa]gradec\w+)(?: \w+){{0,2}}? (?:a |to )?{_REST_OF_LIST}"
)
# A donor that signs an agreement with an organization pays for activities elsewhere.
_SIGNED = re.compile(
    r"\b(?:[Mm]emorand(?:um|a) of [Uu]nderstanding|[Mm]emorando de [Ee]ntendimiento|MoU"
    r"|[Pp]rotocole d'(?:accord|entente)|[Ff]unding agreement|[Gg]rant agreement"
    r"|[Aa]cuerdo [Mm]arco|[Aa]ccord de financement|[Cc]onvention de financement)\b"
)
_PARTY_BEFORE = re.compile(
    r"\b(?:[Gg]overnments?|[Gg]obiernos?|[Gg]ouvernements?|[Mm]inistr(?:y|ies)|[Mm]inisterios?"
    rf"|[Mm]inisteres?|[Ee]mbassy|[Ee]mbajada|[Aa]mbassade) {_REST_OF_LIST}"
)
# "with support of the Japanese government", "apoyo del gobierno español".
_SUPPORT = (
    r"\b(?i:support(?:ed)?|fund\w*|financ\w*|assistance|contribution|grant|thanks|aid|aide|ayuda"
    r"|apoy\w+|appui|soutien|soutenue?s?|concours|don|donacion|cooperation|cooperacion)\b[^.;]{0,60}"
)
_GOVERNMENT = (
    r"(?i:governments?|gouvernements?|gobiernos?|ministr?y|ministere|ministerio|departe?ment|embassy"
    r"|departamento|cooperacion|cooperation|ambassade|embajada|agence|agencia|peuple|pueblo|people"
    r"|taxpayers)"
)
_SUPPORTING_GOVERNMENT_BEFORE = re.compile(rf"{_SUPPORT}\b{_GOVERNMENT} $")
_SUPPORT_BEFORE = re.compile(rf"{_SUPPORT}$")
_GOVERNMENT_AFTER = re.compile(rf" {_GOVERNMENT}\b")
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
    r"\b(?:Agencia|[Cc]ooperacion|Agence|[Cc]ooperation|Instituto|Institut|Fondo|Fonds)"
    r"(?: [A-Z]\w+)? (?:de |du |d')?$"
)
# Ministers who deal with other countries.
_FOREIGN_MINISTRY_AFTER = re.compile(
    r"(?:'s)? (?:Federal )?(?:Minist(?:er|ry)|Secretary)(?: of State)? (?:for|of) (?:Foreign"
    r"|International|Development|Overseas|Economic Cooperation|Trade|Europe)"
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
# Activities for migrants happen in the country where they live now.
_MIGRANTS_AFTER = re.compile(
    r" (?:\w+ ){0,2}(?:refugees?|migrants?|asylum[- ]seekers?|diaspora|nationals|exiles"
    r"|immigrants?)\b"
    r"|s? (?:(?:who|that|qui|que) )?(?:had |have |ont |avaient |sont |han |habian )?"
    r"(?:fled|fui|huido|huyeron|arrive[ds]?|arrivent|llegado|llega(?:n|ron|ban))\b"
)
_MIGRANTS_BEFORE = re.compile(
    r"\b(?i:(?:refugees?|migrants?|returnees|asylum[- ]seekers|returning|returned"
    r"|repatriated|deported|refugiees?|refugies?|deplaces|refugiad[oa]s|desplazad[oa]s|migrantes)"
    r"(?: \w+){0,2} (?:from|de|du|des|del)"
    r"|(?:arriv\w+|com(?:e|es|ing)|came|cross\w+|travel\w+|enter\w+)(?: \w+){0,3} from"
    r"|originaires? (?:de|du|des)|issue?s? (?:de|du|des)|provenan(?:t|ce) (?:de|du|des)"
    r"|procedentes? (?:de|del)|provenientes? (?:de|del)|oriund[oa]s? (?:de|del)"
    r"|fle(?:d|eing)|fui|fuyant|fuient|(?:hu(?:yendo|ye|yen|yeron)|v(?:ien|in)[eio]\w*|venian"
    r"|llega(?:n|ron|d[oa]s)) (?:de|desde)|ven(?:ue?s?|ant) (?:de|du|des)"
    rf"|(?:borders?|frontieres?|fronteras?) (?:with|avec|con)) {_REST_OF_LIST}"
    rf"|\b(?:originaires?|issue?s?|refugies?) d'{_REST_OF_LIST}"
)
# Before a French or Spanish demonym: "réfugiés maliens", "migrantes hondureños".
_MIGRANTS_BEFORE_DEMONYM = re.compile(
    r"\b(?:refugiee?s?|migrant(?:e?s?|es)?|demandeurs d'asile|deplacee?s|ressortissant(?:e?s)?"
    r"|rapatriee?s|immigree?s|diaspora|refugiad[oa]s?|solicitantes de asilo|retornad[oa]s"
    r"|nacionales|inmigrantes?|desplazad[oa]s?)(?: \w+){0,2} $"
)
# People may live outside their own country; officials and institutions do not.
_PERSONS = (
    r"(?:women|girls|men|boys|children|people|persons|famil(?:y|ies)|victims|survivors|citizens"
    r"|workers|youths?|mujeres|ninas|ninos|personas|familias|victimas|sobrevivientes|ciudadan[oa]s"
    r"|trabajador(?:es|as)|femmes|filles|enfants|personnes|familles|victimes|survivantes|citoyens"
    r"|travailleu(?:rs|ses))"
)
_PERSONS_AFTER = re.compile(rf" (?:and [A-Z][a-z]+ )?{_PERSONS}\b")
_PERSONS_BEFORE = re.compile(rf"\b{_PERSONS} (?:[a-z]+ (?:et|y) )?$")
# The imprint of a publication names the country of its printer.
_IMPRINT_BEFORE = re.compile(
    r"\b(?:[Pp]rinted|[Mm]anufactured|[Ii]mprime|[Ii]mpreso) (?:in|en|au|aux) (?:the |la |el )?$"
)
# Migrants and goods move to a country, but the activity takes place on their route.
_ROUTE_BEFORE = re.compile(
    r"\b(?:routes?|rutas?|en route|bound|camino|trayecto|journeys?|on (?:the|their) way)"
    r"(?: \w+){0,6}? (?:to|towards?|for|hacia|hasta|vers) "
    rf"{_REST_OF_LIST}"
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


def _sentence(mention: Mention) -> str:
    """Return the sentence of a mention, as far as the text around the mention contains it."""
    start = max((m.end() for m in re.finditer(r"[.!?]\s+(?=[A-Z])", mention.before)), default=0)
    end = re.search(r"[.!?](?:\s|$)", mention.after)
    after = mention.after[: end.end() if end else None]
    return mention.before[start:] + mention.entry.form + after


def _is_supporting_government(mention: Mention) -> bool:
    """Return whether a demonym describes a government whose support the sentence mentions."""
    before, after = mention.before, mention.after
    if _SUPPORTING_GOVERNMENT_BEFORE.search(before):
        return True
    return bool(_GOVERNMENT_AFTER.match(after) and _SUPPORT_BEFORE.search(before))


def judge(mention: Mention, text: str) -> tuple[Verdict, str]:
    """Decide whether a mention proves that an activity happened in its country.

    Return the verdict and the name of the rule that applied, which is empty for a proof. The first
    rule that applies decides.
    """
    entry, before, after = mention.entry, mention.before, mention.after
    is_city, is_demonym = entry.kind in ("city", "locality"), entry.kind == "demonym"
    if entry.kind == "ambiguous":
        return "weak proof", "ambiguous"
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
    if is_donor and (
        _AGENCY_BEFORE.search(before)
        or _POLICE_AFTER.match(after)
        or _FOREIGN_MINISTRY_AFTER.match(after)
    ):
        return "no proof", "agency"
    if _FUNDED_BY.search(before) or _FUNDS_AFTER.match(after):
        return "no proof" if is_donor else "weak proof", "donor"
    if is_donor and (_SUPPORTED_BY.search(before) or _SUPPORTS_AFTER.match(after)):
        return "no proof", "donor"
    if is_donor and is_demonym and _is_supporting_government(mention):
        return "no proof", "donor"
    if (_HOSTED_BY.search(before) or _HOSTS_AFTER.match(after)) and _UN_MEETING.search(sentence):
        return "no proof", "host"
    if (sense := other_sense(mention, text)) is not None:
        return "no proof", sense
    if is_seat(mention):
        return ("no proof" if is_donor else "weak proof"), "seat"
    if _IMPRINT_BEFORE.search(before):
        return "no proof", "imprint"
    if _ROUTE_BEFORE.search(before):
        return "no proof", "route"
    if is_demonym and _AGENCY_BEFORE.search(before):
        return "weak proof", "agency"
    if is_city and _WORLD_MEETING.search(sentence):
        return "no proof", "world meeting"
    if entry.kind == "locality" and (not has_cue(mention) or is_venue(mention, sentence)):
        return "no proof", "no cue"
    if is_city:
        return "weak proof", entry.kind
    if is_affiliation(mention):
        return "weak proof", "affiliation"
    if _LOCAL_OFFICE_BEFORE.search(before):
        return ("no proof" if is_donor else "weak proof"), "seat"
    if is_donor and (is_demonym or _IS_PARTNER.match(after) or _PARTNER_BEFORE.search(before)):
        return "weak proof", "partner"
    is_location = _LOCATION_BEFORE.search(before) is not None
    if is_donor and _SIGNED.search(sentence) and _PARTY_BEFORE.search(before):
        return "no proof", "donor"
    if is_donor and entry.form < _FIRST_GREEK_LETTER and not is_location:
        return "weak proof", "agent"
    if _MIGRANTS_BEFORE.search(before) or (
        is_demonym and (_MIGRANTS_AFTER.match(after) or _MIGRANTS_BEFORE_DEMONYM.search(before))
    ):
        return "weak proof", "migrants"
    if is_demonym and (_PERSONS_AFTER.match(after) or _PERSONS_BEFORE.search(before)):
        return "weak proof", "persons"
    return "proof", ""


def names_region(mention: Mention) -> bool:
    """Return whether a mention means the region itself.

    It does not if it is part of the name of an institution or of a larger region.
    """
    return not (
        _INSTITUTION_BEFORE.search(mention.before)
        or _INSTITUTION_AFTER.match(mention.after)
        or is_geography(mention)
    )
