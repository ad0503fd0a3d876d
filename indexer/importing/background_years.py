"""Rules for years of the background of an activity: disasters, crises, figures, reforms and plans.

Each rule is for English, French and Spanish, and holds for any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.importing.evidence import Verdict
from indexer.text.places import to_country

MIN_YEARS_OF_LONG_PLAN = 8  # no activity takes as long as such a plan

# A disaster, a crisis or a conflict that an activity only names.
_DISASTER = (
    r"(?i:earthquakes?|tsunamis?|cyclones?|hurricanes?|typhoons?|floods?|flooding|droughts?"
    r"|landslides?|outbreaks?|epidemics?|pandemics?|seismes?|tremblements? de terre|ouragans?"
    r"|typhons?|inondations?|secheresses?|eruptions?|epidemies?|pandemies?|terremotos?|sismos?"
    r"|ciclon(?:es)?|huracan(?:es)?|tifon(?:es)?|inundacion(?:es)?|sequias?|epidemias?|pandemias?"
    r"|brotes?)"
)
_CONFLICT = (
    r"(?i:crisis|crises|conflicts?|wars?|hostilities|uprisings?|revolutions?|massacres?|riots"
    r"|crise|conflits?|guerres?|hostilites|soulevements?|conflictos?|guerras?|hostilidades"
    r"|levantamientos?|revolucion(?:es)?|masacres?"
    r"|(?:post-?election|post-?electoral|political|ethnic|inter-?ethnic|communal) violence"
    r"|violences (?:post-?electorales|politiques|ethniques|intercommunautaires)"
    r"|violencia (?:pos(?:t-?)?electoral|politica|etnica))"
)
_EVENT = rf"(?:{_DISASTER}|{_CONFLICT})"
MONTH_AND_DAY = r"(?:(?:le |el )?(?:\d{1,2}(?:er)? (?:de )?)?[A-Za-z]{3,10}\.? (?:de |del |of )?)?"
# "crise post-électorale", "conflicto armado", "épidémie d'Ebola", "Cyclone Idai", "war in Syria".
_REST_OF_EVENT_NAME = (
    r"(?: (?:[\w-]+(?:ale|elle|ique|aire|armee?|armado|ico|ica|ario|aria|al|civile?)"
    r"|d'[A-Z]\w+|(?:(?:of|de|del|du|in|en|au|aux) )?(?:the |la |el )?[A-Z][\w'-]*)){0,3}"
)
_EVENT_NAME = rf"\b{_EVENT}{_REST_OF_EVENT_NAME}"
_OF_YEAR = (
    r"(?:,? ?\(| (?:(?:of|de|del|du|d'|des|of the years|de los|des annees|de los anos|del ano"
    rf"|de l'annee) ?)?){MONTH_AND_DAY}$"
)
_AFTER_EVENT = (
    r"\b(?i:after|since|following|due to|caused by|by|apres|depuis|a la suite|suite|par|tras"
    r"|despues|desde|por|debido a)\b[^.;,()]{0,40}?"
)
_EVENT_BEFORE = re.compile(
    rf"{_EVENT_NAME}{_OF_YEAR}"
    rf"|{_AFTER_EVENT}\b{_DISASTER}{_REST_OF_EVENT_NAME} (?:in|en) {MONTH_AND_DAY}$"
)
# An attack before an activity: "Following the outbreak of fighting in Juba in December 2013".
_NO_ACTIVITY = (
    r"(?:(?!(?i:workshop|training|course|seminar|meeting|conference|stud(?:y|ies)|survey|project"
    r"|session"
    r"|talks"
    r"|mediation|prevention|atelier|formation|seminaire|reunion|conference|etude|projet|taller"
    r"|curso"
    r"|seminario|estudio|proyecto|agreement|accord|acuerdo))[^.;,()])"
)
_AFTER_ATTACK_BEFORE = re.compile(
    r"(?:^|[.;:] )\W*(?i:after|following|in response to|as a result of|since|apres|in the wake of"
    r"|suite (?:a|aux?)"
    r"|a la suite (?:de|du|des)|depuis|tras|despues de|a raiz de|desde) "
    rf"{_NO_ACTIVITY}{{0,60}}?"
    r"\b(?i:fighting|violence|clashes|attacks?|invasion|coup|hostilities|abduct\w+|displacement"
    r"|conflict"
    r"|war|rape|murders?|killings?|assassination|viols?|meurtres?|assassinats?|violacion"
    r"|asesinatos?"
    r"|massacres?|combats|affrontements|attaques?|violences|conflit|guerre|combates|enfrentamientos"
    r"|ataques?|golpe|hostilidades|conflicto|guerra)\b"
    rf"{_NO_ACTIVITY}{{0,50}}? (?:in|on|of|en|de|du|del|le|el) {MONTH_AND_DAY}$"
)
# Violence of which a survey asks: "women who had experienced violence in 2012".
_SUFFERED_BEFORE = re.compile(
    r"\b(?:had (?:experienced|suffered|been (?:victims|subjected))|avaient (?:subi|ete victimes)"
    r"|ont declare avoir subi|habian (?:sufrido|sido victimas)|haber sufrido)\b[^.;]{0,60}? "
    rf"(?:(?:in|en|since|depuis|desde|during|durante) {MONTH_AND_DAY})?$"
)
# "the report of the household survey of 2009"
_STUDY_OF_BEFORE = re.compile(
    r"\b(?i:reports?|results|findings|rapports?|resultats|conclusions|informes?|resultados"
    r"|hallazgos)"
    r" (?:of|on|from|de|des|del|sur|sobre) ?(?:the |la |l'|el |las |les |los )?(?:[a-z]+ ){0,3}?"
    r"(?i:survey|study|census|assessment|enquete|etude|recensement|encuesta|estudio|censo)\b"
    rf"[^.;,]{{0,50}}? (?:of|from|de|du|del) {MONTH_AND_DAY}$"
)
# "the earthquake that struck Haiti in 2010"
_EVENT_HAPPENED_BEFORE = re.compile(
    rf"{_EVENT_NAME} (?:(?:that|which|qui|que) )?(?:had |has |a |avait |ha )?(?:struck|hit|began"
    r"|ended|started|erupted|broken? out|devastated|affected|killed|frappe|touche|eclate|debute"
    r"|devaste|ravage|commence|estall(?:o|ado)|golpe(?:o|ado)|azot(?:o|ado)|afect(?:o|ado)"
    r"|devast(?:o|ado)"
    rf"|comenzo|empezo|termino)\b[^.;,()]{{0,40}}? (?:in|on|en|le|el) {MONTH_AND_DAY}$"
)
# "the third phase of a programme that started in 2004"
_LATER_PHASE_BEFORE = re.compile(
    r"\b(?i:second|third|fourth|fifth|new|deuxieme|seconde|troisieme|quatrieme|nouvelle|segunda"
    r"|tercera|cuarta|nueva) (?:phase|fase) (?:of|de|d'|du|del) ?(?:an?|the|une?|la|el)? ?"
    r"(?:[\w'-]+ ){0,3}?(?:project|programme|program|initiative|projet|proyecto|programa"
    r"|iniciativa) (?:(?:that|which|qui|que) )?(?:(?:was|had|has|a|avait|ete|se) ){0,2}"
    r"(?:begun|began|started|launched|initiated|lancee?|commencee?|debutee?|initiee?|iniciad[oa]"
    rf"|comenzo|inicio|lanzad[oa]) (?:in|en) {MONTH_AND_DAY}$"
)
_EVENT_AFTER = re.compile(
    rf" (?:[A-Za-z][\w'-]* ){{0,3}}?{_EVENT}\b"
    r"(?! (?:response|relief|appeal|operations?|preparedness|prevention|management|emergency))"
)
_BEFORE_EVENT = re.compile(
    r"\b(?:[Tt]he|[Aa]fter|[Ss]ince|[Ff]ollowing|[Dd]uring|[Bb]y|[A-Z][a-z]+(?:an|ese|i)|\w+'s) $"
)
# Damage that an activity repairs: "looted in the crisis of 2010".
_DAMAGED = (
    r"\b(?i:damaged|destroyed|looted|ransacked|burned|burnt|collapsed|endommagee?s?|detruite?s?"
    r"|pillee?s?|saccagee?s?|incendiee?s?|effondree?s?|danad[oa]s?|destruid[oa]s?|saquead[oa]s?"
    r"|incendiad[oa]s?|derrumbad[oa]s?)\b"
)
_DAMAGED_BEFORE = re.compile(rf"{_DAMAGED}[^.;()]{{0,60}}?{_EVENT_NAME}{_OF_YEAR}")
_DAMAGED_BY = re.compile(rf"{_DAMAGED}[^.;()]{{0,40}} (?:the|by|in|during|after) $")

# Figures of a situation: "At the end of 2007, there were 1.4 million displaced persons".
_AT_BEGINNING = re.compile(
    r"^\W*(?:In|By|At|As of|By the end of|At the end of|En|Fin|Debut|Au|A la fin de|A finales de"
    r"|A fines de|Al|Para)(?: (?:the end of|late|early|mid|fin|finales de|el ano|l'annee))?[ -]"
    rf"{MONTH_AND_DAY}$"
)
_LARGE_NUMBER = (
    r"(?:(?:an estimated|estimated|about|around|some|over|more than|nearly|almost|approximately"
    r"|at least|plus de|environ|pres de|quelque|mas de|unos|unas|cerca de|alrededor de|casi) )?"
    r"(?:\d[\d.,]* ?(?:million|billion|thousand|mille|millones|mil|%|per ?cent|pour cent"
    r"|por ciento)s?|\d{1,3}(?:[.,\s]\d{3}){1,3})"
)
_DISPLACED = (
    r"(?:displaced|IDPs|refugees|asylum|people|persons|inhabitants|orphans|cases|deplacee?s"
    r"|refugiee?s|personnes|habitants|orphelins|cas|desplazad[oa]s|refugiad[oa]s|personas"
    r"|habitantes|huerfanos|casos)"
)
_PERSONS = (
    rf"(?:{_DISPLACED}|women|girls|children|families|femmes|filles|enfants|familles|mujeres|ninas"
    r"|ninos|familias)"
)
_STATE = (
    r"(?:fall|fell|lived?|living|suffer(?:s|ed)?|remained|needed|lacked|had (?:been displaced|fled"
    r"|experienced|suffered|died|lost)|were (?:displaced|living|affected|in need|out of school"
    r"|unemployed|killed|missing|refugees)|viv(?:ai(?:en)?|en)t|souffrai(?:en)?t|avaient (?:fui"
    r"|subi|perdu|ete deplacee?s)|etaient (?:deplacee?s|refugiee?s|touchee?s|affectee?s)|vivian?"
    r"|sufrian?|habian (?:huido|sufrido|perdido|sido desplazad[oa]s)|estaban (?:desplazad"
    r"|afectad)[oa]s)"
)
_FIGURES_AFTER = re.compile(
    r",? (?:there (?:were|had been)|on (?:comptait|denombrait|recensait|estimait)|il y avait"
    r"|habia|existian|se (?:contaban|contabilizaban|estimaban|registraban))"
    rf" {_LARGE_NUMBER} (?:(?!trained)[\w'-]+ ){{0,4}}?{_DISPLACED}\b"
    rf"|,? (?:el |los |las |les )?{_LARGE_NUMBER} (?:(?:de |des )?[\w'-]+ ){{0,3}}?{_PERSONS}"
    rf" (?:[a-z]+ )?{_STATE}\b"
)
# "In 2013, the country hosted 250,000 refugees."
_HOSTED_AFTER = re.compile(
    r",? [\w' -]{1,40}? (?:hosted|was hosting|accueillai(?:en)?t|abritai(?:en)?t|acogian?"
    rf"|albergaban?) (?:a )?{_LARGE_NUMBER} (?:[\w'-]+ ){{0,2}}?{_DISPLACED}\b"
)
# "There was some improvement in 2007".
_TREND_BEFORE = re.compile(
    r"\b(?:[Tt]here (?:was|were|has been|had been)|[Ii]l y a(?:vait)? eu|[Oo]n a (?:constate"
    r"|observe|enregistre)|[Hh]ubo|[Ss]e (?:registro|observo|produjo))\b[^.;,]{0,50}?"
    r"\b(?:improvements?|increases?|decreases?|rise|decline|reduction|surge|deterioration|influx"
    r"|outbreak|progress|ameliorations?|augmentations?|hausse|baisse|recrudescence|afflux|progres"
    r"|aumentos?|incrementos?|mejoras?|disminucion|descensos?|deterioro|repuntes?|avances?)\b"
    rf"[^.;,]{{0,40}}? (?:in|en) {MONTH_AND_DAY}$"
)
# A reform or a cooperation that has gone on for long: "the reform process begun since 2002".
_BEGUN_BEFORE = re.compile(
    r"\b(?i:process|reforms?|cooperation|partnership|processus|reformes?|partenariat|proceso"
    r"|reformas?|alianza|cooperacion)\b[^.;()]{0,60}?\b(?:begun|started|initiated|undertaken"
    r"|under way|entamee?s?|engagee?s?|amorcee?s?|initiee?s?|entreprise?s?|iniciad[oa]s?"
    rf"|emprendid[oa]s?|impulsad[oa]s?) (?:since|depuis|des|desde) {MONTH_AND_DAY}$"
)
_SINCE_BEFORE = re.compile(r"\b(?:[Ss]ince|[Dd]epuis|[Dd]esde)(?: l'annee| el ano)? $")
_STATE_REFORMS_AFTER = re.compile(
    r",? (?:(?:the|le|la|el) |l')?(?:[Gg]overnment|[Cc]ountry|State|[Gg]ouvernement|[Pp]ays|Etat"
    r"|[Gg]obierno|[Pp]ais|Estado|(?P<country>[A-Z][\w-]+(?: [A-Z][\w-]+)?))"
    r"(?: (?:of|de|du|del) [A-Z][a-z]+)? (?:has|a|s'est|ha|se ha) (?:[\w-]+ ){1,6}?"
    r"(?:(?:des|une|un|unas?|las?|les|de|d') ?)?(?:[\w-]+ ){0,2}?"
    r"(?:reforms?|process|transition|reformes?|processus|reformas?|proceso|transicion)\b"
)
# An analysis or a survey that the present one follows: "celle réalisée en 2019".
_EARLIER_ONE_BEFORE = re.compile(
    r"\b(?i:appui\w* sur|fond\w+ sur|inspir\w+ de|similaires? a|fait suite a|based on|built on"
    r"|builds? on|similar to|follow\w*|compared (?:to|with)|basa\w* en|similar(?:es)? a|sigue a"
    r"|a partir de) (?:celles?|celui|ceux|the one|those|that|las?|el|los) (?:que se |qui a ete )?"
    r"(?:realisee?s?|menee?s?|conduite?s?|publiee?s?|carried out|conducted|implemented|published"
    r"|held|done|realizad[oa]s?|realizo|hech[oa]s?|publicad[oa]s?|llevad[oa]s? a cabo) (?:in|en) "
    rf"{MONTH_AND_DAY}$"
    r"|(?:^|[.;:] )\W*Seguimiento a (?:las )?(?:acciones|actividades) (?:ya )?(?:realizad|iniciad"
    rf"|desarrollad)as desde (?:el ano |el )?{MONTH_AND_DAY}$"
    # "following the recommendations of the assessment carried out in 2015"
    r"|\b(?i:following|siguiendo|suivant|en suivant|based on|sur la base des?|con base en"
    r"|a partir de)"
    r" (?:the |las |los |les )?(?:recommendations|findings|conclusions|recomendaciones|hallazgos"
    r"|conclusiones|recommandations|resultats|resultados)\b[^.;,]{0,100}?"
    r"\b(?:carried out|conducted|made|done|realisee?s?|menee?s?|realizad[oa]s?|hech[oa]s?"
    r"|llevad[oa]s? a cabo)"
    rf" (?:in|en)(?: el)? {MONTH_AND_DAY}$"
    # Activities that go on: "As part of the activities begun in 2004".
    r"|(?:^|[.;] )\W*(?i:en el marco|dans le cadre|as part|within the framework|en continuidad)"
    r" (?:of|de|des|con) ?(?:the |las |los |les )?(?:[a-z]+ )?(?i:activities|actions|activites"
    r"|actividades|acciones)\b[^.;,]{0,80}? (?:started|begun|initiated|launched|iniciad[oa]s"
    r"|emprendid[oa]s|entamees|lancees|initiees|engagees) (?:in|en|since|depuis|desde)"
    rf"(?: el ano| el| l'annee)? {MONTH_AND_DAY}$"
)
# What an activity happens in spite of: "Despite elections in 2006", "Malgré l'accord de 2008".
_DESPITE_BEFORE = re.compile(
    r"(?:^|[.;] )\W*(?i:despite|in spite of|notwithstanding|malgre|en depit de|pese a|a pesar de)"
    r"(?! (?:delays?|des retards|retrasos))\b[^.;]{0,80}? (?:in|of|en|de|du|del) "
    rf"{MONTH_AND_DAY}$"
)
# Crimes that an activity investigates: "abuses committed in the north during 2006".
_CRIMES_BEFORE = re.compile(
    r"\b(?i:abuses|violations|crimes|massacres?|atrocities|killings|disappearances|exactions"
    r"|disparitions|violaciones|crimenes|masacres?|matanzas|desapariciones)\b[^.;()]{0,80}?"
    r"\b(?:committed|perpetrated|occurred|commis(?:es)?|perpetree?s|survenue?s|cometid[oa]s"
    r"|perpetrad[oa]s|ocurrid[oa]s)(?! (?:was|were|ont|fueron))\b[^.;()]{0,60}? "
    rf"(?:(?:in|on|during|en|durant|pendant|durante) {MONTH_AND_DAY})?$"  # a range has "between"
)
# The period of a plan, except of one that the activity writes or adopts.
_PLAN = (
    r"(?:[Ss]trateg(?:y|ies)|(?:[Aa]ction |[Nn]ational )?[Pp]lans?|[Ff]ramework|[Pp]olic(?:y|ies)"
    r"|[Ss]trategies?|[Pp]olitique|[Ee]strategia|[Pp]olitica|[Mm]arco|[Cc]adre)"
)
_PLAN_BEFORE = re.compile(
    rf"\b{_PLAN}(?: (?!(?:in|en|was|were|has|fue|ha|a|est|trained)\b)[\w'-]+){{0,9}}?"
    r"(?:,? ?\(| (?:for |de |du |del |para |pour )?(?:the (?:period|years) |la periode |el periodo "
    r"|los anos |les annees )?)$"
)
_PLAN_AFTER = re.compile(rf" (?:[A-Z][\w'-]* |(?:and|for|on) ){{0,5}}?{_PLAN}\b")
_MAKES_PLAN = re.compile(
    r"\b(?i:develop\w*|draft\w*|prepar\w+|formul\w+|design\w*|adopt\w*|approv\w+|launch\w*"
    r"|finali[sz]\w+|revis\w+|review\w*|evaluat\w+|elabor\w+|redact\w+|redig\w+|valid\w+|lanc\w+"
    r"|lanz\w+|aprob\w+|actuali[sz]\w+|disen\w+|evalu\w+|sign(?:ed|ee?|s)?|firm(?:o|ado|aron)"
    r"|establish\w*|etabli\w*|establec\w+"
    r"|integrat\w+|incorporat\w+|integr\w+|incorpor\w+|covers?|couvre|cubre|abarca)\b"
)
_CARRIES_OUT_PLAN = re.compile(
    r"[^.;,]{0,40}? (?:was|were|is|has been|a ete|est|fue|se|sera) (?:fully )?(?:implemented"
    r"|carried out|executed|mise? en (?:oe|œ)uvre|executee?|realisee?"
    r"|ejecut(?:o|ado|ada)|implement(?:o|ado|ada))\b"
)
# The plan of the activity itself, not one that it refers to.
_OWN_PLAN_BEFORE = re.compile(
    r"\b(?i:work ?plans?|country programme|plan de travail|plan de trabajo|programme de pays"
    r"|programa de pais)\b[^.;]{0,60}$"
)
_SUPPORTS_PLAN = re.compile(
    r"\b(?i:support|contribution|contribut\w+|apoy\w+|appui|appuyer|soutien|contribucion"
    r"|compliance|in line|in accordance|conformement|en cumplimiento|en linea|acorde)"
    rf" (?:(?:to|for|with|a|al|a la|au|a l'|de|del|con)(?: the| la| el)? )"
    rf"(?:[A-Z][\w'-]* ){{0,3}}?{_PLAN}\b"
)


# Before years that never count, and before years that count only if the text has no other.
_NO_PROOF_BEFORE = (_DAMAGED_BEFORE, _EARLIER_ONE_BEFORE, _DESPITE_BEFORE, _CRIMES_BEFORE)
_WEAK_PROOF_BEFORE = (
    _EVENT_BEFORE,
    _EVENT_HAPPENED_BEFORE,
    _TREND_BEFORE,
    _LATER_PHASE_BEFORE,
    _AFTER_ATTACK_BEFORE,
    _SUFFERED_BEFORE,
    _STUDY_OF_BEFORE,
)


def any_matches(patterns: Iterable[re.Pattern[str]], before: str) -> bool:
    """Return whether any of some patterns is found in the words before a year."""
    return any(pattern.search(before) for pattern in patterns)


def judge_background(before: str, after: str, years: int) -> Verdict | None:
    """Judge the year of something that only precedes an activity, or return None.

    before, after: the words around the year, after strip_accents(). before begins with the
    sentence. years: how many years the range has, 1 for a single year.
    """
    is_event_after = _BEFORE_EVENT.search(before) and _EVENT_AFTER.match(after)
    if any_matches(_NO_PROOF_BEFORE, before) or (is_event_after and _DAMAGED_BY.search(before)):
        return "no proof"
    if _AT_BEGINNING.search(before):
        if _FIGURES_AFTER.match(after):
            return "no proof"
        if _HOSTED_AFTER.match(after):
            return "weak proof"
    is_plan = years > 1 and (_PLAN_BEFORE.search(before) or _PLAN_AFTER.match(after))
    if is_plan and not _is_plan_of_activity(before, after):
        is_long = years >= MIN_YEARS_OF_LONG_PLAN and _SUPPORTS_PLAN.search(before)
        return "no proof" if is_long else "weak proof"
    is_reform = _BEGUN_BEFORE.search(before) or _is_reform_of_state(before, after)
    if is_event_after or is_reform or any_matches(_WEAK_PROOF_BEFORE, before):
        return "weak proof"
    return None


def _is_plan_of_activity(before: str, after: str) -> bool:
    """Return whether the text says that a plan is written, adopted, evaluated or carried out."""
    if _MAKES_PLAN.search(before) or _MAKES_PLAN.search(after):
        return True
    return bool(_CARRIES_OUT_PLAN.match(after) or _OWN_PLAN_BEFORE.search(before))


def _is_reform_of_state(before: str, after: str) -> bool:
    """Return whether a year is the first of a country's reforms: "Since 2004, Togo has pursued"."""
    reform = _SINCE_BEFORE.search(before) and _STATE_REFORMS_AFTER.match(after)
    if not reform:
        return False
    return reform["country"] is None or to_country(reform["country"]) is not None
