"""Rules that decide from the words around the name of a town or province whether it is the place.

The names of towns are also names of persons and things. A name counts only after a preposition of
place, beside a word such as "province", or at the beginning of a press release.
"""

from __future__ import annotations

import re

from indexer.importing.gazetteer import Mention

_DIVISION = (
    r"(?:[Pp]rovinces?|[Pp]rovincias?|[Dd]epart(?:e?ments?|amentos?)|[Dd]istricts?|[Dd]istritos?"
    r"|[Rr]egions?|[Rr]egiones|[Mm]unicipalit(?:y|ies|es?)|[Mm]unicipios?|[Mm]unicipalidad(?:es)?"
    r"|[Cc]ommunes?|[Cc]omunas?|[Cc]ities|[Cc]ity|[Cc]iudad(?:es)?|[Vv]illes?|[Tt]owns?|[Ss]tates?"
    r"|[Ee]stados?|[Ee]tats?|[Cc]ount(?:y|ies)|[Vv]illages?|[Pp]ueblos?|[Cc]ant[o]n(?:es|s)?"
    r"|[Cc]ercles?|[Cc]irculos?"
    r"|[Dd]zongkhags?|[Gg]ewogs?|[Tt]alu[kq]a?s?|[Bb]arangays?|[Rr]egenc(?:y|ies)|[Rr]a[iy]ons?"
    r"|[Aa]imags?|[Ss]oums?|[Pp]ayams?|[Bb]omas?|[Cc]hiefdoms?|[Hh]romadas?|[Mm]ouhafazas?"
    r"|[Dd]airas?"
    r"|[Uu]pazilas?|[Tt]ehsils?|[Pp]arish(?:es)?|[Pp]arroquias?|[Ww]ards?|[Bb]oroughs?|[Ww]oredas?"
    r"|[Kk]ebeles?|[Vv]eredas?|[Cc]orregimientos?|[Ss]ous-prefectures?|[Gg]roupements?|[Ss]uburbs?"
    r"|[Ss]lums?|[Mm]ancomunidad(?:es)?|[Ii]slas?|[Ii]les?|[Dd]ioces(?:e|is)"
    r"|[Ww]ilayas?|[Gg]overnorates?|[Gg]ouvernorats?|[Gg]obernacion(?:es)?|[Pp]refectur(?:es?|as?)"
    r"|[Cc]ommunit(?:y|ies)|[Cc]omunidad(?:es)?|[Cc]ommunautes?|[Ll]ocalit(?:y|ies|es?)"
    r"|[Ll]ocalidad(?:es)?|[Tt]erritor(?:y|ies)|[Tt]erritoires?|[Oo]blasts?|[Ii]slands?|[Ii]sles?"
    r"|[Aa]rrondissements?|[Cc]ircles?|[Pp]rovincial capital|[Cc]apital(?:e|es)?|[Zz]on(?:es?|as?)"
    r"|[Vv]alleys?|[Vv]alles?|[Aa]reas?|[Bb]arrios?|[Qq]uartiers?|[Nn]eighbou?rhoods?"
    r"|(?:[Rr]efugee )?[Cc]amps?|(?:REFUGEE )?CAMPS?|[Cc]ampamentos?"
    r"|[Cc]hefferies?|[Ss]ubcount(?:y|ies)|[Rr]ural)"
)
_OF = r"(?: (?:of|de|du|des|del|de la|de los|de las)| d')?"
# The earlier names of a list, and the names of smaller places inside the town or province.
_OTHER_NAMES = (
    r"(?:(?:the|and|as well as|of|de|del|du|des|la|el|los|las|le|les|y|e|et|ou|or|o|in|en|a) "
    r"|[dl]'|[A-Z][\w'-]*+[\s,;(/]{0,3}+)*$"
)
# "Direction Départementale de la Santé du Borgou": the office of a ministry in a territory.
_TERRITORIAL_OFFICE = (
    r"\b(?i:(?:direction|directorate|delegation|coordination|inspection|direccion|delegacion"
    r"|coordinacion|secretaria|subsecretaria|jefatura) (?:regionale?|provinciale?|departementale?"
    r"|departamental|territoriale?)|(?:regional|provincial|district|county) (?:directorate"
    r"|department|office|administration|delegation))"
)
_CUE_BEFORE = re.compile(
    r"\b(?:[Ii]n|[Nn]ear|[Aa]round|[Aa]cross|[Tt]hroughout|[Oo]utside|[Ii]nside|[Ww]ithin|[Ee]n"
    r"|[Dd]ans"
    r"|[Pp]res de|[Cc]erca de|[Tt]ravell?ed to|[Vv]isit(?:s|ed|ing)?(?: to)?|[Aa]rrived in|"
    rf"viaj(?:o|aron) a|visit(?:o|aron|a|an) (?:a )?) (?:(?:{_DIVISION}|[a-z]+ern|[a-z]+al"
    rf"|[a-z]+es|city|the|la|el|los|las|le|les|l') ?){{0,4}}{_OF} ?{_OTHER_NAMES}"
    rf"|\b{_DIVISION}(?: \d{{1,3}})?{_OF} {_OTHER_NAMES}"
    rf"|\b{_DIVISION}(?:,? (?:including|such as|namely|like|entre ell[oa]s|como|incluid[oa]s"
    rf"|incluyendo|dont|notamment|comme|a savoir)|(?: [a-z]+){{0,8}}:) {_OTHER_NAMES}"
    rf"|\b{_DIVISION} d'$"
    rf"|{_TERRITORIAL_OFFICE}(?: [\w'-]+){{0,8}}?"
    r" (?:(?:de|du|des|del|of)(?: la| las| los| the)? |d'|de l')"
    r"(?:[A-Z][\w'-]*+(?:,|,? (?:and|et|y)) (?:(?:de|du|del|of)(?: la| the)? |d'|de l'|l')?){0,4}$"
)
_A_BEFORE = re.compile(r"\b[Aa] (?:la |l')?$")  # "à Goma", "viaja a Quibdó"
_CUE_AFTER = re.compile(
    rf"(?:'s)?,? (?:[a-z]+ )?{_DIVISION}\b"
    r"|(?:'s)? (?:[Pp]rovincial |[Mm]unicipal |[Dd]istrict )?(?:Police|Government|Ministry"
    r"|Authority|Department of|Education|Health|Council|Assembly|High Court|General Hospital"
    r"|Prison|Bar)\b"
)
# Institutions that have the name of their town: "the Zugdidi Youth House".
_INSTITUTION_AFTER = re.compile(
    r"(?: [A-Z][\w'-]+){0,2} (?:House|Cent(?:re|er)|Shelter|Schools?|Hospital|Clinic|Prison|Court"
    r"|Police|Station|Camp|Market|Airport|Port|Municipality|Council|Orphanage)\b"
)
# "PESHAWAR, 28 November 2022:", "La Ceiba, Atlántida, 12 de diciembre".
_DATELINE_BEFORE = re.compile(r"(?:^|\n)(?:[A-Z][\w'. -]{1,30}, ){0,2}$")
_DATELINE_AFTER = re.compile(
    r"(?:,? ?\(?[A-Z][\w'. -]{1,30}\)?){0,2}"
    r"(?:, (?:le )?(?:[A-Z][a-z]+ )?\d|[.,]? ?[-–—]{1,2} |: | \(\w+\))"
)
# Words that make a place likely, and a person or a thing possible: "femmes de Douentza".
_INSTITUTION = (
    r"(?i:fiscalia|ministerio|gobierno|universidad|alcaldia|municipalidad|ayuntamiento|mairie"
    r"|prefecture|hopital|universite|gouvern\w+|police|policia|observatorio|observatoire|instituto"
    r"|secretaria|consejo|tribunal|diocesis|diocese|hospital|escuela|ecole|lycee|centro|centre|casa"
    r"|university|government|governor|mayor|bishop|college|schools?|clinic|parliament|court)"
)
_PERSONS = (
    r"(?:Women|Girls|Children|Families|Youth|Femmes|Filles|Enfants|Familles|Jeunes|Mujeres|Ninas"
    r"|Ninos|Familias|Jovenes)"
)
_FAINT_CUE_BEFORE = re.compile(
    rf"(?:\b[a-z]{{3,}}|\b{_PERSONS}|\b{_INSTITUTION}\b[^,.;]{{0,60}}) "
    r"(?:(?:de|du|del|of|from|to|vers|hacia|hasta|desde|pour|para|de la) |d'|de l')$"
)
_SURNAME_AFTER = re.compile(r" [A-Z][a-z]")
# A meeting in a donor country is often about other countries.
_MEETING = re.compile(
    r"\b(?i:conferen(?:ce|cia)s?|meetings?|seminars?|seminarios?|seminaires?|workshops?|forums?"
    r"|foros?"
    r"|summits?|congress|congreso|reunion(?:es|s)?|cumbre|sommet|ateliers?|talleres|taller"
    r"|sessions?"
    r"|sesiones|colloque|symposium)\b"
)
# "the forum was held in Lusaka", "tuvo lugar en Lima", "s'est tenu les 3 et 4 mai à Lomé".
_HELD_IN = re.compile(
    r"\b(?i:held|took place|taken place|organi[sz]ed|convened|hosted|gathered|met|tenue?s?"
    r"|ten(?:ait|u)|eu lieu|organisee?s?|deroulee?s?|reuni(?:e?s)?|tuv(?:o|ieron) lugar|realiz\w+"
    r"|celebr\w+|(?:llev\w+|llevad[oa]s?) a cabo|efectu\w+|desarroll\w+|reunieron|organiz\w+)\b"
    r"[^.;:()]{0,80}? (?:in|at|en|a|dans)"
    r"(?: (?:the|la|el)(?: (?:city|ville|ciudad|capital(?:e)?) (?:of|de))?)? "
    r"(?:[A-Z][\w'-]*+(?: [A-Z][\w'-]*+){0,2}(?:,|,? (?:and|et|y))(?: (?:in|at|en|a))? ){0,5}$"
)
# "attended a workshop in Accra", "une formation organisée à Accra", "un taller en Lima"
_COURSE = (
    r"(?:workshops?|trainings?|courses?|seminars?|ateliers?|formations?|seminaires?|taller(?:es)?"
    r"|cursos?|seminarios?|capacitacion(?:es)?)"
)
_AT_COURSE_BEFORE = re.compile(
    r"\b(?i:attend(?:ed|ing)|participated|took part|taken part|participe|assiste|asisti(?:o|eron)"
    rf"|particip(?:o|aron))\b[^.;:()]{{0,60}}? {_COURSE}(?: [\w'-]+){{0,6}}? (?:in|at|en|a) $"
    rf"|\b(?i:{_COURSE})(?: [\w'-]+){{0,6}}? (?:held|given|organi[sz]ed|conducted"
    r"|organisee?s?|tenue?s?|dispensee?s?|donnee?s?|celebrad[oa]s?|realizad[oa]s?|impartid[oa]s?"
    r"|organizad[oa]s?)"
    r"(?: [\w'-]+){0,4}? (?:in|at|en|a) $"
)

