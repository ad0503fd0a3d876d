"""Rules for countries that a text names only as background: crises elsewhere, models, examples.

Such a country counts only if the text has no other.
"""

from __future__ import annotations

import re

from indexer.importing.gazetteer import Mention

_ARTICLE = r"(?:the |la |le |les |el |los |l'|Republic of )?"
# An activity follows the example of another country.
_MODEL_BEFORE = re.compile(
    r"(?:(?:^|[.;:] )(?:(?:Just )?[Ll]ike|Unlike|As in|Comme (?:au|aux|en)|A l'exemple d(?:e|u|es)"
    r"|A (?:ejemplo|semejanza) del?|Al igual que(?: en)?"
    r"|Como en|A diferencia de|A l'instar (?:de|du|des))"
    r"|\b(?:[Ff]ollowing|[Oo]n|[Aa]fter) the (?:example|model|experience|success)s? (?:of|in|from)"
    r"|\b(?:[Mm]odell?ed (?:on|after)|[Ii]nspired by)(?: the)?(?: \w+ (?:of|in|from))?"
    r"|\b(?:[Bb]as|[Dd]raw|[Bb]uild|[Rr]ely)\w* (?:up)?on (?:the )?(?:experiences?|models?|lessons"
    r"|examples?|good practices)(?: learned)? (?:of|from|in)"
    r"|\b[Ii]nspire\w*(?: du modele)? (?:de|du|des|par)"
    r"|\b(?:[Ss]ur|[Ss]elon) le modele (?:de|du|des)"
    r"|\b(?:[Ss]iguiendo|[Ss]egun|[Bb]ajo) el (?:modelo|ejemplo) (?:del?)"
    r"|\b(?:[Bb]asad|[Ii]nspirad)[oa]s? en(?: (?:la experiencia|el modelo|el ejemplo) del?)?)"
    rf" {_ARTICLE}(?:[A-Z]\w+ (?:and|et|y) )?$"
)
_MODEL_AFTER = re.compile(r" (?:model|experiences?|approach|methodology|example)\b")
_DEMONYM_MODEL_BEFORE = re.compile(
    r"\b(?:modelo|modele|experiencias?|experiences?|ejemplo|exemple) $"
)
# "used the India experience"
_NAMED_MODEL_BEFORE = re.compile(r"\b(?:the|of|on|from|by) $")
_NAMED_MODEL_AFTER = re.compile(r"(?:'s)? (?:model|experiences?|example)\b(?! of (?:the )?[A-Z])")
_EXPERIENCE = (
    r"(?:(?:experiences?|lessons|models?|examples?|experiencias?|lecciones|modelos?|ejemplos?"
    r"|lecons"
    r"|enseignements|modeles?|exemples?)(?: (?:learned|learnt|tirees|tires|aprendidas))?"
    r"|(?:good|best) practices|buenas practicas|bonnes pratiques)"
)
_OF = r"(?:(?:of|from|de|du|des|del) |d'|de l')"
# Its experience is used or shown elsewhere: "compartimos la experiencia de Costa Rica".
_SHARED_BEFORE = re.compile(
    r"\b(?i:us(?:e[ds]?|ing)|draw\w*|drew|appl(?:y|ied|ies|ying)|adapt\w*|learn\w*|stud(?:y|ied|ies"
    r"|ying)|shar(?:e|ed|es|ing)|present(?:ed|s|ing)?|replicat\w+|inform\w*|util\w+|s'inspir\w+"
    r"|tir(?:e|es|ent|er|ant)|repren\w+|etudi\w+|partag\w+|appliqu\w+|compart\w+|presentaron"
    r"|presento|presentan?|presente\w*|conoc\w+|aprovech\w+|aplic\w+|retom\w+|aprend\w+|estudi\w+"
    r"|tom(?:o|aron|ando|an?)"
    rf"|recog\w+)\b(?: [\w'-]+){{0,4}}? (?:l')?{_EXPERIENCE} {_OF}{_ARTICLE}"
    r"(?:[A-Z]\w+,? (?:and|et|y) (?:de |du |del |of |from )?)?$"
)
_EXPERIENCE_OF_BEFORE = re.compile(
    rf"\b(?:[Tt]he|[Ll]es|[Ll]as?|[Ll]')? ?{_EXPERIENCE} (?:in |en |aux? |{_OF})$", re.IGNORECASE
)
_WAS_SHARED_AFTER = re.compile(
    r" (?:informed|inspired|guided|(?:ont|a) (?:inspire|guide)|inspir(?:o|aron)|orient(?:o|aron))\b"
    r"|"
    r" (?:was|were|fue|fueron|a ete|ont ete) (?:presented|shared|used|studied|applied"
    r"|presentad[oa]s?|compartid[oa]s?|utilizad[oa]s?|presentee?s?|partagee?s?|utilisee?s?)\b"
)
# "Such units exist around the world, for example in Brazil or Chile."
_EXAMPLE_BEFORE = re.compile(
    r"\b(?i:(?:around|across|in|throughout) the world|worldwide|elsewhere|as in other countries"
    r"|alrededor del mundo|en (?:todo )?el mundo|como en otros paises"
    r"|(?:a travers|dans) le monde|ailleurs|comme dans d'autres pays)[^.;()]{0,20}?,? "
    r"(?:for example|for instance|e\.g\.|such as|like|as|por ejemplo|como|par exemple|comme"
    r"|notamment|a l'instar)(?:,| in| en| au| aux| de| du)? "
    r"(?:(?:in|en|au|aux|the|la|el|les|los|y|e|et|o|u|ou|or|and|de|del|du) |[dl]'"
    r"|[A-Z][\w'-]*+[\s,]{0,2}+){0,16}$"
)
# A crisis or disaster elsewhere is only the reason for an activity.
_CRISIS_BEFORE = re.compile(
    r"\b(?i:since|following|after|in response to|in the wake of|en reponse a|en respuesta a"
    r"|due to|because of|as a (?:result|consequence) of|owing to|amid"
    r"|(?:displaced|caused|triggered|uprooted|provoked) by|en raison|suite|a la suite|a cause"
    r"|depuis|apres|(?:deplacee?s|chassee?s|provoquee?s?|causee?s?) par|debido a|a causa|tras|desde"
    r"|despues|a raiz|como consecuencia|(?:desplazad|provocad|causad)[oa]s? por)"
    r"(?: [\w'-]+){0,5}? (?:l')?(?i:wars?|conflicts?|cris[ei]s?|fighting|hostilities|violences?"
    r"|insecurity|coup|unrest|insurgency|persecution|earthquakes?|hurricanes?|cyclones?|floods"
    r"|tsunami|outbreaks?|guerres?|conflits?|combats|hostilites|insecurite|persecutions?|seismes?"
    r"|ouragans?|inondations|guerras?|conflictos?|violencia|hostilidades|inseguridad|terremotos?"
    r"|huracan|inundaciones)(?: \w+| (?:of|de|du|d')(?: ?\w+)?(?: de)? \d{4})?"
    rf" (?:(?:in|of|within|across|en|au|aux|dans|de|du|des|del|a) |d'){_ARTICLE}"
    rf"(?:[A-Z][\w'-]*(?: [A-Z][\w'-]*)?,? (?:and|et|y) (?:(?:in|en|au|aux|de|du) )?{_ARTICLE})?$"
)
# "the conflict in neighbouring Sudan", "le conflit au Soudan voisin"
_CRISIS_IN = r"\b(?i:wars?|conflicts?|cris[ei]s?|fighting|violences?|guerres?|conflits?|guerras?"
_CRISIS_NEAR_BEFORE = re.compile(
    rf"{_CRISIS_IN}|conflictos?|violencia) (?:in|of|en|de|du) "
    r"(?:(?:the )?neighbou?ring|la vecina|el vecino) $"
)
_CRISIS_IN_BEFORE = re.compile(rf"{_CRISIS_IN}) (?:en|au|aux) $")
# "the conflict in South Sudan has forced people to flee"
_CRISIS_OF_BEFORE = re.compile(
    rf"{_CRISIS_IN}|conflictos?|violencia) (?:in|of|en|au|aux|de|du) {_ARTICLE}$"
)
_DRIVES_AFTER = re.compile(
    r" (?:(?:has|had|have|a|ont|avait|ha|han|habia) )?(?:forced|displaced|driven|pushed|uprooted"
    r"|contraint|pousse|force|provoque|deplace|chasse|oblig(?:o|ado)|provoc(?:o|ado)|desplaz(?:o"
    r"|ado)"
    r"|forz(?:o|ado))\b"
)
_NEAR_AFTER = re.compile(r" voisine?s?\b")


def is_model(mention: Mention) -> bool:
    """Return whether a country serves as a model or as an example."""
    before, after = mention.before, mention.after
    if _MODEL_BEFORE.search(before) or _SHARED_BEFORE.search(before):
        return True
    if mention.entry.kind == "demonym":
        return bool(_MODEL_AFTER.match(after) or _DEMONYM_MODEL_BEFORE.search(before))
    if _NAMED_MODEL_AFTER.match(after) and _NAMED_MODEL_BEFORE.search(before):
        return True
    if _WAS_SHARED_AFTER.match(after) and _EXPERIENCE_OF_BEFORE.search(before):
        return True
    return _EXAMPLE_BEFORE.search(before) is not None


def is_crisis(mention: Mention) -> bool:
    """Return whether a country is only the place of a crisis that caused an activity."""
    before, after = mention.before, mention.after
    if mention.entry.kind != "name":
        return False
    if _NEAR_AFTER.match(after) and _CRISIS_IN_BEFORE.search(before):
        return True
    if _DRIVES_AFTER.match(after) and _CRISIS_OF_BEFORE.search(before):
        return True
    return bool(_CRISIS_BEFORE.search(before) or _CRISIS_NEAR_BEFORE.search(before))
