"""Rules for years of an origin or of a plan for the future: founding, laws, budgets, targets.

Each rule is for English, French and Spanish, and holds for any text.
"""

from __future__ import annotations

import re

from indexer.importing.background_years import MONTH_AND_DAY, any_matches

_IN_YEAR = rf"(?:in|on|en|le|el|since|depuis|desde) (?:el ano |el |l'annee )?{MONTH_AND_DAY}$"
# "a centre, established by law in 1998, …": also of laws, which are adopted.
_FOUNDED = (
    r"(?:founded|established|created|set up|formed|constituted|adopted|enacted|passed|promulgated"
    r"|fondee?s?|creee?s?|cre[ei]s?|constituee?s?|adoptee?s?|promulguee?s?|votee?s?|mise? en place"
    r"|fundad[oa]s?|cread[oa]s?|establecid[oa]s?|constituid[oa]s?|aprobad[oa]s?|promulgad[oa]s?"
    r"|sancionad[oa]s?|adoptad[oa]s?|conformad[oa]s?)"
)
_FIRST = r"(?:(?:first|originally|initially|initialement|d'abord|originalmente|inicialmente) )?"
_BY = r"(?: (?:by|under|through|par|en vertu|por|mediante|segun)(?: [\w'°-]+){1,8}?)?"
_IN_TOWN = r"(?: (?:in|a|en) [A-Z][\w'-]+(?: [A-Z][\w'-]+)?)?"
_APPOSITION_BEFORE = re.compile(
    rf"[\w)],? ?[,(](?: ?(?:which|that|qui|que) (?:was|were|a ete|ont ete|fue|fueron))?"
    rf" ?{_FIRST}{_FOUNDED}{_BY}(?: [A-Z][\w'-]+)?{_IN_TOWN} {_IN_YEAR}"
    rf"|[\w)],? ?[,(] ?{_FIRST}{_FOUNDED} (?:by|par|por|mediante)\b[^,.;()]{{0,60}}? "
    r"(?:of|de|du|del) $"
)
_APPOSITION_AFTER = re.compile(r"(?: (?:by|par|por|with|avec|con|as|under)\b[^.;,()]{0,60})?[,)]")
# An organization is founded once: "an NGO founded in 1998".
_FOUNDED_BEFORE = re.compile(
    r"\b(?:founded|fondee?s?|fundad[oa]s?)"
    rf"(?: (?:by|par|por)(?: [\w'-]+){{1,5}}?)?{_IN_TOWN} {_IN_YEAR}"
)
# "Niger, which had adopted a law in 2003"
_HAD_FOUNDED_BEFORE = re.compile(
    r"\b(?:had (?:been )?|avai(?:t|ent) (?:ete )?|habian? (?:sido )?)(?:already |deja |ya )?"
    rf"(?:{_FOUNDED}|ratified|ratifiee?s?|ratificad[oa]s?|signed|signee?s?|firmad[oa]s?)"
    rf"(?: (?!(?:and|et|y)\b)[\w'-]+){{0,6}}? {_IN_YEAR}"
)
# "an association created in 1998 that trains midwives"
_BODY_SINCE_BEFORE = re.compile(
    r"\b(?:organi[sz]ation|association|network|foundation|institution|NGO|agency|organisme|reseau"
    r"|fondation|ONG|asociacion|organizacion|red|fundacion|institucion|agence|agencia)"
    rf"(?: [\w'-]+){{0,3}}? {_FOUNDED}{_BY} {_IN_YEAR}"
)
# "The law was adopted in 2006." The text also names the year of the activity.
_LAW = (
    r"(?:[Ll]aw|Act|[Cc]ode|[Ll]oi|[Ll]ey|[Cc]odigo|[Dd]ecree|[Dd]ecret|[Dd]ecreto|[Cc]onstitution"
    r"|[Cc]onstitucion)"
)
_LAW_BEFORE = re.compile(
    rf"^\W*(?:(?i:the|this|la|le|el|cette|esta) |L')?(?:[\w'-]+,? ){{0,4}}?{_LAW}\b"
    r"(?:(?! (?:that|which|qui|que) )[^.;()]){0,100}? (?:was|were|a ete|fut|fue|had been"
    r"|avait ete|habia sido) (?:first )?(?:adopted|enacted|passed|promulgated|approved|adoptee?"
    r"|promulguee?|votee?|aprobad[oa]|promulgad[oa]|sancionad[oa]|adoptad[oa])"
    rf"(?: (?:by|par|por)(?: [\w'-]+){{1,5}}?)? {_IN_YEAR}"
)
_END_OF_SENTENCE = re.compile(r"[^\d.;]{0,80}(?:[.;]|$)")
_BUDGET_BEFORE = re.compile(
    r"\b(?i:budget|presupuesto|lois? de finances?|ley de presupuestos?)"
    r"(?: (?:national|general|public|nacional|publico|du pays|de l'Etat|del Estado|de la nacion"
    r"|rectificative|initiale)){0,2},? (?:(?:of|for|de|pour|para|del?)(?: l'annee| el ano"
    r"| ano)? )?$"
)
_BUDGET_AFTER = re.compile(
    r" (?:(?:national|state|annual|government|federal|county|public) ){0,2}(?:budget|Budget"
    r"|Finance (?:Act|Bill|Law)|Appropriation Act)\b"
)
_ARTICLE_BEFORE = re.compile(r"\b(?:[Tt]he|[Ii]ts|[Tt]heir|an?|[A-Z]\w+'s|[Ff]iscal year) $")
# A situation, not an activity, goes on since the year: "Since 2011, the conflict has …".
_SINCE_BEFORE = re.compile(
    r"(?:^|[.;:] )\W*(?i:since|depuis|desde)"
    r"(?: (?:the (?:beginning|start|end) of|early|late|mid-?|le debut de|debut|fin|l'annee"
    rf"|el ano|principios de|comienzos de|inicios de|finales de|mediados de))?[ -]{MONTH_AND_DAY}$"
)
_SITUATION = (
    r"(?:conflicts?|cris[ei]s?|wars?|violence|violences|insurgency|insecurity|fighting|unrest"
    r"|repression|drought|epidemic|pandemic|population|country|region|situation|influx|humanitarian"
    r"|conflits?|guerres?|insecurite|secheresse|epidemie|pandemie|pays|afflux|attaques"
    r"|groupes armes"
    r"|conflictos?|guerra|violencia|inseguridad|sequia|epidemia|poblacion|pais|situacion|exodo"
    r"|armed groups|attacks|grupos armados|ataques)"
)
_SITUATION_AFTER = re.compile(
    r",? (?:(?:the|le|la|les|el|los|las|an|une?|una?) |l')?(?:[A-Za-z][\w'-]* ){0,3}?"
    rf"{_SITUATION}\b"
    # "Since 2015, more than two million people have fled"
    r"|,? (?:(?:more than|over|an estimated|around|nearly|some|about|plus de|pres de|environ|mas de"
    r"|cerca de|unos|casi|unas) )?(?:\d[\d.,]*|(?:hundreds|thousands|millions|tens|des milliers"
    r"|des centaines|miles|millones|cientos|one|two|three|un|une|deux|dos|tres)\b)[^.;]{0,60}?"
    r"\b(?:fled|displaced|left|crossed|fui|deplacee?s|quitte|huido|desplazad[oa]s|abandonado"
    r"|arrived"
    r"|salido|migrado|llegado|traverse)\b"
)
_FLED_SINCE_BEFORE = re.compile(
    r"\b(?:fled|displaced|fleeing|arrived|fui|deplacee?s|arrivee?s?|huid[oa]|huyeron|huyen"
    r"|desplazad[oa]s|llegad[oa]s|llegan)(?: [\w'-]+){0,4}? (?:since|depuis|desde)"
    rf"(?: el ano| l'annee)? {MONTH_AND_DAY}$"
)
# A target in a text in capitals: "ELIMINATE CHILD MARRIAGE BY 2015", "D'ICI 2015".
_TARGET_IN_CAPITALS = re.compile(
    r"^(?!.*\b(?:COMPLETED|FINISHED|CONCLUDED|ACHEVE|TERMINE|CONCLUIDO))[^a-z]*"
    r"\b(?:BY|NO LATER THAN|D'ICI(?: A)?|A L'HORIZON|AL)(?: (?:THE YEAR|THE END OF|L'AN|L'ANNEE"
    r"|LA FIN DE|FIN|ANO))? $"
)
_FOR_IN_CAPITALS = re.compile(
    r"(?:^|[^a-z]{6})(?<!PLAN)(?<!PROYECTO)(?<!PROGRAMA)(?<!PRESUPUESTO)(?: "
    r"|^)PARA(?: EL(?: ANO)?)? $"
)
# "Para 2020 se espera reducir los embarazos."
_FOR_BEFORE = re.compile(r"(?:^|[.;:] )\W*(?:Para|Hacia|PARA|HACIA)(?: el| EL)?(?: ano| ANO)? $")
_EXPECTED_AFTER = re.compile(
    r",? (?:se (?:espera|preve|proyecta|busca|pretende) (?:que|(?:[\w-]+ ){0,3}?(?:reduc|elimin"
    r"|erradic"
    r"|disminu|aument|alcanz|logr)\w+)|(?:el|la|los|las) [\w-]+"
    r" (?:[\w-]+ ){0,3}?(?:debera|habra|tendra|reducira|eliminara|lograra|alcanzara)n?)\b",
    re.IGNORECASE,
)
# The profile of an organization: "It is an NGO founded in 1996". No activity happened then.
_PROFILE_BEFORE = re.compile(
    r"\b(?:is|are|was|est|es|son|era) (?:also |aussi |tambien )?(?:the |an?|une?|una?|la|le|el|l')"
    r" ?(?:[\w'-]+ ){0,3}?"
    r"(?i:organi[sz]ation|association|network|foundation|NGO|ONG|organisme|reseau|fondation"
    r"|asociacion|organizacion|red|fundacion|charity|collective|collectif|colectivo|cooperative"
    r"|cooperativa|federation|federacion)\b[^.;]{0,80}?,? (?:which was |that was |que fue "
    rf"|qui a ete )?{_FOUNDED}{_BY}{_IN_TOWN} {_IN_YEAR}"
)
# "L'association a vu le jour en 1996", "it was registered in 2004"
_CAME_INTO_BEING_BEFORE = re.compile(
    r"\b(?:vu le jour|saw the light of day|vio la luz|nace|nacio|surge|surgio|was born"
    r"|(?:was|were|is) (?:officially |legally )?registered"
    r"|(?:obtuvo|obtiene|recibio) (?:su |la )?personeria(?: juridica)?"
    r"|(?:obtained|received) (?:its |legal )?(?:registration|legal status)"
    r"|a obtenu (?:son agrement|sa reconnaissance)"
    rf"){_IN_TOWN} {_IN_YEAR}"
)
# The first of two figures: "fell from 93 % in 2002 to 78 % in 2012".
_FROM_FIGURE_BEFORE = re.compile(
    r"\b(?:from|de|du) \d[\d.,]*(?: ?%| (?:per ?cent|pour cent|por ciento))?(?: [a-z]+){0,3}"
    r" (?:in|en) $"
)
_TO_FIGURE_AFTER = re.compile(r",? (?:to|a) \d")
# A contribution that has gone on for decades: "the contribution, begun in 1958, pays for".
_LONG_SUPPORT_BEFORE = re.compile(
    r"\b(?i:contributions?|support|assistance|aid|appui|soutien|aide|contribucion|apoyo|ayuda)\b"
    r"[^.;()]{0,60}?, (?:which )?(?:begun|started|initiated|began|entamee?|commencee?|debutee?"
    rf"|initiee?|iniciad[oa]|comenzad[oa]) {_IN_YEAR}"
)
# "the violence, which began on 7 October", "le conflit qui a éclaté en"
_BEGAN_BEFORE = re.compile(
    r"\b(?i:escalation|violence|violences|hostilities|wars?|conflicts?|cris[ei]s|offensive|fighting"
    r"|unrest|escalade|hostilites|guerres?|conflits?|combats|troubles|escalada|violencia"
    r"|hostilidades|guerras?|conflictos?|ofensiva|combates)\b[^.;()]{0,50}?,? (?:that|which|qui"
    r"|que) (?:(?:had|has|a|avait|ont|ha|habia) )?(?:began|begun|started|erupted|broke out"
    r"|broken out|commence|debute|eclate|comenzo|comenzado|empezo|empezado|estallo|estallado"
    rf"|se inicio|se desato|dio (?:comienzo|inicio)) (?:(?:in|on|en|el|le) )?(?:{_IN_YEAR}"
    r"|(?:le |el )?(?:\d{1,2}(?:er)? (?:de )?)?(?:[A-Za-z]{3,10}\.? (?:de |del )?)?$)"
)
# "the campaign against violence, which began in 2014"
_ACTIVITY_BEFORE = re.compile(
    r"\b(?i:projects?|programmes?|programs?|campaigns?|initiatives?|training|course|work"
    r"|stud(?:y|ies)|research|projets?|campagnes?|formations?|etudes?|travaux|proyectos?|programas?|campanas?"
    r"|iniciativas?|formacion|cursos?|estudios?)(?: [\w'-]+){0,5} $"
)
# Victims since a day: "Since 3 July 2013, more than 1,400 people have been killed".
_VICTIMS_AFTER = re.compile(
    r",? (?:(?:more than|over|at least|an estimated|some|about|nearly|plus de|au moins|pres de"
    r"|environ|quelque|mas de|al menos|unas|unos|cerca de|casi) )?(?:\d[\d., ]*|hundreds of"
    r"|thousands of|des centaines de|des milliers de|cientos de|miles de|decenas de)"
    r" ?(?:[\w'-]+ ){0,4}?(?:(?:have|had) (?:been (?:killed|injured|wounded|abducted|raped"
    r"|arrested)|died|disappeared)"
    r"|(?:ont|avaient) (?:ete (?:tuee?s|blessee?s|enlevee?s|violee?s|arretee?s)"
    r"|disparu|perdu la vie)|sont mort(?:e?s)|han (?:muerto|fallecido|desaparecido"
    r"|perdido la vida|sido (?:asesinad|herid|secuestrad|violad|detenid)[oa]s))\b"
)
# "INR 62 to US$1 in January 2014"
_RATE_BEFORE = re.compile(
    r"\b(?i:exchange rates?|taux de change|tipos? de cambio|tasas? de cambio)\b[^.;()]{0,40}?"
    rf"(?: (?:in|on|of|en|au|du|de|del|el|a) )?{MONTH_AND_DAY}$"
    r"|\d (?:to|per|for|=|pour|por|a|equals|equal to) (?:the |one |un )?(?:US ?\$|USD|EUR|GBP|€|\$"
    r"|dollar|euro) ?1?(?:[.,]0+)? (?:in|on|en|au|el|as of|at) "
    r"(?:(?:the )?(?:end|beginning) of |fin |finales de )?"
    rf"{MONTH_AND_DAY}$"
)
# A figure of an earlier year: "the study revealed that 12 girls … in 2014", "up from 40 in 2013".
_COMPARED_BEFORE = re.compile(
    r"\b(?i:compared (?:to|with)|against|up from|down from|instead of|versus|contre|par rapport a"
    r"|comparativement a|au lieu de|frente a|en comparacion con|comparado con|respecto de)"
    r" (?:only |seulement |solo )?\d[\d., ]*(?:%|[a-z]+)? ?(?:[a-z]+ ){0,3}(?:in|en) "
    rf"{MONTH_AND_DAY}$"
    r"|\b(?:revealed|disclosed|found|indicated|a revele|a montre|a indique|revelo|mostro|indico"
    r"|ha revelado) (?:that|que|qu')[^.;]{0,25}?\b(?:\d[\d.,]*|one|two|three|un|une|deux|trois|una"
    r"|dos|tres|half|la mitad|la moitie)\b[^.;]{0,80}? (?:victims?|killed|raped|abused|cases?|fell"
    r"|suffered|victimes?|subi|tuee?s|violee?s|cas|victimas|sufri\w+|asesinad[oa]s|casos)\b"
    rf"[^.;]{{0,60}}? (?:in|en) {MONTH_AND_DAY}$"
)


