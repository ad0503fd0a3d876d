"""Request words: the words around the topic of a search, in the UN languages and Portuguese.

"What has been done about", "do we have anything on" and "please send me information on" do not
describe the activities that a person searches for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from indexer.text.folding import fold
from indexer.text.stop_words import stop_words


class RequestWords(NamedTuple):
    """The folded request words of a language. A word may have several functions."""

    openers: frozenset[str]  # question words, auxiliary verbs and pronouns before a request
    predicates: frozenset[str]  # verbs of requests: "done", "know", "find"
    objects: frozenset[str]  # generic nouns, and adverbs: "information", "projects"
    links: frozenset[str]  # words between a noun and the topic: "about", "on"
    courtesies: frozenset[str]  # "please", "thanks"; ignored at both ends of a search


# Openers, predicates, objects, links and courtesies by language, not folded.
_LISTS: Mapping[str, tuple[str, str, str, str, str]] = {
    "en": (
        "what which who whom whose where when why how do does did have has had is are was were can "
        "could would should shall may might i we you they anyone anybody someone somebody "
        "everyone everything tell show give send find get share provide let see looking m "
        "ve d re ll",
        "done do did doing know known happened happens find see get learn learned exist exists "
        "many much ever already recently",
        "anything something everything information info material materials document documents "
        "documentation activity activities project projects programme programmes program programs "
        "initiative initiatives work worked working works help want need wish like seek seeking "
        "search searching looking look interested read reading heard hear tell show give send "
        "share provide example examples list overview summary detail details kind kinds type types "
        "sort sorts many much ever already recently yet so far there one ones anyone anybody "
        "someone somebody available made make going got gotten been being us me regarding "
        "concerning respect relating related topic subject",
        "about on of regarding concerning",
        "please thanks thank thx hello hi dear kindly",
    ),
    "fr": (
        "que qu quoi quel quelle quels quelles qui où comment combien pourquoi quand est a ai as "
        "avons avez ont y je j nous vous on peut peux pouvez pouvons pourriez existe sait savons "
        "cherche cherchons voudrais voudrions aimerais montre montrez donne donnez envoyez "
        "dites trouver",
        "fait faites faits faire sait savons savez connaît passe passé existe existent trouve "
        "trouver avons a mené menées menés réalisé réalisée réalisées été",
        "chose quelque information informations info infos renseignement renseignements document "
        "documents documentation projet projets activité activités programme programmes "
        "initiative initiatives travail travaux travaillé exemple exemples liste aperçu rien "
        "besoin moi propos sujet matière cadre domaine concernant concerne relatif relatifs "
        "relative relatives déjà cherche recherche chercher savoir voir lire parler",
        "sur concernant",
        "merci svp bonjour cordialement plaît",
    ),
    "es": (
        "qué que cuál cuáles cual cuales quién quiénes quien quienes dónde donde cómo como cuánto "
        "cuánta cuántos cuántas cuándo hay hemos ha han se tenemos tiene tienen yo nosotros puede "
        "pueden puedo podría podrían existe existen busco buscamos necesito quiero quisiera "
        "muestre muestra dime dígame envíe envíen dónde encontrar sabemos",
        "hecho hace hacemos hicimos hizo hicieron sabe sabemos existe existen hay tenemos "
        "encontrar encuentro pasó pasa ocurrió ocurre realizado realizadas realizados",
        "algo alguna algunas alguno algunos algún nada información informaciones material "
        "materiales documento documentos documentación proyecto proyectos actividad actividades "
        "programa programas iniciativa iniciativas trabajo trabajos trabajado ejemplo ejemplos "
        "lista resumen acerca respecto relación relativo relativos relativa relativas materia "
        "marco tema ámbito ya saber ver leer busco buscar me nos",
        "sobre acerca",
        "favor gracias hola saludos",
    ),
    "pt": (
        "o que quê qual quais quem onde como quanto quanta quantos quantas quando há temos tem têm "
        "foi foram se nós eu pode podem posso poderia existe existem procuro preciso quero "
        "gostaria mostre mostra diga envie encontrar sabemos",
        "feito faz fazemos fizemos fez fizeram sabe sabemos existe existem há temos encontrar "
        "encontro aconteceu acontece realizado realizadas realizados",
        "algo alguma algumas algum alguns nada informação informações material materiais "
        "documento documentos documentação projeto projetos projecto projectos atividade "
        "atividades actividade actividades programa programas iniciativa iniciativas trabalho "
        "trabalhos trabalhado exemplo exemplos lista resumo acerca respeito relação relativo "
        "relativos relativa relativas matéria tema âmbito já saber ver ler procuro procurar me "
        "nos coisa",
        "sobre acerca",
        "favor obrigado obrigada olá",
    ),
    "ru": (
        "что чего кто кого где куда как когда почему зачем какой какая какое какие каких каким "
        "какими сколько ли есть было были мы вы я нам вам можно можете могу найти ищу ищем "
        "покажите расскажите дайте пришлите нужна нужны нужно",
        "сделано сделали сделал сделала делается делали делаем делать известно знаем знаете есть "
        "имеется имеются существует существуют было были происходит произошло проводится "
        "проводились проведено проведены принято приняты принимаются",
        "информация информацию информации сведения материал материалы материалов документ "
        "документы документов проект проекты проектов деятельность мероприятия мероприятий "
        "программа программы программ инициатива инициативы работа работы работу пример примеры "
        "список обзор что нибудь либо то какой какая какие уже рамках сфере области теме вопросу "
        "касающиеся касающийся касающаяся относительно связанные",
        "о об обо по",
        "пожалуйста спасибо здравствуйте",
    ),
    "ar": (
        "ماذا ما من أين كيف متى كم هل لماذا أي هناك لدينا يوجد توجد أريد نريد أبحث نبحث أعطني "
        "أرسل أرسلوا أخبرني نحن",
        "فعلنا فعلت فعل فعلتم تم جرى حدث عملنا قمنا نعرف نعلم يوجد توجد هناك لدينا هي هو",
        "معلومات معلومة وثائق وثيقة مواد مشروع مشاريع نشاط أنشطة برنامج برامج مبادرة مبادرات "
        "أعمال عمل شيء أي أمثلة قائمة المشاريع الأنشطة البرامج المعلومات المتعلقة الخاصة",
        "عن حول بشأن بخصوص",
        "فضلك شكرا مرحبا رجاء",
    ),
}


@cache
def request_words(language: str) -> RequestWords:
    """Return the request words of a language in LANGUAGES."""
    openers, predicates, objects, links, courtesies = (
        frozenset(fold(word) for word in text.split()) for text in _LISTS[language]
    )
    return RequestWords(openers, predicates, objects, links, courtesies)


@cache
def words_around_a_topic(language: str) -> frozenset[str]:
    """Return all request words and stop words of a language, folded."""
    return frozenset().union(*request_words(language), stop_words(language))


LANGUAGES = tuple(_LISTS)
"""The primary subtags of the languages that have request words."""
FIRST_WORDS = frozenset().union(
    *(request_words(language).openers | request_words(language).objects for language in LANGUAGES)
)
"""The folded words that a request can start with, in any language, except courtesies."""
COURTESIES = frozenset().union(*(request_words(language).courtesies for language in LANGUAGES))
"""The folded courtesies of all languages."""
