"""Demonyms: the nouns and adjectives for the people of a country and their institutions.

English demonyms come from countryinfo, with the additions in this module. No maintained package has
French, Spanish and Russian demonyms with their grammatical forms, so this module lists them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from indexer.text import places

LANGUAGES = ("en", "fr", "es")

# English demonyms that are missing from countryinfo or have an unusual form there.
_ENGLISH = {
    "ARE": "Emirati",
    "ARG": "Argentine Argentinian",
    "BFA": "Burkinabé",
    "BGD": "Bangladeshi",
    "BWA": "Batswana Botswanan",
    "BRB": "Bajan",
    "COM": "Comorian",
    "CPV": "Cabo-Verdean Cape-Verdean",
    "DJI": "Djiboutian",
    "DNK": "Dane",
    "ECU": "Ecuadorian",
    "ESH": "Saharawi",
    "ESP": "Spaniard",
    "FIN": "Finn",
    "GBR": "Scottish Welsh Briton",
    "GNB": "Bissau-Guinean",
    "GRC": "Hellenic",
    "HRV": "Croat",
    "ISL": "Icelandic",
    "KAZ": "Kazakh",
    "KGZ": "Kyrgyz Kyrgyzstani",
    "KNA": "Kittitian Nevisian",
    "LAO": "Lao",
    "LSO": "Basotho",
    "LUX": "Luxembourgish",
    "MDV": "Maldivian",
    "MKD": "North-Macedonian",
    "NPL": "Nepali",
    "PHL": "Filipina Philippine Pinoy",
    "POL": "Pole",
    "PSE": "Palestinian",
    "QAT": "Qatari",
    "SAU": "Saudi",
    "SLV": "Salvadorean Salvadorian",
    "SRB": "Serb",
    "SUR": "Surinamese",
    "SVK": "Slovakian",
    "SVN": "Slovenian",
    "SWE": "Swede",
    "TJK": "Tajik Tajikistani",
    "TKM": "Turkmenistani",
    "TLS": "Timorese",
    "TTO": "Tobagonian",
    "TUR": "Turk",
    "UZB": "Uzbek",
    "VCT": "Vincentian",
    "XKX": "Kosovar Kosovan",
    "ZWE": "Zimbabwean",
}
# Demonyms of a continent or a region, and names that countryinfo has as demonyms.
_EXCLUDED = frozenset(
    (
        "American|Central African|Djibouti|Gibraltar|Christmas Island|South Georgia|Heard|Wallis"
    ).split("|")
)
# Territories for which countryinfo has the demonym of another country.
_TERRITORIES_WITHOUT_DEMONYM = frozenset("ATF HKG IOT MAC MNP MTQ MYT REU SJM SPM".split())

# The masculine singular by country, with + for a space or hyphen. Two words for one country are
# separated by /. A word that several countries share is listed for each country.
_FRENCH = """
AFG:afghan AGO:angolais ALB:albanais AND:andorran ARE:émirien/émirati ARG:argentin ARM:arménien
ATG:antiguayen AUS:australien AUT:autrichien AZE:azerbaïdjanais/azéri BDI:burundais BEL:belge
BEN:béninois BFA:burkinabè/burkinais BGD:bangladais/bangladeshi BGR:bulgare BHR:bahreïnien
BHS:bahaméen/bahamien BIH:bosnien/bosniaque BLR:biélorusse/bélarussien BLZ:bélizien BOL:bolivien
BRA:brésilien BRB:barbadien BRN:brunéien BTN:bhoutanais BWA:botswanais CAF:centrafricain
CAN:canadien CHE:suisse CHL:chilien CHN:chinois CIV:ivoirien CMR:camerounais COD:congolais
COG:congolais COL:colombien COM:comorien CPV:cap+verdien/capverdien CRI:costaricien/costaricain
CUB:cubain CYP:chypriote CZE:tchèque DEU:allemand DJI:djiboutien DMA:dominiquais DNK:danois
DOM:dominicain DZA:algérien ECU:équatorien EGY:égyptien ERI:érythréen ESH:sahraoui ESP:espagnol
EST:estonien ETH:éthiopien FIN:finlandais FJI:fidjien FRA:français FSM:micronésien GAB:gabonais
GBR:britannique/anglais/écossais/gallois GEO:géorgien GHA:ghanéen GIN:guinéen GMB:gambien
GNB:bissau+guinéen GNQ:équato+guinéen GRC:grec GRD:grenadien GTM:guatémaltèque GUY:guyanien
HND:hondurien HRV:croate HTI:haïtien HUN:hongrois IDN:indonésien IND:indien IRL:irlandais
IRN:iranien IRQ:irakien/iraquien ISL:islandais ISR:israélien ITA:italien JAM:jamaïcain JOR:jordanien
JPN:japonais KAZ:kazakh/kazakhstanais KEN:kényan/kenyan KGZ:kirghize/kirghiz KHM:cambodgien
KIR:kiribatien KOR:coréen/sud+coréen KWT:koweïtien LAO:laotien LBN:libanais LBR:libérien LBY:libyen
LCA:saint+lucien LIE:liechtensteinois LKA:sri+lankais LSO:lésothan LTU:lituanien LUX:luxembourgeois
LVA:letton MAR:marocain MCO:monégasque MDA:moldave MDG:malgache MDV:maldivien MEX:mexicain
MHL:marshallais MKD:macédonien MLI:malien MLT:maltais MMR:birman MNE:monténégrin MNG:mongol
MOZ:mozambicain MRT:mauritanien MUS:mauricien MWI:malawite/malawien MYS:malaisien NAM:namibien
NER:nigérien NGA:nigérian NIC:nicaraguayen NLD:néerlandais/hollandais NOR:norvégien NPL:népalais
NRU:nauruan NZL:néo+zélandais OMN:omanais PAK:pakistanais PAN:panaméen PER:péruvien PHL:philippin
PNG:papouasien PLW:palaosien POL:polonais PRI:portoricain PRK:coréen/nord+coréen PRT:portugais
PRY:paraguayen PSE:palestinien QAT:qatarien/qatari ROU:roumain RUS:russe RWA:rwandais SAU:saoudien
SDN:soudanais SEN:sénégalais SGP:singapourien SLB:salomonais SLE:sierra+léonais
SLV:salvadorien SMR:saint+marinais SOM:somalien SRB:serbe SSD:sud+soudanais STP:santoméen
SUR:surinamais SVK:slovaque SVN:slovène SWE:suédois SWZ:swazi SYC:seychellois SYR:syrien
TCD:tchadien TGO:togolais THA:thaïlandais TJK:tadjik TKM:turkmène TLS:timorais TON:tongien
TTO:trinidadien TUN:tunisien TUR:turc TUV:tuvaluan TWN:taïwanais TZA:tanzanien UGA:ougandais
UKR:ukrainien URY:uruguayen USA:américain/états+unien UZB:ouzbek VCT:vincentais VEN:vénézuélien
VNM:vietnamien VUT:vanuatais WSM:samoan XKX:kosovar YEM:yéménite ZAF:sud+africain ZMB:zambien
ZWE:zimbabwéen
"""
_SPANISH = """
AFG:afgano AGO:angoleño/angolano ALB:albanés AND:andorrano ARE:emiratí ARG:argentino ARM:armenio
ATG:antiguano AUS:australiano AUT:austriaco/austríaco AZE:azerbaiyano/azerí BDI:burundés BEL:belga
BEN:beninés BFA:burkinés BGD:bangladesí BGR:búlgaro BHR:bareiní BHS:bahameño BIH:bosnio
BLR:bielorruso BLZ:beliceño BOL:boliviano BRA:brasileño BRB:barbadense BRN:bruneano BTN:butanés
BWA:botsuano CAF:centroafricano CAN:canadiense CHE:suizo CHL:chileno CHN:chino CIV:marfileño
CMR:camerunés COD:congoleño COG:congoleño COL:colombiano COM:comorense CPV:caboverdiano
CRI:costarricense CUB:cubano CYP:chipriota CZE:checo DEU:alemán DJI:yibutiano DMA:dominiqués
DNK:danés DOM:dominicano DZA:argelino ECU:ecuatoriano EGY:egipcio ERI:eritreo ESH:saharaui
ESP:español EST:estonio ETH:etíope FIN:finlandés FJI:fiyiano FRA:francés FSM:micronesio GAB:gabonés
GBR:británico/inglés/escocés/galés GEO:georgiano GHA:ghanés GIN:guineano GMB:gambiano
GNQ:ecuatoguineano GRC:griego GRD:granadino GTM:guatemalteco GUY:guyanés HND:hondureño HRV:croata
HTI:haitiano HUN:húngaro IDN:indonesio IRL:irlandés IRN:iraní IRQ:iraquí ISL:islandés ISR:israelí
ITA:italiano JAM:jamaicano/jamaiquino JOR:jordano JPN:japonés KAZ:kazajo KEN:keniano/keniata
KGZ:kirguís/kirguiso KHM:camboyano KIR:kiribatiano KOR:coreano/surcoreano KWT:kuwaití LAO:laosiano
LBN:libanés LBR:liberiano LBY:libio LCA:santalucense LIE:liechtensteiniano LKA:ceilanés/esrilanqués
LSO:lesotense LTU:lituano LUX:luxemburgués LVA:letón MAR:marroquí MCO:monegasco MDA:moldavo
MDG:malgache MDV:maldivo MEX:mexicano/mejicano MHL:marshalés MKD:macedonio MLI:maliense MLT:maltés
MMR:birmano MNE:montenegrino MNG:mongol MOZ:mozambiqueño MRT:mauritano MUS:mauriciano MWI:malauí
MYS:malasio NAM:namibio NER:nigerino NGA:nigeriano NIC:nicaragüense NLD:neerlandés/holandés
NOR:noruego NPL:nepalí/nepalés NRU:nauruano NZL:neozelandés OMN:omaní PAK:pakistaní PAN:panameño
PER:peruano PHL:filipino PNG:papú PLW:palauano POL:polaco PRI:puertorriqueño
PRK:coreano/norcoreano PRT:portugués PRY:paraguayo PSE:palestino QAT:catarí/qatarí ROU:rumano
RUS:ruso RWA:ruandés SAU:saudí/saudita SDN:sudanés SEN:senegalés SGP:singapurense SLB:salomonense
SLE:sierraleonés SLV:salvadoreño SMR:sanmarinense SOM:somalí SRB:serbio SSD:sursudanés
STP:santotomense SUR:surinamés SVK:eslovaco SVN:esloveno SWE:sueco SWZ:suazi SYC:seychellense
SYR:sirio TCD:chadiano TGO:togolés THA:tailandés TJK:tayiko TKM:turcomano TLS:timorense TON:tongano
TTO:trinitense TUN:tunecino TUR:turco TUV:tuvaluano TWN:taiwanés TZA:tanzano UGA:ugandés
UKR:ucraniano URY:uruguayo USA:estadounidense UZB:uzbeko VCT:sanvicentino VEN:venezolano
VNM:vietnamita VUT:vanuatuense WSM:samoano XKX:kosovar YEM:yemení ZAF:sudafricano ZMB:zambiano
ZWE:zimbabuense
"""
_RUSSIAN = """
AFG:афганский AGO:ангольский ALB:албанский ARE:эмиратский ARG:аргентинский ARM:армянский
AUS:австралийский AUT:австрийский AZE:азербайджанский BDI:бурундийский BEL:бельгийский
BEN:бенинский BFA:буркинийский BGD:бангладешский BGR:болгарский BHR:бахрейнский BHS:багамский
BIH:боснийский BLR:белорусский/беларусский BLZ:белизский BOL:боливийский BRA:бразильский
BRB:барбадосский BRN:брунейский BTN:бутанский BWA:ботсванский CAF:центральноафриканский
CAN:канадский CHE:швейцарский CHL:чилийский CHN:китайский CIV:ивуарийский CMR:камерунский
COD:конголезский COG:конголезский COL:колумбийский COM:коморский CRI:коста-риканский CUB:кубинский
CYP:кипрский CZE:чешский DEU:немецкий/германский DJI:джибутийский DNK:датский DOM:доминиканский
DZA:алжирский ECU:эквадорский EGY:египетский ERI:эритрейский ESP:испанский EST:эстонский
ETH:эфиопский FIN:финский FJI:фиджийский FRA:французский GAB:габонский GBR:британский/английский
GEO:грузинский GHA:ганский GIN:гвинейский GMB:гамбийский GRC:греческий GRD:гренадский
GTM:гватемальский GUY:гайанский HND:гондурасский HRV:хорватский HTI:гаитянский HUN:венгерский
IDN:индонезийский IND:индийский IRL:ирландский IRN:иранский IRQ:иракский ISL:исландский
ISR:израильский ITA:итальянский JAM:ямайский JOR:иорданский JPN:японский KAZ:казахский/казахстанский
KEN:кенийский KGZ:киргизский/кыргызский/кыргызстанский KHM:камбоджийский KOR:корейский/южнокорейский
KWT:кувейтский LAO:лаосский LBN:ливанский LBR:либерийский LBY:ливийский LKA:шри-ланкийский
LSO:лесотский LTU:литовский LUX:люксембургский LVA:латвийский/латышский MAR:марокканский
MDA:молдавский/молдовский MDG:малагасийский/мадагаскарский MDV:мальдивский MEX:мексиканский
MKD:македонский MLI:малийский MLT:мальтийский MMR:мьянманский/бирманский MNE:черногорский
MNG:монгольский MOZ:мозамбикский MRT:мавританский MUS:маврикийский MWI:малавийский
MYS:малайзийский NAM:намибийский NER:нигерский NGA:нигерийский NIC:никарагуанский
NLD:нидерландский/голландский NOR:норвежский NPL:непальский NZL:новозеландский OMN:оманский
PAK:пакистанский PAN:панамский PER:перуанский PHL:филиппинский POL:польский
PRK:корейский/северокорейский PRT:португальский PRY:парагвайский PSE:палестинский QAT:катарский
ROU:румынский RUS:российский/русский RWA:руандийский SAU:саудовский SDN:суданский SEN:сенегальский
SGP:сингапурский SLE:сьерра-леонский SLV:сальвадорский SOM:сомалийский SRB:сербский
SSD:южносуданский SUR:суринамский SVK:словацкий SVN:словенский SWE:шведский SYC:сейшельский
SYR:сирийский TCD:чадский TGO:тоголезский THA:таиландский/тайский TJK:таджикский/таджикистанский
TKM:туркменский/туркменистанский TLS:тиморский TTO:тринидадский TUN:тунисский TUR:турецкий
TWN:тайваньский TZA:танзанийский UGA:угандийский UKR:украинский URY:уругвайский USA:американский
UZB:узбекский/узбекистанский VEN:венесуэльский VNM:вьетнамский VUT:вануатский XKX:косовский
YEM:йеменский ZAF:южноафриканский ZMB:замбийский ZWE:зимбабвийский
"""


def demonym_forms(language: str) -> Iterator[tuple[str, str]]:
    """Yield the demonyms of a language in all forms, each with the code of its country.

    A word that several countries share is yielded once for each country. Languages that are not in
    LANGUAGES have no demonyms.
    """
    if language == "en":
        for word, code in _english():
            yield word, code
            if not word.endswith(("s", "sh", "ch", "se", "x", "z")):
                yield word + "s", code
    table, inflect = {"fr": (_FRENCH, _french_forms), "es": (_SPANISH, _spanish_forms)}.get(
        language, ("", _french_forms)
    )
    for word, code in _listed(table):
        for form in dict.fromkeys(inflect(word)):
            yield form, code


def russian_adjectives() -> Iterator[tuple[str, str]]:
    """Yield the Russian adjectives of countries, masculine singular, with the countries' codes.

    Their other forms have the same stem.
    """
    yield from _listed(_RUSSIAN)


def _listed(table: str) -> Iterator[tuple[str, str]]:
    for entry in table.split():
        code, _, words = entry.partition(":")
        for word in words.replace("+", " ").split("/"):
            yield word, code


def _english() -> Iterator[tuple[str, str]]:
    """Yield the English demonyms, in the singular, that refer to a single country."""
    from countryinfo import all_countries  # imported late: most processes do not need it

    codes_by_word: dict[str, set[str]] = defaultdict(set)
    for country in all_countries():
        info = country.info()
        code = str(info.get("ISO", {}).get("alpha3", ""))
        if code in places.COUNTRIES and code not in _TERRITORIES_WITHOUT_DEMONYM:
            text = str(info.get("demonym") or "").replace(" and ", ",").replace("/", ",")
            for word in text.split(","):
                codes_by_word[word.strip()].add(code)
    for word, codes in codes_by_word.items():
        if word and len(codes) == 1 and word not in _EXCLUDED:
            yield word, next(iter(codes))
    for code, words in _ENGLISH.items():
        for word in words.split():
            yield word, code
            yield word.replace("-", " "), code


_FRENCH_FEMININES = {"grec": "grecque", "turc": "turque", "burkinabè": "burkinabè"}


def _french_forms(word: str) -> Iterator[str]:
    """Yield the masculine and feminine of a French demonym, each in the singular and plural."""
    if word.endswith("e"):
        feminine = word
    elif word.endswith(("en", "on")):
        feminine = f"{word}ne"
    else:
        feminine = _FRENCH_FEMININES.get(word, f"{word}e")
    for form in (word, feminine):
        yield form
        yield form if form.endswith("s") else f"{form}s"


def _spanish_forms(word: str) -> Iterator[str]:
    """Yield the masculine and feminine of a Spanish demonym, each in the singular and plural."""
    yield word
    if word.endswith("o"):
        stem = word[:-1]
        yield from (f"{stem}a", f"{stem}os", f"{stem}as")
    elif word.endswith(("és", "án", "ín", "ón", "ol")):
        yield from (f"{word}a", f"{word}es", f"{word}as")  # the accent moves; terms have none
    elif word.endswith(("í", "ú")):
        yield from (f"{word}es", f"{word}s")
    elif word.endswith(("a", "e", "i", "u")):
        yield f"{word}s"
    else:
        yield from (f"{word}es", f"{word}as")
