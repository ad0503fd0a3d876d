"""Rules for countries that persons come from: migrants, refugees and nationals.

An activity for persons takes place where they live now, if the text names that place.
"""

from __future__ import annotations

import re

from indexer.importing.gazetteer import Mention
from indexer.importing.name_lists import REST_OF_LIST

# Activities for migrants happen in the country where they live now.
_ADJECTIVES = (
    r"(?:(?:domestic|migrant|young|female|male|displaced|rural|indigenous|undocumented|irregular"
    r"|pregnant|trafficked|stranded|vulnerable|unaccompanied|adolescent|elderly|seasonal|overseas"
    r"|internally|registered|newly|arrived|returning|women|girls?|child(?:ren)?|and|asylum|labou?r"
    r"|economic|transit|urban|LGBTI?|Muslim|Christian|host) ){0,3}"
)
# The other demonyms of a list: "Honduran and Salvadoran migrants".
_OTHER_DEMONYMS = r"(?:(?:,|,? and|,? or|/) ?[A-Z][a-z]+(?: [A-Z][a-z]+)?)*"
_MIGRANTS_AFTER = re.compile(
    rf"{_OTHER_DEMONYMS} {_ADJECTIVES}(?i:refugees?|migrants?|asylum[- ]seekers?|diaspora"
    r"|nationals|exiles|immigrants?|exodus|crisis)\b"
    r"|s? (?:(?:who|that|qui|que) )?(?:had |have |ont |avaient |sont |han |habian )?"
    r"(?:fled|fui|huido|huyeron|arrive[ds]?|arrivent|llegado|llega(?:n|ron|ban))\b"
)
_REFUGEES_AFTER = re.compile(
    r" (?i:crisis|exodus|refugees?|returnees?|migrants?|asylum[- ]seekers?)\b"
)
_MIGRANTS_BEFORE = re.compile(
    r"\b(?i:(?:refugees?|migrants?|exodus|exode|exodo|returnees|asylum[- ]seekers|returning"
    r"|returned|repatriated|deported|refugiees?|refugies?|deplaces|refugiad[oa]s|desplazad[oa]s"
    r"|migrantes)"
    r"(?: \w+){0,2} (?:from|de|du|des|del)"
    r"|(?:fle(?:d|e|eing)|escap(?:ed|ing)|crossed|moved"
    r"|migrated) (?:in)?to (?:[A-Z][\w'-]+ ){1,3}from"
    r"|(?:spread\w*|spill\w*)(?: \w+){0,2} from|(?:arriv\w+|com(?:e|es|ing)|came|cross\w+"
    r"|travel\w+|enter\w+)(?: \w+){0,3} from"
    r"|(?:domestic|migrant|seasonal|foreign|overseas) (?:workers|helpers|labou?rers) from"
    r"|de retour (?:de|du|des)|rentre\w* (?:de|du|des)|rapatrie\w* (?:de|du|des)"
    r"|(?:retornad[oa]s|deportad[oa]s|evacuad[oa]s) (?:de|desde)|evacuated from"
    r"|migr(?:ated|ating|aron|aban|ent|e|er) (?:to|a|vers|hacia|en|au)"
    r"|originaires? (?:de|du|des)|issue?s? (?:de|du|des)|provenan(?:t|ce) (?:de|du|des)"
    r"|procedentes? (?:de|del)|provenientes? (?:de|del)|oriund[oa]s? (?:de|del)"
    r"|fle(?:d|e|es|eing)|fui[rt]?|fuyant|fuient|quitt(?:e|er|ant|aient|ent)|escap(?:ed?|ing) from"
    r"|(?:escap\w+|hu(?:yendo|ye|yen|yeron|id[oa]s?|ir|ian)|v(?:ien|in)[eio]\w*|venian"
    r"|llega(?:n|ron|d[oa]s)) (?:de|desde)|ven(?:ue?s?|ant) (?:de|du|des)"
    r"|(?:flee\w*|fled|escap(?:ed?|ing)|fui[rt]?|fuyant|fuient|hu(?:yendo|ye|yen|yeron|id[oa]s?|ir"
    r"|ian))"
    r"(?-i:(?: [a-z]\w*){1,4}|(?: (?:the|la|les|los|el))? (?:Boko Haram|ISIS|ISIL|Daesh|Da'esh|LRA"
    r"|Al[- ]Shabaab|Taliban|FARC|M23|Estado Islamico|Etat islamique))"
    r" (?:in|en|au|aux|dans|of|de|du)"
    r"|(?:borders?|frontieres?|fronteras?) (?:with|avec|con|between|entre|de|of)) "
    rf"{REST_OF_LIST}"
    rf"|\b(?:originaires?|issue?s?|refugies?|de retour|rentre\w*) d'{REST_OF_LIST}"
)
# Before a French or Spanish demonym: "réfugiés maliens", "migrantes hondureños".
_MIGRANTS_BEFORE_DEMONYM = re.compile(
    r"\b(?i:refugiee?s?|migrant(?:e?s?|es)?|demandeurs d'asile|deplacee?s|ressortissant(?:e?s)?"
    r"|rapatriee?s|immigree?s|diaspora|exod[eo]|cris[ei]s?|nacionalidad|nationalite"
    r"|refugiad[oa]s?|solicitantes de asilo|retornad[oa]s"
    r"|nacionales|inmigrantes?|desplazad[oa]s?)"
    r"(?:(?: \w+){0,2}|(?: [a-z]+(?:,|,? (?:et|y|e|ou|o))){1,4}) $"
)
# Before or after a Spanish demonym: "a haitianos y hondureños solicitantes de asilo".
_MIGRANTS_AFTER_DEMONYM = re.compile(
    r"(?:(?:,|,? (?:et|y|e|o|ou)) [a-z]\w{4,}s){0,4} (?i:refugiee?s?|migrant(?:e?s?|es)?"
    r"|deplacee?s?"
    r"|demandeu(?:rs|ses) d'asile|rapatriee?s?|refugiad[oa]s?|solicitantes de (?:asilo|refugio)"
    r"|retornad[oa]s?"
    r"|deportad[oa]s?|desplazad[oa]s?)\b"
)
# Who arrived: "an influx of Sudanese", "la llegada de venezolanos".
_INFLUX_BEFORE = re.compile(
    r"\b(?i:influx|arrivals?|waves?|flows?|afflux|arrivee?s?|vagues?|flux|llegadas?|afluencia"
    r"|oleadas?"
    r"|flujos?) (?:(?:of|de|des|of the) |d')(?:[a-z]+ ){0,2}$"
)
# People may live outside their own country; officials and institutions do not.
_PERSONS = (
    r"(?:women|girls|men|boys|children|people|persons|famil(?:y|ies)|victims|survivors|citizens"
    r"|workers|youths?|mujeres|ninas|ninos|personas|familias|victimas|sobrevivientes|ciudadan[oa]s"
    r"|trabajador(?:es|as)|femmes|filles|enfants|personnes|familles|victimes|survivantes|citoyens"
    r"|travailleu(?:rs|ses)|jeunes|jovenes|youths?|students|etudiante?s|estudiantes|poblacion"
    r"|population|nationality|origin|descent)"
)
_PERSONS_AFTER = re.compile(
    rf"{_OTHER_DEMONYMS} {_ADJECTIVES}{_PERSONS}\b(?!')"
    # in a title: "Scholarships for Palestinian Women", not "Afghan Women Judges Association"
    r"| (?:Women|Girls|Children|Families|Youths?|Survivors)\b(?!'| [A-Z]|,? and [A-Z])"
)
# People who live where the refugees arrive: "Jordanians in host communities".
_HOST_AFTER = re.compile(
    r" (?:(?!and |et |y )[a-z]+ ){0,2}?"
    r"(?:(?:in|of|from) (?:the )?(?:[a-z]+ ){0,2}?host(?:ing)? (?:communit|famil)"
    r"|(?:des|dans les|membres des|issue?s des) (?:communautes|familles) (?:hote|d'accueil)"
    r"|(?:de|en) (?:las )?(?:comunidades|familias) (?:de acogida|receptora|anfitriona))"
)
# The community of refugees from a country: "a role in the Palestinian community".
_COMMUNITY_AFTER = re.compile(r" (?:\w+ )?communit(?:y|ies)\b")
_COMMUNITY_BEFORE = re.compile(r"\b(?:communautes?|comunidad(?:es)?) $")
_PERSONS_BEFORE = re.compile(
    rf"\b(?i:{_PERSONS}) (?:(?:de|des|d') ?(?:la |las )?(?:trata|traite|violencia|violences?"
    rf"|explotacion|exploitation)(?: [a-z]+)? )?(?:(?!de|du|por|par|dans)[a-z]+s )?(?:[a-z]+ (?:et"
    rf"|y) )?$"
)
# A noun for persons: "Syrians", "des Maliennes", "los Mexicanos".
_PLURAL_DEMONYM = re.compile(r"[A-Z]\w+s")
# "a haitianos", "miles de hondureñas": after these words a Spanish demonym is a noun.
_NOUN_BEFORE = re.compile(
    r"\b(?:a|los|las|unos|unas|miles de|cientos de|millones de|muchos|muchas|grupos? de|numero de"
    r"|\d[\d.]*|afectan a|atendieron a) (?:[a-z]+[oa]s (?:y|e|,) ?){0,2}$"
)
_SPANISH_PLURAL = re.compile(r"[a-z]\w+[oae]s")
_AFTER_CAPITALISED = re.compile(
    r"\b(?!(?:Displaced|Young|Many|Most|Some|Vulnerable|All|Stranded) )[A-Z][\w'-]* $"
)