# Before dates of origin, and both before and after them.
_DATE_OF_ORIGIN_BEFORE = (
    _HAD_FOUNDED_BEFORE,
    _FOUNDED_BEFORE,
    _BODY_SINCE_BEFORE,
    _BUDGET_BEFORE,
    _CAME_INTO_BEING_BEFORE,
    _FOR_IN_CAPITALS,
    _COMPARED_BEFORE,
    _FLED_SINCE_BEFORE,
)
_DATE_OF_ORIGIN_AROUND = (
    (_APPOSITION_BEFORE, _APPOSITION_AFTER),
    (_LAW_BEFORE, _END_OF_SENTENCE),
    (_ARTICLE_BEFORE, _BUDGET_AFTER),
    (_SINCE_BEFORE, _SITUATION_AFTER),
    (_FROM_FIGURE_BEFORE, _TO_FIGURE_AFTER),
)


def is_only_background(before: str, after: str) -> bool:
    """Return whether a year is that of a founding, a crisis or a rate, and of no activity.

    before, after: as for is_date_of_origin(). Such a year never counts.
    """
    if _PROFILE_BEFORE.search(before) or _LONG_SUPPORT_BEFORE.search(before):
        return True
    began = _BEGAN_BEFORE.search(before)
    if began and not _ACTIVITY_BEFORE.search(before[: began.start()]):
        return True
    if _RATE_BEFORE.search(before):
        return True
    return bool(_SINCE_BEFORE.search(before) and _VICTIMS_AFTER.match(after))


def is_date_of_origin(before: str, after: str) -> bool:
    """Return whether a year only says since when something exists, or names a budget.

    before, after: the words around the year, after strip_accents(). before begins with the
    sentence. Such a year counts if the text has no other.
    """
    if any_matches(_DATE_OF_ORIGIN_BEFORE, before):
        return True
    return any(
        pattern_before.search(before) and pattern_after.match(after)
        for pattern_before, pattern_after in _DATE_OF_ORIGIN_AROUND
    )


def is_target(before: str, after: str) -> bool:
    """Return whether a year is that of a target, in a title in capitals or a forecast."""
    if _TARGET_IN_CAPITALS.search(before):
        return True
    return bool(_FOR_BEFORE.search(before) and _EXPECTED_AFTER.match(after))
