"""Rules that decide from the words around a place whether an activity happened there.

Each rule is a pattern with a reason that holds for any text. No rule is written for a single text.
"""

from __future__ import annotations

import re

from indexer.importing.affiliations import (
    is_affiliation,
    is_national_society,
    is_office,
    is_seat,
    is_section,
    is_speaker,
)
from indexer.importing.background_places import is_crisis, is_model
from indexer.importing.donor_rules import (
    is_agency_demonym,
    judge_agency,
    judge_funder,
    judge_participant,
)
from indexer.importing.evidence import Verdict
from indexer.importing.gazetteer import Mention
from indexer.importing.locality_cues import has_cue, has_faint_cue, hosts_meeting, is_venue
from indexer.importing.name_lists import OTHER_COUNTRIES, REST_OF_LIST
from indexer.importing.name_senses import is_geography, other_sense
from indexer.importing.origins import (
    is_departure,
    is_host,
    is_origin,
    is_refuge,
    names_community,
    names_migrants,
    names_persons,
)
from indexer.importing.other_parties import judge_other_party

# The rest of the name of an institution.
_INSTITUTION = (
    r"(?: (?:[A-Z(](?:[\w()&'-]|\.(?=\w))*+|on|and|for|the|of|against|contra|contre|para|pour|la"
    r"|le|les|el|las|los|y|et|de|des|du|del))*"
)
# "Vienna, " before "Austria", "Dakar, au " before "Senegal"
_CITY_BEFORE = r"(?:the )?(?:[A-Z][\w' -]{2,20}, (?:au |en |aux )?)?$"
_INSTRUMENT = (
    r"Conventions?|Convenci[oó]n|Convenio|Declarations?|Declaraci[oó]n|Protocols?|Protocolo"
    r"|Protocole|Consensus|Consenso|Accords?|Acuerdos?|Pact|Pacto|Process|Principles|Principios"
    r"|Platform|Plataforma|Papers|Processus|Proceso|Pacte|Principes|Traite|Tratado"
)
_CITY_INSTRUMENT = (
    rf"{_INSTRUMENT}|[Rr]ules|[Rr]eglas|[Rr]egles|Charter|Statute|Treaty|Guidelines"
    r"|Agreements?"
    r"|(?:Programme |Plan |Platform )(?:of|for) Action|Action Plan|Agenda|Commitments?|Call"
    r"|Outcome|Strategy|Roadmap|Final Act|Round|Summit|Conference|Group|Framework|Canal|Statement"
    r"|Compact|Document|Congress"
    r"|(?:Programa|Plan) de Accion|(?:Programme|Plan) d'[Aa]ction|Estatuto|Statut"
    r"|Charte|Carta|Compromiso|Engagement|Consensus|Sommet|Cumbre|Conferencia|Appel"
)