_PERSONS_FROM = re.compile(
    rf"\b(?!(?i:victim|victime|victima|survivor)s)(?i:{_PERSONS}|nationals|seafarers)\b"
    rf"(?:,? (?:from|originally from|de nationalite|en provenance d[eu])) {REST_OF_LIST}"
    r"|\b(?:of (?:them|whom)|mostly|mainly|primarily|predominantly|majoritairement) from"
    rf" {REST_OF_LIST}"
    r"|\b(?i:citizens|nationals|natives|ressortissante?s|citoyenn?e?s|ciudadan[oa]s|nacionales)"
    rf" (?:(?:of|from|de|du|des|del) |d'){REST_OF_LIST}"
)
# "girls of Guinea who live in Senegal"
_LIVE_ELSEWHERE_AFTER = re.compile(
    r"(?: [a-z]+)?,? (?:(?:who|that|que|qui) (?:now )?)?(?:are |were |sont "
    r"|estan )?(?:now )?(?:living|live"
    r"|residing|reside|detained|exiled|stranded|viven|residen|residentes|radicad[oa]s"
    r"|refugiad[oa]s|detenid[oa]s|vivant|vivent|residant|installee?s|refugiee?s|bloquee?s"
    r"|detenue?s|exilee?s)"
    r" (?:(?:now|currently|ahora|actualmente|hoy|maintenant|actuellement|aujourd'hui) )?"
    r"(?:in|en|au|aux|dans|a) (?:the |la |el |l')?[A-Z]"
)
_DIASPORA_OF = re.compile(rf"\b[Dd]iasporas? (?:(?:of|from|de|du|des|del) |d'){REST_OF_LIST}")
# Another place in the same sentence. At a meeting, persons represent their own countries.
_LOCATION = re.compile(
    r"\b(?:[Ii]n|[Ii]nto|[Aa]t|[Aa]cross|[Ee]n|[Aa]ux?|[Dd]ans) (?:the |la |el |les |los )?[A-Z]"
)
_MEETING = re.compile(
    r"\b(?i:gather\w*|attend\w*|particip\w+|reun\w+|met|convened|represent\w*|train\w*"
    r"|form(?:ation|ees?"
    r"|es)|capacit\w+|courses?|workshops?|ateliers?|taller(?:es)?|meetings?|conferences?|delegat\w+"
    r"|brought together|bringing together)\b"
)


