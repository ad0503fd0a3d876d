"""Rules that decide from the words around a year whether something happened then.

Each rule is for English, French and Spanish, and holds for any text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from indexer.importing.background_years import MONTH_AND_DAY, judge_background
from indexer.importing.dates_of_origin import is_date_of_origin, is_only_background, is_target
from indexer.importing.evidence import Verdict
from indexer.importing.gazetteer import strip_accents

MAX_WORDS_BEFORE, MAX_WORDS_AFTER = 300, 120  # characters of its sentence around a year

_SENTENCE_START = re.compile(
    r"(?<!\bNo)(?<!\bNos)(?<!\bArt)(?<!\bart)(?<!\bDr)(?<!\bMr)(?<!\bSt)[.!?][\"”»)]?\s+"
    r"(?=[A-Z\"“«¿¡(\[])|\n"
)
_ARTICLE = r"(?:the|a|an|le|la|les|l'|el|los|las|un|une|una|its|their|son|sa|leur|su|this)"

# An earlier project, which the project of the text follows.
_PROJECT = (
    r"(?:[Pp]rojects?|[Pp]rogramme?s?|[Pp]rograms?|[Pp]hases?|[Ii]nitiatives?|[Pp]ilot|[Pp]rojets?"
    r"|[Pp]royectos?|[Pp]rogramas?|[Ff]ases?|[Ii]niciativas?|[Pp]ilot[eo]|[Ii]nterventions?"
    r"|[Ii]ntervencion(?:es)?)"
)
_EARLIER = (
    r"(?:previous|preceding|earlier|predecessor|prior|pilot|first|initial|successful"
    r"|precedente?s?|anterieure?s?|pilote?|premiere?|initiale?|anterior(?:es)?|previ[oa]s?"
    r"|primer[oa]?|inicial"
    r"|piloto)"
)
_EARLIER_PROJECT = (
    rf"(?:{_EARLIER} (?:[\w'-]+ ){{0,4}}?{_PROJECT}\b|{_PROJECT}(?: [\w'-]+)? {_EARLIER}\b)"
)
_FOLLOWS = (
    r"\b(?i:buil(?:ds?|ding|t) (?:up)?on|follow(?:s|ed|ing)?[- ]?up (?:of|to|on)"
    r"|continuation (?:of|to)|(?:successor|sequel) (?:of|to)"
    r"|f(?:ait|aisant|ont|era) suite|dans (?:la continuite|le prolongement|la (?:suite|lignee))"
    r"|prend la suite|succede a"
    r"|da(?:r|n|ndo|ra)? (?:continuidad|seguimiento|continuacion)|(?:en|es|como|la) (?:continuidad"
    r"|continuacion|seguimiento)|se (?:basa|apoya|sustenta) en|basandose en)\b"
    rf"[^.;,()]{{0,80}}?\b(?:{_PROJECT}|(?i:actions?|activit(?:y|ies|es?)|acciones|actividades))\b"
)
_CONTINUES = (
    r"\b(?i:follow(?:s|ed|ing)?(?: on)?(?: from)?|continu\w+|exten\w+|expan\w+|scal\w+ up"
    r"|draw\w* (?:up)?on"
    r"|based (?:up)?on|complement\w*|consolid\w+|succeeds?|replicat\w+|lessons (?:learned|learnt)"
    r"|results|achievements|outcomes|success(?:es)?|experience"
    r"|a la suite|suite (?:a|au|aux|du)|prolong\w+|poursui\w+|s'appu\w+ sur"
    r"|(?:se fond\w+|capitalis\w+) sur|tir\w+ (?:les |des )?(?:lecons|enseignements)|acquis"
    r"|sur la base|prosigu\w+|ampli\w+|profundiz\w+|sobre la base|a partir|lecciones aprendidas"
    r"|resultados|logros|tras)\b"
    rf"[^.;,()]{{0,60}}?\b{_EARLIER_PROJECT}"
)
_CARRIED_OUT = (
    r"(?:implemented|carried out|conducted|launched|completed|concluded|undertaken|executed|run"
    r"|funded|financed|started|initiated|ended|menee?s?|mise?s? en (?:oeuvre|œuvre)|realisee?s?"
    r"|executee?s?|lancee?s?|achevee?s?|terminee?s?|conduite?s?|financee?s?|ejecutad[oa]s?"
    r"|implementad[oa]s?|realizad[oa]s?|llevad[oa]s? a cabo|desarrollad[oa]s?|iniciad[oa]s?"
    r"|finalizad[oa]s?|concluid[oa]s?|financiad[oa]s?|lanzad[oa]s?)"
)
_QUOTED = r"\"[^\"]{0,150}\"|“[^”]{0,150}”|«[^»]{0,150}»"
# The words that follow in the same clause, up to its next verb or purpose.
_REST_OF_CLAUSE = (
    rf"(?:{_QUOTED}|(?! (?:by|to|and|with|et|pour|avec|en \w+ant|y|e|para|con|mediante) )"
    r"[^.;,()\"“”«»])"
)
_EARLIER_BEFORE = re.compile(
    rf"(?:{_FOLLOWS}|{_CONTINUES}){_REST_OF_CLAUSE}{{0,100}}?(?: ?\([^()\d]{{0,60}}\))?"
    rf"(?:,? ?\([^()]{{0,60}}|,? (?:which|that|qui|que|{_CARRIED_OUT})\b{_REST_OF_CLAUSE}{{0,100}}"
    r"| (?:of|from|de|del|du)(?: the years| los anos| annees)? )$"
)
_FOLLOWS_BEFORE = re.compile(
    r"\b(?i:buil(?:ds?|ding|t) (?:up)?on|follow(?:s|ed)?[- ]?up (?:of|to|on)|continuation of"
    rf"|successor (?:of|to)|draw\w* (?:up)?on)\b[^.;,()]{{0,60}} {_ARTICLE} $"
)
_PROJECT_AFTER = re.compile(rf" (?:[\w'-]+ ){{0,3}}?{_PROJECT}\b")

# A target is reached later, if at all: "aims to reach 25,000 children by 2017".
_AIM = (
    r"\b(?i:aim(?:s|ed|ing)?|goals?|targets?|targeting|objectives?|intend(?:s|ed|ing)?|seek(?:s"
    r"|ing)?"
    r"|sought|hop(?:es|ed|ing)|plan(?:s|ned|ning)? to|will|shall|expect(?:s|ed|ing)? to|pledg\w+"
    r"|commit(?:s|ted|ment)|ambition|striv\w+)\b"
)
_ENDS = r"(?: to)?(?: be)? (?:complet\w*|finish\w*|conclud\w*|finali[sz]\w*|end(?:ed)? by)\b"
_DONE = r"(?<!will)(?<!shall)(?<! to) (?:had|has|have|were|was)\b(?! to\b)"
_TARGET_BEFORE = re.compile(
    rf"{_AIM}(?!{_ENDS})(?:(?!{_DONE})[^.;]){{0,160}}? (?i:by|no later than) "
    r"(?:the (?:end|start|middle) of |end[- ](?:of )?|mid-)?(?:the year )?(?:[A-Z][a-z]{2,8} )?$"
    rf"|^(?!.*\b(?i:achev|termin|conclu|clotur|prendr\w* fin)).*\b[Dd]'ici [^.;,()\d]{{0,30}}$"
    r"|\bhorizon(?:te)?(?: (?:de |del )?(?:l'annee|l'an|el ano|ano))? $"
    r"|\b(?:[Cc]on (?:miras|vistas) a|[Dd]e aqui a|[Vv]ision a)"
    r"(?:l| la| el)?(?: (?:ano|finales de|fines de))? $"
    r"|\b(?i:vis(?:e|ent|ant|ait)|objectifs?|cibles?|ambition\w*|prevoi\w+|entend(?:ent)?|espere\w*"
    r"|s'est fixe|s'est engagee?)\b(?:(?! (?:avai\w+|ont|a ete|etai\w+|fut) )[^.;]){0,160}?"
    r" (?:avant|pour) (?:la )?(?:fin )?(?:de )?(?:l'annee |l'an )?$"
    r"|\b(?i:objetivos?|metas?|pretend\w+|aspira\w*|busca\w*|se (?:espera|preve|propone)"
    r"|compromet\w+|compromiso)\b(?:(?! (?:habia\w*|han?|fue|fueron|se logro) )[^.;]){0,160}?"
    r"(?<!plan)(?<!proyecto)(?<!programa)(?<!presupuesto)(?<!previst[oa])(?<!previst[oa]s)"
    r" (?:para|antes de)(?:l| el)?(?: (?:ano|finales de|fines de))? $"
)

# The year of something that an activity only refers to. It counts if the text has no other year.
_LAW = (
    r"(?:[Ll]aws?|Acts?|[Cc]odes?|[Cc]onstitution|Ordinance|[Dd]ecree|[Ll]ey(?:es)?|[Ll]ois?"
    r"|[Cc]odigo"
    r"|[Cc]onstitucion|[Dd]ecreto|[Oo]rdonnance|[Oo]rdenanza|[Dd]ecret|Estatuto|[Dd]ahir"
    r"|[Aa]rretes?|[Cc]irculaires?|[Cc]ircular(?:es)?|[Rr]eglamento|[Rr]egulations?"
    r"|[Pp]eace [Aa]greement|[Aa]ccord de paix|[Aa]cuerdo de [Pp]az)"
)
_ELECTION = r"(?i:elections?|referendum|elecciones|comicios|scrutin)"
_FIGURES = (
    r"(?i:census|data|figures|statistics|recensement|donnees|chiffres|statistiques|censo|datos"
    r"|cifras|estadisticas)"
)
# A study that is cited: "according to the 2014 Demographic and Health Survey".
_STUDY = (
    r"(?i:surveys?|census|stud(?:y|ies)|reports?|assessment|enquete|recensement|etude|rapport"
    r"|encuesta|censo|estudio|informe)"
)
_CITED = r"\b(?:[Aa]ccording to|[Ss]elon|[Dd]'apres|[Ss]egun|[Dd]e acuerdo con)\b[^.;,]{0,100}?"
_CITED_STUDY_BEFORE = re.compile(rf"{_CITED}\b{_STUDY}\b[^.;,]{{0,60}}?[ (]$")
_CITED_BEFORE = re.compile(rf"{_CITED} $")
_STUDY_AFTER = re.compile(rf" (?:[\w'&-]+ ){{0,5}}?{_STUDY}\b")
_HISTORY = (
    r"(?i:independence|independencia|independance|genocide|genocidio|coup(?: d'etat)?"
    r"|golpe de Estado|civil war|guerre civile|guerra civil|World Conference on Women"
    r"|Conference mondiale sur les femmes|Conferencia Mundial sobre la Mujer)"
)
_CHANGES = (
    r"(?i:changes?|amendments?|reforms?|revisions?|modifications?|reformes?|reformas?|cambios?"
    r"|enmiendas?|modificaci(?:on|ones))"
)
_OF = rf" ?(?:,|\(| of| de| del| du| d'|(?<=\w) in| en)(?: ?l'annee| ano)? ?{MONTH_AND_DAY}$"
_ONLY_NAME = (
    r"(?:(?! (?:adopted|passed|enacted|approved|came|entered|was|were|is|has|had|which|that|since"
    r"|adopte\w*|promulgu\w*|vote\w*|aprob\w*|adopt\w+|sancionad\w+|entr[eo]\w*|fue|est|a|se|en"
    r"|in)\b)"
    r"[^.;,()\d]|\b(?:[Nn]o|n[°º])\.? ?[\d/-]+| \d{1,4}(?:[-.]\d{1,4})?(?=[ ,])){0,90}?"
)
_REFERENCE_BEFORE = re.compile(
    rf"\b{_LAW}\b{_ONLY_NAME}(?:,? | ?\((?:of )?|,?(?: of| de| del| du) {MONTH_AND_DAY})$"
    rf"|\b{_LAW}(?: (?:[Nn]o|n[°º])\.?)? ?\d{{1,4}}[/-]$"
    rf"|\b{_CHANGES} (?:of|to|in|de|des|du|del|a) (?:[\w'-]+ ){{0,4}}?(?i:laws?|codes?|legislation"
    r"|constitution|lois?|legislacion|ley(?:es)?|codigo|constitucion)(?: [\w'-]+){0,3}?"
    rf"{_OF}"
    rf"|\b{_ELECTION}(?: [\w-]+(?:les|aux|as|ives|ivas)){{0,2}}{_OF}"
    rf"|\b{_FIGURES}(?: [\w'-]+){{0,3}}? (?:of|from|for|de|del|du|pour|para)"
    rf"(?: ?l'annee| ano)? {MONTH_AND_DAY}$"
    rf"|\b{_HISTORY}(?: [\w'-]+){{0,4}}?{_OF}"
    r"|\b(?:was|,) born (?:in|on) [^.;()\d]{0,40}?$|\(born (?:in )?$"
    r"|\b(?:nacid[oa]|nacio)(?: en [A-Z][\w '-]{2,30}?,?)?"
    rf" (?:en|el){MONTH_AND_DAY} ?(?:de )?$"
)
_BORN_BEFORE = re.compile(  # with accents: "ne" is a negation
    r"\b[Nn]ée? (?:en|le|à [A-Z][\w '-]{2,30}?(?: en)?)(?: \d{1,2}(?:er)? [\wéû]+)? ?$"
)
_REFERENCE_AFTER = re.compile(
    rf" (?:[A-Za-z][\w'&-]* ){{0,4}}?(?:{_LAW}\b(?! of (?:Conduct|Practice|Ethics))"
    rf"|{_STUDY}\b"
    r"|Bill\b|(?:post-?)?(?i:elections?|electoral|referendum)\b)"
    rf"|(?: [\w'-]+)? (?:{_FIGURES}|{_HISTORY})\b"
)
_BEFORE_ATTRIBUTE = re.compile(r"(?:\b(?:[Tt]he|[Ii]ts|[Tt]heir|an?|[A-Z][a-z]+(?:an|ese|i))|'s) $")
_PLAN = (
    r"(?:Strateg(?:y|ies)|Plans?|Framework|Polic(?:y|ies)|Strategie|Politique|Estrategia|Politica"
    r"|Marco|Cadre|strategy|(?:action |national )plans?|plan (?:d'action|de accion))"
)
_UNDER_PLAN_BEFORE = re.compile(
    r"\b(?i:in line with|in accordance with|aligned (?:with|to)|consistent with|pursuant to"
    r"|contribut\w+ to|as part of|as outlined in|under|conformement (?:a|au|aux)"
    r"|en accord avec|aligne\w* sur|en coherence avec|contribu\w+ (?:a|al|au|aux)|dans le cadre"
    r"|en el marco|en linea con|de conformidad con|de acuerdo con|alinead[oa]s? (?:a|al|con)"
    rf"|enmarcad[oa]s? en|acorde (?:a|al|con))\b[^.;()]{{0,120}}?\b{_PLAN}\b[^.;()]{{0,80}}?"
    r"[ (]$"
)


def judge_year(text: str, plain: str, start: int, end: int, years: int) -> Verdict:
    """Decide whether the year or range text[start:end] says when something happened.

    plain: the text after strip_accents(). years: how many years the range has.
    """
    before = plain[max(0, start - MAX_WORDS_BEFORE) : start]
    sentence_start = max((m.end() for m in _SENTENCE_START.finditer(before)), default=0)
    before, after = before[sentence_start:], plain[end : end + MAX_WORDS_AFTER]
    is_earlier = _FOLLOWS_BEFORE.search(before) and _PROJECT_AFTER.match(after)
    if is_earlier or _EARLIER_BEFORE.search(before):
        return "no proof"
    if is_only_background(before, after):
        return "no proof"
    background = judge_background(before, after, years)
    if _TARGET_BEFORE.search(before) or is_target(before, after) or background == "no proof":
        return "no proof"
    is_attribute = _BEFORE_ATTRIBUTE.search(before) and _REFERENCE_AFTER.match(after)
    is_citation = _CITED_STUDY_BEFORE.search(before) or (
        _CITED_BEFORE.search(before) and _STUDY_AFTER.match(after)
    )
    if is_attribute or is_citation or _REFERENCE_BEFORE.search(before):
        return "weak proof"
    if _BORN_BEFORE.search(text[max(0, start - MAX_WORDS_AFTER) : start]):
        return "weak proof"
    is_under_plan = years > 1 and _UNDER_PLAN_BEFORE.search(before)
    if is_under_plan or is_date_of_origin(before, after):
        return "weak proof"
    return background or "proof"


def proven_years(text: str, years: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield the years in which something happened, with their offsets.

    Weak proofs are yielded only if there is no proof.
    """
    plain = strip_accents(text)
    lengths = Counter((start, end) for _, start, end in years)
    judged = {span: judge_year(text, plain, *span, length) for span, length in lengths.items()}
    best = "proof" if "proof" in judged.values() else "weak proof"
    for year, start, end in years:
        if judged[start, end] == best:
            yield year, start, end