# "The coalition met in Entebbe", "s'est réunie à Lomé"
_MET_IN = re.compile(
    r"\b(?i:coalitions?|coalicion(?:es)?|networks?|reseaux?|red|redes|committees?|comites?|alliances?"
    r"|alianzas?|assembl(?:y|ies|ees?)|asambleas?|steering groups?|platforms?|plateformes?"
    r"|plataformas?|federations?|federacion(?:es)?|task forces?)\b[^.;]{0,100}?"
    r"\b(?:met|convened|gathered|(?:s'est|se sont) reuni(?:e?s?)|se (?:reunio|reunieron|reune"
    r"|reunen))(?: [a-z]+){0,2} (?:in|at|en|a) (?:la |el |the )?$"
)
# "a study visit took them to Kigali"
_VISIT_BEFORE = re.compile(
    r"\b(?i:(?:study|exchange|learning) (?:visits?|tours?|trips?)"
    r"|(?:visites?|voyages?|missions?|sejours?) (?:d'etudes?|d'echanges?)|pasantias?"
    r"|(?:visitas?|giras?|viajes?) de (?:estudios?|intercambio))\b[^.;:()]{0,80}? (?:to|in|at|a"
    r"|en) $"
)
# "the police school of Dakar hosted trainees from Chad"
_HOSTS_AFTER = re.compile(
    r" (?:has |had |a |ha )?(?:hosted|welcomed|accueilli|abrite|acogi(?:o|do))\b[^.;:()]{0,60}?"
    r"\b(?i:trainees|participants|delegates|delegations?|officers|judges|workshops?|trainings?"
    r"|meetings?|conferences?|seminars?|stagiaires|participante?s?|ateliers?|formations?|reunions?"
    r"|seminaires?|policiers|magistrats|pasantes|talleres|taller|reunion(?:es)?|seminarios?|juezas"
    r"|jueces|delegacion(?:es)?)\b"
)