# Where persons flee to: "fled to Chad and Cameroon", "se han refugiado en Perú".
_REFUGE_BEFORE = re.compile(
    r"\b(?i:(?:fle(?:d|e|es|eing)|escap(?:ed?|ing)|evacuat\w+|displaced|cross(?:ed|ing)?|driven)"
    r"(?: [\w'-]+){0,5}? (?:to|into)|(?:tak(?:en?|ing)|took|s(?:eek(?:ing)?|ought)|f(?:ind|ound))"
    r"(?: \w+)? (?:refuge|shelter|safety|asylum) in"
    r"|(?:fui[rt]?|fuyant|fuient|fuyai(?:en)?t|evacu\w+|deplacee?s?)(?: [\w'-]+){0,5}? vers"
    r"|(?:s'(?:est|y est|etaient|sont)|se (?:sont|soient|seraient)) (?:deja )?refugiee?s? (?:au"
    r"|aux|en|dans|a)"
    r"|se refugi(?:er|ent|aient) (?:au|aux|en|dans)"
    r"|(?:trouve\w*|cherche\w*) (?:[a-z]+ )?(?:refuge|asile|protection) (?:au|aux|en|dans)"
    r"|(?:hu(?:yendo|ye|yen|yeron|yo|id[oa]s?|ir|ian)|escap\w+|evacu\w+)(?: [\w'-]+){0,5}? (?:a"
    r"|hacia|hasta)"
    r"|(?:se )?(?:han |habian )?refugi(?:aron|ado|an|arse|aban)(?: \w+)? en"
    r"|(?:busc|encontr|solicit|hall)\w+ (?:refugio|asilo|proteccion) en) "
    r"(?:(?:the |la |le |el |l')?[A-Z]\w+(?: [A-Z]\w+)?,? (?:or|ou|o) )?"
    rf"{REST_OF_LIST}"
)
# Where victims, migrants and troops go: "trafficking to Italy", "police deployed to Mali".
_DESTINATION_BEFORE = re.compile(
    r"\b(?i:traffick(?:ing|ed)|smuggl(?:ing|ed)|(?:e|im)?migration|traite|trafic|trata|trafico"
    r"|migracion"
    r"|emigracion|emigrer?|migrer?|emigrar|migrar)"
    r"(?: (?:of|in|de|des|d'|irregular|irreguliere|clandestine|persons|people|human beings|women"
    r"|girls"
    r"|children|personnes|etres humains|femmes|filles|enfants|personas|mujeres|ninas|ninos|y|et|and"
    rf"|labou?r)){{0,6}} (?:to|towards|into|vers|hacia) {REST_OF_LIST}"
    r"|\b(?:(?:many|most|some|several) of (?:whom|them) (?:now |currently )?(?:live|reside"
    r"|are living) in"
    r"|dont (?:beaucoup|certaine?s|plusieurs|la plupart) vivent (?:[a-z']+ )?(?:en|au|aux|a)"
    r"|(?:much|algun|vari)[oa]s de (?:ell[oa]s|l[oa]s (?:cuales|que)) viven (?:[a-z]+ )?en) "
    rf"{REST_OF_LIST}"
    r"|\b(?i:police|policiers|policieres|gendarm\w+|peacekeepers|troops|soldiers|contingents?"
    r"|officers"
    r"|militaires|soldats|casques bleus|policias|militares|tropas|cascos azules)\b[^.;]{0,80}?"
    r"\b(?:deployed|deploying|deploye(?:e?s)?|desplegad[oa]s|enviad[oa]s en mision)(?: \w+){0,2}?"
    rf" (?:in|to|au|aux|en|a) {REST_OF_LIST}"
)
# Refugees whom the activity helps: "helps refugees who fled to Chad", "fled to Chad, where UNHCR".
_SERVED_BEFORE = re.compile(
    r"\b(?i:support|assist|help|protect|train|provi[ds]|serv|offer|reach|benefit|appu|aid|assist"
    r"|form|souten|soutien|proteg|apoy|ayud|atend|atien|asist|capacit|benefici|accompan|accompagn"
    r"|acompan|regist|enregistr)\w*\b[^.;]{0,100}$"
)
_ON_THE_WAY = re.compile(r"(?i:fle(?:e|es|eing)\b|fuyant|fuient|huyen\b|huye\b|huyendo)")
_SERVED_AFTER = re.compile(
    r"[^.;]{0,60}?,? (?:and |y |et )?(?:where|where the|ou|donde) (?!(?:they|ils|elles|viv|most"
    r"|many|the majority"
    r"|life|esta)\w*\b)"
    r"|[^.]{0,60}[.;,] [^.]{0,60}\b(?:(?:supports?|assists?|helps?|protects?|trains?) (?:them"
    r"|these|those)"
    r"|(?:les|las|los) (?:aide|appuie|assiste|protege|apoya|asiste|atiende|ayuda|accompagne"
    r"|acompana)\w*)\b"
)


