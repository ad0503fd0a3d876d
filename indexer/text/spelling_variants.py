"""British and American spellings of English words, such as organise and organize.

Verbs in -ise and -yse follow a rule, and so do the words derived from them. All other words are
built from tables of stems and endings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

# -ise and -ize, -yse and -yze, with the endings that preserve the difference. Words with a vowel
# before them do not follow the rule (raise, noise, seize).
_ISE = re.compile(
    r"(.{2,}[^aeou])i([sz])"
    r"(e|ed|es|er|ers|able|ably|ability|ation|ations|ational|ationally|ement|ing|ingly)"
)
_YSE = re.compile(r"(.+l)y([sz])(e|ed|es|er|ers|able|ing)")
_VERBS = (("i", "is", "iz", _ISE), ("y", "ys", "yz", _YSE))
# Stems before -ise or -ize that have one spelling in both countries: supervise, downsize.
_ONE_SPELLING = re.compile(
    r"(?:un|in|re|mis|dis|en|disen)?"
    r"(?:advert|adv|appr|chast|chem|circumc|compr|comprom|conc|dem|desp|dev|enterpr|exc|exerc|"
    r"expert|franch|improv|inc|merchand|moonr|parad|pract|prec|prem|prom|repr|rev|sunr|superv|surm|"
    r"surpr|telev|treat|upr|val|.*w|(?:as|cap|down|out|over|re|right|under|up)s)"
)

# Stems and their endings. "mould/mold" and "re/er" are British and American.
_TABLES: tuple[tuple[str, str], ...] = (
    (
        "arb ard arm behavi belab cand clam clang col demean enam endeav fav ferv flav glam harb "
        "hon hum lab misdemean neighb od parl ranc rig rum sav savi splend succ technicol tricol "
        "tum val vap vig watercol",
        "our/or ours/ors oured/ored ouring/oring ourer/orer ourers/orers ourable/orable "
        "ourably/orably oural/oral ourally/orally ourful/orful ourfully/orfully ourless/orless "
        "ourhood/orhood ourhoods/orhoods ourite/orite ourites/orites ouritism/oritism "
        "ourism/orism ourist/orist ourists/orists ourly/orly ourliness/orliness oury/ory "
        "ouries/ories ourings/orings oursome/orsome ourant/orant ourants/orants ourise/orise "
        "ourised/orised ourises/orises ourising/orising ourisation/orisation",
    ),
    (
        "amphitheat calib cent centilit centimet epicent fib goit kilomet lacklust lit louv lust "
        "meag met micromet millilit millimet mit och reconnoit sab saltpet scept sepulch somb "
        "spect theat",
        "re/er res/ers red/ered ring/ering",
    ),
    ("cent", "repiece/erpiece repieces/erpieces"),
    ("fib", "reglass/erglass"),
    ("manoeuv/maneuv outmanoeuv/outmaneuv", "re/er res/ers red/ered ring/ering rable/erable"),
    (
        "defen licen offen practi preten",
        "ce/se ces/ses ced/sed cing/sing celess/seless cer/ser cers/sers cee/see cees/sees",
    ),
    (
        "analog catalog dialog epilog homolog monolog prolog travelog",
        "ue/ ues/s ued/ed uing/ing uer/er uers/ers",
    ),
    (
        "barrel bedevil bevel bejewel cancel carol cavil channel chisel counsel cudgel devil dial "
        "disembowel dishevel drivel duel enamel equal fuel funnel gambol gravel grovel hovel "
        "imperil initial jewel kennel label level libel marshal marvel medal metal model nickel "
        "panel parcel pedal pencil pistol quarrel ravel refuel revel rival shovel shrivel signal "
        "snivel snorkel spiral squirrel stencil swivel total towel travel trial tunnel victual "
        "weasel yodel",
        "led/ed ling/ing lings/ings ler/er lers/ers lor/or lors/ors list/ist lists/ists lous/ous "
        "lously/ously lable/able",
    ),
    ("cancel", "lation/ation lations/ations"),
    ("council", "lor/or lors/ors"),
    ("cruel", "ler/er lest/est"),
    ("gruel", "ling/ing"),
    ("tranquil", "lity/ity lise/ise lised/ised liser/iser lisers/isers lises/ises lising/ising"),
    ("kidnap worship", "ped/ed ping/ing pings/ings per/er pers/ers"),
    ("bias focus", "sed/ed ses/es sing/ing"),
    ("benefit combat", "ted/ed ting/ing"),
    ("appal distil enrol enthral fulfil instil", "/l s/ls ment/lment ments/lments"),
    ("instal", "ment/lment ments/lments"),
    ("skil/skill wil/will", "ful fully fulness"),
    ("wool", "len/en lens/ens"),
    ("program gram centigram kilogram milligram", "me/ mes/s"),
    ("acknowledg abridg judg lodg misjudg", "ement/ment ements/ments"),
    ("ag", "eing/ing"),
    ("lik liv mov sal siz unshak unmistak", "eable/able"),
    ("burn dream leap learn relearn spoil unlearn", "t/ed"),
    ("misspel", "t/led"),
    ("enquir/inquir", "e ed er ers es ies ing ingly y"),
    ("gaol/jail", " ed er ers ing s"),
    ("grey/gray", " ed er est ing ish ness s"),
    ("mould/mold smould/smold", " ed er ered ering ers ing ings s y"),
    ("moult/molt", " ed ing s"),
    ("plough/plow", " ed ing man men s share shares"),
    ("sceptic/skeptic", " al ally ism s"),
    ("sulph/sulf", "ate ates ide ides ur uric urous onamide onamides"),
    ("moustach/mustach", "e ed es"),
    ("cosi/cozi", "er est ly ness"),
    ("cypher/cipher syphon/siphon", " ed ing s"),
    (
        "aluminium/aluminum aeroplane/airplane artefact/artifact carcase/carcass cosy/cozy "
        "disc/disk furore/furor jewellery/jewelry omelette/omelet pyjama/pajama sheikh/sheik "
        "yoghurt/yogurt",
        " s",
    ),
)
# Stems of Greek and Latin words. Any ending may follow.
_DIGRAPH_STEMS: Mapping[str, str] = {
    "aesthet": "esthet",
    "aetiolog": "etiolog",
    "anaem": "anem",
    "anaesth": "anesth",
    "archaeolog": "archeolog",
    "caesarean": "cesarean",
    "coeliac": "celiac",
    "diarrhoea": "diarrhea",
    "encyclopaed": "encycloped",
    "faec": "fec",
    "foet": "fet",
    "gonorrhoea": "gonorrhea",
    "gynaeco": "gyneco",
    "haemat": "hemat",
    "haemo": "hemo",
    "homoeopath": "homeopath",
    "ischaem": "ischem",
    "leukaem": "leukem",
    "mediaeval": "medieval",
    "oedema": "edema",
    "oesophag": "esophag",
    "oestr": "estr",
    "orthopaed": "orthoped",
    "paediatr": "pediatr",
    "paedophil": "pedophil",
    "palaeo": "paleo",
    "septicaem": "septicem",
    "toxaem": "toxem",
}
# American stems that also begin other words. Only these endings may follow.
_DIGRAPH_ENDINGS = {
    "anem": "ia ias ic ics",
    "estr": "adiol ogen ogens ogenic us",
    "fec": "al ally es",
    "fet": "al icide id us uses",
    "hemo": "dialysis globin globinopathy lysis lytic philia philiac philiacs philic rrhage "
    "rrhaged rrhages rrhagic rrhaging rrhoid rrhoids stasis stat",
}
_OTHER_DIGRAPH_STEM = {**_DIGRAPH_STEMS, **{a: b for b, a in _DIGRAPH_STEMS.items()}}
_PREFIXES = "anti counter co de dis inter mis multi non over pre re self sub under un".split()


def _by_initials(beginnings: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the beginnings of words by their first two letters, the longest first."""
    initials: defaultdict[str, list[str]] = defaultdict(list)
    for beginning in sorted(beginnings, key=len, reverse=True):
        initials[beginning[:2]].append(beginning)
    return {letters: tuple(group) for letters, group in initials.items()}