# Conventions, declarations and rules have the name of the place where they were agreed.
_OF = r"(?: of| de| d'| du| sobre)?(?: the| la| l')? ?$"
_CITY_INSTRUMENT_BEFORE = re.compile(rf"\b(?:{_CITY_INSTRUMENT}){_OF}")
# The strategy, plan or agenda of a country is for this country.
_INSTRUMENT_BEFORE = re.compile(
    r"\b(?:Conventions?|Convenci[oó]n|Convenio|Declarations?|Declaraci[oó]n|Protocols?|Protocol[oe]"
    rf"|Consensus|Consenso|Canal|Group){_OF}"
)
_INSTRUMENT_AFTER = re.compile(
    r"(?:'s)?(?: (?:Political|Ministerial|Joint|Peace|Refugee|Global"
    rf"|Women's))?[ -](?:{_INSTRUMENT})\b| ?\+ ?\d"
)
_CITY_INSTRUMENT_AFTER = re.compile(
    rf"(?:'s)?(?: [A-Z]\w+)?[ -](?:{_CITY_INSTRUMENT}|Plan|Policy)\b| ?\+ ?\d"
)
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
    r"|\b[Bb]ureau (?:[Rr]egional |pour l')?(?:Afrique|Asie|Amerique|Europe)[^.;]{0,60}?,? "
    rf"(?:base|situe|sis) (?:a|au|en) {_CITY_BEFORE}"
    rf"|\bOffice at {_CITY_BEFORE}"
    rf"|\b(?:UN|United Nations|Oficina|Bureau){_INSTITUTION} at {_CITY_BEFORE}"
)
_ACRONYM_BEFORE = re.compile(r"\b[A-Z]{3,}[A-Z-]* \($")  # UN-INSTRAW (Santo Domingo)
_LOCAL_OFFICE_BEFORE = re.compile(
    rf"\b(?:UN|UNODC|UNDP|United Nations){_INSTITUTION} (?:Office|Bureau)?{_INSTITUTION} ?in "
    rf"{_CITY_BEFORE}"
    rf"|\b(?:offices?|[Bb]ureaux?|[Oo]ficinas?) (?:in|en|au|aux) {_CITY_BEFORE}"
    rf"|\b(?:based|located|stationed) (?:in|at) {_CITY_BEFORE}|\b(?:basee?s?|sise?s?) (?:a|au|en)"
    rf" {_CITY_BEFORE}|\b(?:con (?:sede|base)|basad[oa]s?) en {_CITY_BEFORE}"
    r"|\b(?:[Bb]order(?:s? (?:with|of)|ing)|[Ff]ronteriz[oa]s? con|[Ll]imitrofes? (?:con|de|du|des"
    r"|avec)|[Ff]rontaliere?s? (?:avec|de|du|des)|(?:limita|colinda)n?(?:tes)? con|adjacent to)"
    rf" {REST_OF_LIST}"
)
_OFFICES_BEFORE = re.compile(rf"\b(?:with|has|have) (?:\w+ )?offices in {REST_OF_LIST}")
# In a donor country, this is the seat of an organization.
_SITUATED_BEFORE = re.compile(rf"\b(?:situee?s?|ubicad[oa]s?) (?:a|au|en) {_CITY_BEFORE}")
_BASED_BEFORE = re.compile(
    r"\b(?:[Bb]ased in|con (?:sede|base) en|basad[oa]s? en|(?:basee?s?|sise?s?) a"
    r"|siege (?:est )?a) $"
)
# The dateline of a press release: "Nairobi (Kenya), 7 September 2020".
_DATELINE_BEFORE = re.compile(r"(?:^|\n)[A-Z][\w'. -]{1,30}(?:, | \()$")
_DATELINE_AFTER = re.compile(r"\)?(?:,? [\w ,.]{4,25})? ?[-–—:] (?=[A-Z])")
# Envoys represent a country in another one.
_ENVOY_BEFORE = re.compile(
    r"\b(?:Embass(?:y|ies)|Ambassadors?|Permanent (?:Missions?|Representatives?|Observers?)"
    r"|High Commissioner|Consulate|Mision(?:es)?"
    rf" Permanentes?)(?: [A-Z]\w+){{0,3}} (?:of|to|from"
    rf"|de) (?:(?:the )?[A-Z][\w ]{{1,30}} to )?{REST_OF_LIST}"
    rf"|\b(?:[Aa]mbassad(?:e|es|eur|eurs|rice)|[Ee]mbajad(?:as?|or(?:es|a|as)?)|[Cc]onsul(?:at"
    rf"|ado)s?"
    rf"|[Mm]ission permanente)(?: (?:general|generale))? (?:(?:de|du|des|del) |d'){REST_OF_LIST}"
)
# The host country: "the Ambassador of Japan to Pakistan".
_ENVOY_TO = re.compile(
    r"\b(?:Embassy|Ambassador|High Commissioner|Consul\w*|[Aa]mbassad\w+|[Ee]mbajad\w+)"
    r" (?:of|de|du|d')[\w '-]{2,40} (?:to|in|en|au|aux|ante) (?:the |la |el |l')?$"
)
# "the Embassy of Sweden, Pretoria"
_EMBASSY_IN_BEFORE = re.compile(
    r"\b(?:Embassy|[Aa]mbassade|[Ee]mbajada) (?:(?:of|de|du|des|del) |d')(?:the |la |los |l')?"
    r"(?:[A-Z][\w'-]*+ ?){1,3}(?:,| in| at| a| au| en) $"
)
_ENVOY_AFTER = re.compile(
    r"(?:'s)? (?:[Ee]mbassy|High Commission(?! (?:on|for))|[Aa]mbassador|Permanent Mission"
    r"|Consulate|Delegation to)\b"
)
# Countries that host an event at a meeting of the UN are not its subject.
_HOSTED_BY = re.compile(
    r"\b(?:(?:co-)?(?:organi[sz]ed|hosted|sponsored|chaired|led))(?: jointly)? (?:by|with"
    rf"|together with) {REST_OF_LIST}"
)
_HOSTS_AFTER = re.compile(
    rf"{OTHER_COUNTRIES} (?:have |has )?(?:jointly )?(?:co-)?(?:organi[sz]ed|hosted|sponsored"
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
# A court for crimes in a country sits abroad: "International Criminal Tribunal for Rwanda".
_COURT_BEFORE = re.compile(
    r"\b[Ii]nternational(?: Residual)?(?: Criminal)? (?:Tribunal|Court|Mechanism)s? for (?:the )?$"
    r"|\b[Tt]ribunal (?:[Pp]enal|[Cc]riminal) (?:[Ii]nternational|[Ii]nternacional) (?:pour|para)"
    r" (?:le |la |l'|el )?$"
)
# The imprint of a publication names the country of its printer. Equipment is bought abroad.
_IMPRINT_BEFORE = re.compile(
    r"\b(?:(?:[Pp]rinted|[Mm]anufactured|[Ii]mprime|[Ii]mpreso|[Pp]rocured|[Ss]ourced)"
    r" (?:in|en|au|aux)|(?:[Pp]rocured|[Ss]ourced|[Ii]mported|[Ss]hipped) from) (?:the |la |el )?$"
    # A postal address: "1400 Vienna, Austria".
    r"|\b(?!(?:19|20)\d\d\b)\d{4,6},? [A-Z][\w '-]{2,25},? $"
)
# "près de la frontière thaïlandaise"; an English demonym may describe border police.
_BORDER_BEFORE = re.compile(
    r"\b(?:[Ff]rontieres?|[Ff]ronteras?|[Cc]otes|[Cc]ostas|[Ee]aux|[Aa]guas) $"
)
# Migrants and goods move to a country, but the activity takes place on their route.
_ROUTE_BEFORE = re.compile(
    r"\b(?:routes?|rutas?|en route|bound|(?:en|in) transito?|camino|trayecto|journeys?|on (?:the"
    r"|their) way)"
    r"(?: \w+){0,6}? (?:to|towards?|for|hacia|hasta|vers) "
    rf"{REST_OF_LIST}"
    r"|\b(?:[Bb]efore|[Pp]rior to|[Pp]re-?)(?: their| its)? ?deployment to (?:the )?$"
    r"|\b(?i:migrants|refugees)(?: \w+){0,2} (?:travel\w+|transit\w+|heading|moving|crossing)"
    rf"(?: \w+){{0,4}} (?:to|towards?) {REST_OF_LIST}"
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
# The way of victims and migrants: "trafficking of women from Nigeria to Italy".
_WAY_BEFORE = re.compile(
    r"\b(?i:traffick\w*|smuggl\w*|migrat\w*|migrants?|traite|trafics?|trata|trafico|migracion"
    r"|migrantes|victim\w*|flows?|flux|flujos?)\b[^.;]{0,80}? (?:(?:from|de|desde|depuis|du) |d')"
    r"(?:the |la |le |les |el |l')?[A-Z][\w'-]+(?:(?: and| et| y)? [A-Z][\w'-]+){0,4}"
    r" (?:to|into|towards?|vers|hacia|a|au|en|aux) "
    r"(?:the |la |le |les |el |l')?$"
)
# A name in small letters is a country only after a preposition: "in kenya and uganda".
_IN_BEFORE = re.compile(
    r"\b(?i:in|across|throughout|within|of|from|en|au|aux|du|del?)"
    r" (?:[a-z]{4,}+(?:,|,? (?:and|et|y)) (?:(?:en|au|aux|du) )?){0,5}$"
)
# "Los Palmares" is not Palmares.
_LONGER_NAME_BEFORE = re.compile(
    r"\b[\w']+ (?:Los|Las|El|La|San|Santa|Santo|Nuev[ao]|Villa|Puerto|Saint|Sainte|New|Port) $"
)


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
    is_city, is_demonym = entry.kind in ("city", "locality"), entry.kind == "demonym"
    if entry.kind == "ambiguous":
        return "weak proof", "ambiguous"
    if entry.form.islower() and entry.kind == "name" and not _IN_BEFORE.search(before):
        return "no proof", "small letters"
    if entry.kind == "mission":  # others train for it at home: "before deployment to UNMISS"
        return "weak proof", "mission"
    is_donor, sentence = mention.is_donor, _sentence(mention)
    instrument_before = _CITY_INSTRUMENT_BEFORE if is_city else _INSTRUMENT_BEFORE
    instrument_after = _CITY_INSTRUMENT_AFTER if is_city else _INSTRUMENT_AFTER
    if instrument_before.search(before) or instrument_after.match(after):
        return "no proof", "instrument"
    is_base = (is_city or is_donor) and after.startswith("-based")
    is_base |= is_donor and _SITUATED_BEFORE.search(before) is not None
    is_base |= is_city and is_donor and _BASED_BEFORE.search(before) is not None
    is_base |= is_city and _OFFICES_BEFORE.search(before) is not None
    is_base |= is_city and _ACRONYM_BEFORE.search(before) is not None
    if is_base or _HEADQUARTERS_BEFORE.search(before):
        return "no proof", "seat"
    if is_city and _EMBASSY_IN_BEFORE.search(before):
        return "weak proof", "embassy"
    if _ENVOY_BEFORE.search(before) or _ENVOY_AFTER.match(after):
        return ("weak proof" if _ENVOY_TO.search(before) else "no proof"), "envoy"
    if (judgement := judge_agency(mention) or judge_funder(mention)) is not None:
        return judgement
    if (_HOSTED_BY.search(before) or _HOSTS_AFTER.match(after)) and _UN_MEETING.search(sentence):
        return "no proof", "host"
    if (sense := other_sense(mention, text)) is not None:
        return "no proof", sense
    if is_seat(mention):
        return ("no proof" if is_donor else "weak proof"), "seat"
    if _COURT_BEFORE.search(before):
        return "no proof", "court"
    if _IMPRINT_BEFORE.search(before):
        return "no proof", "imprint"
    if is_demonym and _BORDER_BEFORE.search(before):
        return "no proof", "border"
    if _ROUTE_BEFORE.search(before):
        return "no proof", "route"
    if is_donor and not is_demonym and _WAY_BEFORE.search(before):
        return "weak proof", "route"
    if is_agency_demonym(mention):
        return "weak proof", "agency"
    if is_city and _WORLD_MEETING.search(sentence):
        return "no proof", "world meeting"
    if (judgement := judge_other_party(mention)) is not None:
        return judgement
    if entry.kind == "locality":
        return _judge_locality(mention, sentence)
    if is_city:
        if is_departure(mention):
            return "weak proof", "migrants"
        if is_speaker(mention):
            return "weak proof", "speaker"
        is_held = not is_donor and hosts_meeting(mention, sentence)
        return ("proof", "") if is_held else ("weak proof", "city")
    return _judge_country(mention, sentence)


def _judge_country(mention: Mention, sentence: str) -> tuple[Verdict, str]:
    """Judge the name or demonym of a country, to which no rule for all places applied."""
    before, after, is_donor = mention.before, mention.after, mention.is_donor
    is_demonym = mention.entry.kind == "demonym"
    if is_model(mention):
        return "weak proof", "model"
    if is_affiliation(mention):
        return ("no proof" if is_donor and is_demonym else "weak proof"), "affiliation"
    if _DATELINE_BEFORE.search(before) and _DATELINE_AFTER.match(after):
        return "weak proof", "dateline"
    if is_section(mention):
        return "no proof", "section"
    if is_national_society(mention):
        return "weak proof", "seat"
    if is_office(mention):
        return "weak proof", "office"
    if is_speaker(mention):
        return "weak proof", "speaker"
    if _LOCAL_OFFICE_BEFORE.search(before):
        return ("no proof" if is_donor else "weak proof"), "seat"
    if (judgement := judge_participant(mention, sentence)) is not None:
        return judgement
    if is_host(mention):
        return "proof", ""
    if names_migrants(mention) or is_origin(mention, sentence):
        return "weak proof", "migrants"
    if is_refuge(mention):
        return "weak proof", "refuge"
    if is_crisis(mention):
        return "weak proof", "crisis"
    if is_demonym and mention.entry.form.isupper():
        return "weak proof", "capitals"  # the rules for demonyms read small letters
    if is_demonym and names_persons(mention):
        return "weak proof", "persons"
    if is_demonym and names_community(mention):
        return "weak proof", "community"
    return "proof", ""


def _judge_locality(mention: Mention, sentence: str) -> tuple[Verdict, str]:
    if is_departure(mention):
        return "no proof", "migrants"
    if _LONGER_NAME_BEFORE.search(mention.before):
        return "no proof", "part of a name"
    if not is_venue(mention, sentence):
        if has_cue(mention):
            return "weak proof", "locality"
        if has_faint_cue(mention) and not mention.is_donor:
            return "weak proof", "possible locality"
    return "no proof", "no cue"


def names_region(mention: Mention) -> bool:
    """Return whether a mention means the region itself.

    It does not if it is part of the name of an institution or of a larger region.
    """
    return not (
        _INSTITUTION_BEFORE.search(mention.before)
        or _INSTITUTION_AFTER.match(mention.after)
        or is_geography(mention)
    )