# "at the border between Peru and Ecuador", where the activity happens
_AT_BORDER_BEFORE = re.compile(
    r"\b(?i:at|along|on|near|sur|dans|le long de|pres de|en|a lo largo de) (?:the |la |las |les "
    r"|l'|el )?"
    r"(?:[a-z]+ ){0,3}?(?i:borders?|frontieres?|fronteras?|zones? frontalieres?"
    r"|zonas? fronterizas?)"
    rf"(?: [a-z]+)? (?:between|entre) {REST_OF_LIST}"
)


def is_departure(mention: Mention) -> bool:
    """Return whether a place is where migrants come from, or lies beyond a border."""
    match = _MIGRANTS_BEFORE.search(mention.before)
    if match and _AT_BORDER_BEFORE.search(mention.before):
        return False
    is_participant = match and match[0][:1] in "cC" and _MEETING.search(mention.before)
    return match is not None and not is_participant


def is_host(mention: Mention) -> bool:
    """Return whether a demonym names the people among whom refugees or migrants live."""
    return mention.entry.kind == "demonym" and _HOST_AFTER.match(mention.after) is not None


def names_community(mention: Mention) -> bool:
    """Return whether a demonym describes a community, which may live abroad."""
    before, after = mention.before, mention.after
    return bool(_COMMUNITY_AFTER.match(after) or _COMMUNITY_BEFORE.search(before))