def has_cue(mention: Mention) -> bool:
    """Return whether the words around a name show that it is a place."""
    before, after = mention.before, mention.after
    if _CUE_BEFORE.search(before) or _CUE_AFTER.match(after):
        return True
    if _A_BEFORE.search(before) and not _SURNAME_AFTER.match(after):
        return True
    if not mention.is_donor and _INSTITUTION_AFTER.match(after):
        return True
    return bool(_DATELINE_BEFORE.search(before) and _DATELINE_AFTER.match(after))


def has_faint_cue(mention: Mention) -> bool:
    """Return whether the words before a name make it likely that it is a place."""
    is_name = not mention.entry.form.isupper()  # in capitals it is an acronym: "de l'ANAR"
    has_surname = _SURNAME_AFTER.match(mention.after) is not None
    return is_name and not has_surname and _FAINT_CUE_BEFORE.search(mention.before) is not None


def hosts_meeting(mention: Mention, sentence: str) -> bool:
    """Return whether the text says that a meeting was held in a city or town."""
    before = mention.before
    if _AT_COURSE_BEFORE.search(before) or _VISIT_BEFORE.search(before):
        return True
    if _HOSTS_AFTER.match(mention.after) or _MET_IN.search(before):
        return True
    held = _HELD_IN.search(mention.before)
    return held is not None and _MEETING.search(sentence) is not None


def is_venue(mention: Mention, sentence: str) -> bool:
    """Return whether a place in a donor country may be only the venue of a meeting."""
    return mention.is_donor and _MEETING.search(sentence) is not None
