"""Rules for years of an origin or of a plan for the future: founding, laws, budgets, targets.

Each rule is for English, French and Spanish, and holds for any text.
"""

from __future__ import annotations

import re

_MONTH_AND_DAY = r"(?:(?:le |el )?(?:\d{1,2}(?:er)? (?:de )?)?[A-Za-z]{3,10}\.? (?:de |del |of )?)?"
_IN_YEAR = rf"(?:in|on|en|le|el|since|depuis|desde) (?:el ano |el |l'annee )?{_MONTH_AND_DAY}$"
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
    rf"|el ano|principios de|comienzos de|inicios de|finales de|mediados de))?[ -]{_MONTH_AND_DAY}$"
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
    rf"(?: el ano| l'annee)? {_MONTH_AND_DAY}$"
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


def is_date_of_origin(before: str, after: str) -> bool:
    """Return whether a year only says since when something exists, or names a budget.

    before, after: the words around the year, after strip_accents(). before begins with the
    sentence. Such a year counts if the text has no other.
    """
    if _APPOSITION_BEFORE.search(before) and _APPOSITION_AFTER.match(after):
        return True
    if _HAD_FOUNDED_BEFORE.search(before):
        return True
    if _FOUNDED_BEFORE.search(before) or _BODY_SINCE_BEFORE.search(before):
        return True
    if _LAW_BEFORE.search(before) and _END_OF_SENTENCE.match(after):
        return True
    if _BUDGET_BEFORE.search(before):
        return True
    if _ARTICLE_BEFORE.search(before) and _BUDGET_AFTER.match(after):
        return True
    if _SINCE_BEFORE.search(before) and _SITUATION_AFTER.match(after):
        return True
    if _FOR_IN_CAPITALS.search(before):
        return True
    return _FLED_SINCE_BEFORE.search(before) is not None


def is_target(before: str, after: str) -> bool:
    """Return whether a year is that of a target, in a title in capitals or a forecast."""
    if _TARGET_IN_CAPITALS.search(before):
        return True
    return bool(_FOR_BEFORE.search(before) and _EXPECTED_AFTER.match(after))