def names_migrants(mention: Mention) -> bool:
    """Return whether a country or demonym is the origin of migrants or refugees."""
    before, after = mention.before, mention.after
    if _LIVE_ELSEWHERE_AFTER.match(after):
        return True
    if mention.entry.kind == "demonym" and (
        _MIGRANTS_AFTER.match(after)
        or _MIGRANTS_BEFORE_DEMONYM.search(before)
        or (mention.entry.form.islower() and _MIGRANTS_AFTER_DEMONYM.match(after))
        or _INFLUX_BEFORE.search(before)
    ):
        return True
    return is_departure(mention) or _REFUGEES_AFTER.match(after) is not None


def is_origin(mention: Mention, sentence: str) -> bool:
    """Return whether persons come from a country, and their sentence names another place.

    "Citizens of Guinea in Senegal" and "girls from Nepal who worked in India" are such origins.
    """
    if mention.entry.kind != "name":
        return False
    if _DIASPORA_OF.search(mention.before):
        return True
    if not _PERSONS_FROM.search(mention.before) or _MEETING.search(sentence):
        return False
    return _LOCATION.search(sentence.replace(mention.entry.form, "", 1)) is not None


def names_persons(mention: Mention) -> bool:
    """Return whether a demonym describes persons, not an official or an institution."""
    if _PERSONS_AFTER.match(mention.after) or _PERSONS_BEFORE.search(mention.before):
        return True
    if _SPANISH_PLURAL.fullmatch(mention.entry.form):
        return _NOUN_BEFORE.search(mention.before) is not None
    is_noun = _PLURAL_DEMONYM.fullmatch(mention.entry.form) is not None
    return is_noun and not _AFTER_CAPITALISED.search(mention.before)


def is_refuge(mention: Mention) -> bool:
    """Return whether persons went to a country, and the text does not say that they are helped."""
    if _DESTINATION_BEFORE.search(mention.before):
        return True
    refuge = _REFUGE_BEFORE.search(mention.before)
    if not refuge or _SERVED_AFTER.match(mention.after):
        return False
    return not _SERVED_BEFORE.search(mention.before[: refuge.start()]) or bool(
        _ON_THE_WAY.match(refuge[0])
    )