# Most words have none of these beginnings. A dictionary shows that faster than a pattern.
_PREFIXES_BY_INITIALS = _by_initials(_PREFIXES)
_DIGRAPH_STEMS_BY_INITIALS = _by_initials(_OTHER_DIGRAPH_STEM)
_INITIALS = _PREFIXES_BY_INITIALS.keys() | _DIGRAPH_STEMS_BY_INITIALS.keys()
_MIN_LENGTH = 4  # shorter words have no variants


@lru_cache(50_000)
def spelling_variants(word: str) -> tuple[str, ...]:
    """Return the other British and American spellings of a folded English word.

    The word may be in any inflected or derived form: "organising" gives "organizing". A variant may
    be a form that neither country uses, because a table combines each stem with each ending.
    """
    variants = dict.fromkeys(_replacements(word))  # a dictionary keeps the order
    if not variants:
        return ()
    queue = list(variants)
    while queue:
        for variant in _replacements(queue.pop()):
            if variant not in variants:
                variants[variant] = None
                queue.append(variant)
    variants.pop(word, None)
    return tuple(variants)


def _replacements(word: str) -> Iterator[str]:
    """Yield the words that differ from a word by one rule or table entry."""
    if len(word) < _MIN_LENGTH or not word.isascii():
        return
    for vowel, british, american, pattern in _VERBS:
        match = pattern.fullmatch(word) if british in word or american in word else None
        if match and not _ONE_SPELLING.fullmatch(match[1]):
            other = "z" if match[2] == "s" else "s"
            yield f"{match[1]}{vowel}{other}{match[3]}"
    table = _table()
    yield from table.get(word, ())
    if word[:2] not in _INITIALS:
        return
    if prefix := _beginning(word, _PREFIXES_BY_INITIALS):
        yield from (prefix + variant for variant in table.get(word[len(prefix) :], ()))
    if stem := _beginning(word, _DIGRAPH_STEMS_BY_INITIALS):
        ending = word[len(stem) :]
        other = _OTHER_DIGRAPH_STEM[stem]
        endings = _DIGRAPH_ENDINGS.get(stem) or _DIGRAPH_ENDINGS.get(other)
        if endings is None or ending in endings.split():
            yield other + ending


def _beginning(word: str, by_initials: Mapping[str, tuple[str, ...]]) -> str:
    """Return the longest beginning that a word has; "" if it has none."""
    for beginning in by_initials.get(word[:2], ()):
        if word.startswith(beginning):
            return beginning
    return ""


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """Return the variants of each word that _TABLES describes."""
    variants: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for stems, endings in _TABLES:
        for stem in stems.split():
            for ending in endings.split(" "):
                british = _side(stem, 0) + _side(ending, 0)
                american = _side(stem, 1) + _side(ending, 1)
                variants[british][american] = None
                variants[american][british] = None
    return {word: tuple(others) for word, others in variants.items()}


def _side(entry: str, number: int) -> str:
    """Return the British (0) or American (1) side of an entry; both sides may be the same."""
    return entry.split("/")[number] if "/" in entry else entry
