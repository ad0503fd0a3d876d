"""International organizations that an import proposes as partners, with their names.

Names are matched in the UN's six languages, ignoring accents. Case is ignored too, except in
acronyms. An organization that is only cited, or whose name refers to a place, is not a partner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from indexer.importing.gazetteer import strip_accents
from indexer.importing.topics import Topic


class Organization(NamedTuple):
    """An organization with the label of its slug and all of its names."""

    label: str
    names: tuple[str, ...]


# The slug, the label, and the names in English, French, Spanish, Russian, Arabic and Chinese.
# Frequent misspellings of acronyms (OCHCR) are included.
_TABLE = """
un-women|UN Women
UN Women|UN-Women|UNWomen|United Nations Entity for Gender Equality
UNIFEM|Unifem|United Nations Development Fund for Women|UN Development Fund for Women
Fonds de développement des Nations Unies pour la femme
Fondo de Desarrollo de las Naciones Unidas para la Mujer|Fondo de Naciones Unidas para la Mujer
ЮНИФЕМ
ONU Femmes|ONU-Femmes|ONU Femme|ONUFEMMES|ONUFEMME|ONU Mujeres|ONU-Mujeres
ООН-женщины|структура «ООН-женщины»|هيئة الأمم المتحدة للمرأة|联合国妇女署|妇女署
undp|UNDP
UNDP|Undp|United Nations Development Programme|United Nations Development Program|UN Development Programme
PNUD|Pnud|Programme des Nations Unies pour le développement
Programa de las Naciones Unidas para el Desarrollo|Programa de Naciones Unidas para el Desarrollo
ПРООН|برنامج الأمم المتحدة الإنمائي|联合国开发计划署|开发署
unfpa|UNFPA
UNFPA|Unfpa|FNUAP|United Nations Population Fund|UN Population Fund
Fonds des Nations Unies pour la population|Fondo de Población de las Naciones Unidas
Fondo de Población de Naciones Unidas|ЮНФПА|صندوق الأمم المتحدة للسكان|联合国人口基金|人口基金
unicef|UNICEF
UNICEF|Unicef|United Nations Children's Fund|United Nations Children’s Fund
Fonds des Nations Unies pour l'enfance|Fondo de las Naciones Unidas para la Infancia
Fondo de Naciones Unidas para la Infancia|ЮНИСЕФ|اليونيسف|اليونيسيف|联合国儿童基金会|儿基会
unodc|UNODC
UNODC|Unodc|ONUDC|Onudc|ONUDD|United Nations Office on Drugs and Crime|UN Office on Drugs and Crime
Nations Unies contre la drogue et le crime|Nations Unies de lutte contre la drogue et le crime
Naciones Unidas contra la Droga y el Delito|Naciones Unidas contra las Drogas y el Delito
Naciones Unidas contra las Drogas y la Delincuencia|УНП ООН
مكتب الأمم المتحدة المعني بالمخدرات والجريمة|联合国毒品和犯罪问题办公室|毒品和犯罪问题办公室
ohchr|OHCHR
OHCHR|UNOHCHR|UNHCHR|OCHCR|OHCRH|OHCR|OHRCH|HCDH|OACNUDH|ACNUDH
Office of the High Commissioner for Human Rights
Office of the United Nations High Commissioner for Human Rights|UN Human Rights Office
Haut-Commissariat aux droits de l'homme|Haut-Commissariat des Nations Unies aux droits de l'homme
Alto Comisionado para los Derechos Humanos|Alto Comisionado de las Naciones Unidas para los Derechos \
Humanos|УВКПЧ|مفوضية الأمم المتحدة لحقوق الإنسان|المفوضية السامية لحقوق الإنسان|人权高专办
unhcr|UNHCR
UNHCR|Unhcr|HCR|ACNUR|Acnur|United Nations High Commissioner for Refugees|UN Refugee Agency
Haut-Commissariat des Nations Unies pour les réfugiés|Haut-Commissariat pour les réfugiés
Agence des Nations Unies pour les réfugiés|Agencia de las Naciones Unidas para los Refugiados
Alto Comisionado de las Naciones Unidas para los Refugiados
УВКБ|مفوضية الأمم المتحدة لشؤون اللاجئين|联合国难民署|难民署
who|WHO
WHO|World Health Organization|World Health Organisation|OMS|Organisation mondiale de la santé
Organización Mundial de la Salud|ВОЗ|Всемирная организация здравоохранения
منظمة الصحة العالمية|世界卫生组织|世卫组织
iom|IOM
IOM|International Organization for Migration|International Organisation for Migration|OIM
Organisation internationale pour les migrations|Organización Internacional para las Migraciones
МОМ|Международная организация по миграции|المنظمة الدولية للهجرة|国际移民组织
ilo|ILO
ILO|International Labour Organization|International Labor Organization
International Labour Organisation|OIT|Organisation internationale du travail
Organización Internacional del Trabajo|МОТ|Международная организация труда
منظمة العمل الدولية|国际劳工组织|劳工组织
unesco|UNESCO
UNESCO|Unesco|United Nations Educational, Scientific and Cultural Organization|ЮНЕСКО|اليونسكو|教科文组织
wfp|WFP
WFP|PAM|World Food Programme|World Food Program|Programme alimentaire mondial
Programa Mundial de Alimentos|ВПП|برنامج الأغذية العالمي|世界粮食计划署|粮食计划署
fao|FAO
FAO|Food and Agriculture Organization|Food and Agriculture Organisation
Organisation des Nations Unies pour l'alimentation et l'agriculture
Organización de las Naciones Unidas para la Alimentación y la Agricultura|ФАО
منظمة الأغذية والزراعة|粮农组织
unaids|UNAIDS
UNAIDS|ONUSIDA|Onusida|Joint United Nations Programme on HIV/AIDS|ЮНЭЙДС|艾滋病规划署|艾滋病署
un-habitat|UN-Habitat
UN-Habitat|UN Habitat|ONU-Habitat|ONU Habitat|ООН-Хабитат|人居署
unops|UNOPS
UNOPS|United Nations Office for Project Services|ЮНОПС
unrwa|UNRWA
UNRWA|БАПОР|الأونروا|近东救济工程处
cedaw|CEDAW Committee
Committee on the Elimination of Discrimination against Women|CEDAW Committee|Comité CEDAW
Comité de la CEDAW|Comité pour l'élimination de la discrimination à l'égard des femmes
Comité para la Eliminación de la Discriminación contra la Mujer|КЛДЖ
اللجنة المعنية بالقضاء على التمييز ضد المرأة|消除对妇女歧视委员会
icat|ICAT
ICAT|Inter-Agency Coordination Group against Trafficking in Persons
european-union|European Union
European Union|EU|European Commission|UE|Union européenne|Commission européenne
Communauté européenne|Unión Europea|Comisión Europea|Comunidad Europea
Европейский союз|Европейским союзом|Европейского союза|ЕС|الاتحاد الأوروبي|欧洲联盟|欧盟
world-bank|World Bank
World Bank|Banque mondiale|Banco Mundial|Всемирный банк|البنك الدولي|世界银行
osce|OSCE
OSCE|Organization for Security and Co-operation in Europe|OSZE|ОБСЕ
Organization for Security and Cooperation in Europe|منظمة الأمن والتعاون في أوروبا|欧安组织
african-union|African Union
African Union|Union africaine|Unión Africana|Африканский союз|الاتحاد الأفريقي|非洲联盟|非盟
council-of-europe|Council of Europe
Council of Europe|Conseil de l'Europe|Consejo de Europa|Совет Европы|مجلس أوروبا|欧洲委员会
oas|OAS
OAS|OEA|Organization of American States|Organisation des États américains
IACHR|CIDH|Inter-American Commission on Human Rights|Comisión Interamericana de Derechos Humanos
Commission interaméricaine des droits de l'homme
Organización de los Estados Americanos|Organización de Estados Americanos|ОАГ|美洲国家组织
interpol|INTERPOL
INTERPOL|Interpol|Интерпол|الإنتربول|国际刑警组织
"""  # noqa: E501 - a table of names


def _read_table() -> dict[str, Organization]:
    organizations: dict[str, Organization] = {}
    slug = label = ""
    for line in _TABLE.replace("\\\n", "").strip().splitlines():
        parts = line.split("|")
        if re.fullmatch("[a-z-]+", parts[0]):
            slug, label = parts
            organizations[slug] = Organization(label, ())
        else:
            names = (*organizations[slug].names, *parts)
            organizations[slug] = Organization(label, names)
    return organizations


ORGANIZATIONS: Mapping[str, Organization] = _read_table()

_SCRIPTS_WITHOUT_SPACES = re.compile("[\u4e00-\u9fff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_INSTRUMENT = (
    r"(?:Conventions?|Convenci[oó]n|Convenio|Protocol[eo]?s?|Chart(?:er|e)|Carta|Directives?"
    r"|Directivas?|Declaration|Declaraci[oó]n)"
)
# A numbered instrument: "Convenios 189 y 190", "Recommendation No. 206", "convention n° 190".
_NUMBER = r"(?:(?:[Nn]os?\.?|[Nn][°º.]|[Nn](?:um|ro)\.?|numero|number) ?)?\d{1,3}"
_NUMBERED_INSTRUMENT = (
    rf"(?i:{_INSTRUMENT}|convenios|recommendations?|recomendacion(?:es)?) {_NUMBER}"
    rf"(?:(?:,|,? (?:and|et|y)) {_NUMBER}){{0,4}}(?: \([^()]{{1,20}}\))?"
)
# Its title: "Convenio 190 sobre la violencia y el acoso en el mundo del trabajo de la OIT".
_TITLE = (
    r"(?: (?:sobre|sur|on|relative?|concerning|concernant|relativ[oa])"
    r"(?: (?!(?:con|avec|with|by|par|por|que|qui|which|that)\b)[\w'()-]+){1,16}?)?"
)
# Publications, standards and instruments of an organization are not partners.
_CITED_AFTER = re.compile(
    r"(?:'s)? (?:[a-z-]+ ){0,2}(?i:guidelines?|guidance|handbooks?|manuals?|reports?|standards"
    r"|recommendations?|definitions?|classification|estimates|statistics|figures)\b"
    rf"| (?:[A-Z]\w+ )?{_INSTRUMENT}\b|(?:'s)? {_NUMBERED_INSTRUMENT}\b|,? C-?\d{{2,3}}\b"
    r"|(?:/[A-Z]{2,}){0,3},? (?:19|20)\d\d[a-z]?\)"  # (IOM/UNHCR 2014)
    r"|/[A-Z]+/\d|(?: ?/ ?[A-Z]+)?(?: \w+){0,2} (?:declared|declaro|a declare)\b"
    r"|[- ](?:member|candidate|accession|[Ii]ntegration|Accession|[Ee]nlargement|[Aa]pproximation)"
    r"| (?:[A-Z][\w'-]+ ){0,5}(?:Day|Week)\b(?! [A-Z])"  # the EU Anti-Trafficking Day
)
_CITED_BEFORE = re.compile(
    rf"(?:\b{_NUMBERED_INSTRUMENT}|\bC-?\d{{2,3}}|\((?=[Nn]){_NUMBER}\)){_TITLE}"
    r"(?:,? (?:of|de|du)(?: the| la)?|,? de l'|,? del)? ?\(?(?:la |l')?$|"
    rf"\b(?i:{_INSTRUMENT})(?: (?:[Nn]o?\.?|n[°º.])? ?\d+)? (?:of |de |d'|du )?"
    r"(?:the |la |l'|el )?$"
    r"|\b(?i:according to|selon|d'apres|segun|de acuerdo con|as per) (?:the |la |l'|el |les? )?$"
    # "according to a study by the Ministry of Health and the WHO"
    r"|\b(?i:according to|selon|d'apres|segun|de acuerdo con)\b[^.;,]{0,60}? (?i:stud(?:y|ies)"
    r"|surveys?|reports?|research|data|figures|statistics|estimates|etudes?|enquetes?|rapports?"
    r"|donnees|chiffres|estimations|estudios?|encuestas?|informes?|datos|cifras|estimaciones)\b"
    r"[^.;,]{0,40}? (?:(?:by|from|of|de|du|del|par|por) |d')[^.;,]{0,90}$"
    # "accession to the European Union"
    r"|\b(?i:integration|adhesion|accession|membership|integracion) (?:to|into|in|of|a|dans|de) ?"
    r"(?:the |la |l')?$"
)
# The English pronoun in capitals: "WHO WE ARE".
_PRONOUN_AFTER = re.compile(r" (?:WE|YOU|THEY|ARE|IS|WAS|WERE|CAN|HAS|HAVE|WILL|DOES)\b")
# "in the European Union": the territory of the members.
_TERRITORY_BEFORE = re.compile(
    r"\b(?:in|into|within|across|outside|throughout|en|dans|vers|hacia|hasta|of the countries"
    r"|(?:countries|borders?|members|Member States|States|pays|Etats membres|paises|Estados"
    r"|fronteras?|frontieres?) (?:of|de|du|d'))"
    r" ?(?:the |la |l')?$"
)
MAX_WORDS = 200  # characters before a name that show whether it is only cited
_HAS_TERRITORY = frozenset({"european-union", "african-union"})


@cache
def _pattern() -> re.Pattern[str]:
    """Return a pattern of all names, longest first. Each name is a group named after its slug."""
    forms: list[tuple[str, str]] = []
    for slug, organization in ORGANIZATIONS.items():
        forms += ((strip_accents(name), slug) for name in organization.names)
    forms.sort(key=lambda form: -len(form[0]))
    return re.compile("|".join(_form_pattern(name) for name, _ in forms))


def _form_pattern(name: str) -> str:
    """Return a pattern of a name as a whole word. It is case-sensitive only for acronyms."""
    escaped = re.escape(name).replace(r"\ ", r"[\s-]+")  # "Nations-Unies"
    if _SCRIPTS_WITHOUT_SPACES.search(name):
        return escaped
    if _ARABIC.search(name):
        return rf"(?<!\w)[وبلفك]?{escaped}(?!\w)"
    if any(letter.islower() for letter in name):
        escaped = f"(?i:{escaped})"
    return rf"(?<![^\W_]){escaped}(?![^\W_])"


@cache
def _slugs() -> Mapping[str, str]:
    """Return the slugs of organizations by folded name."""
    return {
        _folded(name): slug
        for slug, organization in ORGANIZATIONS.items()
        for name in (organization.label, *organization.names)
    }


def _folded(name: str) -> str:
    return " ".join(strip_accents(name).casefold().replace("-", " ").split())


def organization_slug(name: str) -> str | None:
    """Return the slug of the organization with a name in any known language, or None."""
    return _slugs().get(_folded(name))


def find_organizations(text: str) -> Iterator[Topic]:
    """Yield the organizations that a text names, each with its first mention, in text order.

    Citations, publications, document symbols and names that refer to a territory are left out.
    """
    plain = strip_accents(text)
    seen: set[str] = set()
    for match in _pattern().finditer(plain):
        start, end = match.span()
        slug = organization_slug(match[0]) or organization_slug(match[0][1:])  # after a particle
        if slug is None or slug in seen or _is_only_cited(slug, plain, start, end):
            continue
        seen.add(slug)
        yield Topic(slug, ORGANIZATIONS[slug].label, text[start:end], start, end)


def _is_only_cited(slug: str, plain: str, start: int, end: int) -> bool:
    before, after = plain[max(0, start - MAX_WORDS) : start], plain[end : end + 60]
    if _CITED_AFTER.match(after) or _CITED_BEFORE.search(before):
        return True
    if slug == "who" and _PRONOUN_AFTER.match(after):
        return True
    return slug in _HAS_TERRITORY and _TERRITORY_BEFORE.search(before) is not None
