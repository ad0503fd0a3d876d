"""Refugee camps, divisions and parts of countries that texts name without their country."""

from __future__ import annotations

from collections.abc import Iterator

# Camps and settlements of refugees and displaced persons, in their usual spellings. The names are
# unique: they are no names of persons, nor of considerable places in other countries.
CAMPS = {
    "BDI": "Bwagiriza",
    "BFA": "Goudoubo|Goudebo|Mentao",
    "BGD": "Kutupalong|Kutupalang|Nayapara|Balukhali|Bhasan Char",
    "CMR": "Minawao",
    "COD": "Lusenda|Mulongwe",
    "DJI": "Ali Addeh|Holl-Holl",
    "ETH": "Dollo Ado|Melkadida|Bokolmayo|Hilaweyn|Buramino|Shimelba|Hitsats|Mai-Aini|Adi Harush|"
    "Kebribeyah|Pugnido|Pinyudo|Tierkidi|Nguenyyiel",
    "GHA": "Buduburam",
    "GRC": "Moria camp|Moria refugee camp|camp de Moria|campamento de Moria|campo de Moria|"
    "Kara Tepe",
    "IRQ": "Domiz|Kawergosk|Qushtapa|Darashakran",
    "JOR": "Zaatari|Za'atari|Za'tari|Zaatri|Al-Zaatari|Azraq camp|Baqa'a camp",
    "KEN": "Dadaab|Kakuma|Kalobeyei|Hagadera|Dagahaley",
    "LBN": "Nahr el-Bared|Nahr el-Barid|Beddawi|Ein el-Hilweh|Ein el-Helweh|Ain el-Hilweh|"
    "Ain el-Helweh|Burj el-Barajneh|Bourj el-Barajneh|Burj Barajneh|Rashidieh|"
    "Rashidiyeh|Mieh Mieh|Burj el-Shemali|Bourj el-Shemali",
    "MRT": "Mbera|M'bera|M'berra",
    "MWI": "Dzaleka",
    "NAM": "Osire",
    "NER": "Mangaize|Tabareybarey|Sayam Forage",
    "NPL": "Beldangi|Sanischare",
    "PAK": "Jalozai|Shamshatoo",
    "PSE": "Jabalia|Jabaliya|Nuseirat|Dheisheh|Qalandia|Kalandia",
    "RWA": "Kiziba|Gihembe|Nyabiheke|Mugombwa|Mahama camp",
    "SDN": "Kalma camp|Zamzam camp|Abu Shouk|Um Rakuba|Shagarab",
    "SSD": "Ajuong Thok|Yusuf Batil|Gendrassa",
    "SYR": "Al-Hol|Al-Hawl|Yarmouk camp",
    "THA": "Mae La|Mae La Oon|Umpiem Mai|Umpium Mai|Nu Po|Tham Hin|Ban Don Yang",
    "TZA": "Nyarugusu|Mtendeli|Mtabila",
    "UGA": "Bidi Bidi|Bidi-Bidi|Bidibidi|BidiBidi|Nakivale|Rwamwanja|Kyangwali|Imvepi|Rhino Camp|"
    "Palorinya|Kiryandongo|Palabek|Oruchinga",
    "ZMB": "Meheba|Mayukwayukwa|Mantapala",
    "ZWE": "Tongogara",
}
# Parts of countries that have names of their own, in French and Spanish.
PARTS = {
    "GBR": "Irlande du Nord|Irlanda del Norte|Écosse|Escocia|Pays de Galles|País de Gales",
    "IRQ": "Kurdistan irakien|Kurdistan d'Irak|Kurdistán iraquí",
    "PSE": "Jérusalem-Est|Jerusalén Este|Jerusalén Oriental",
    "SDN": "Darfour|Darfur",
    "SEN": "Casamance|Casamanza",
    "SOM": "Puntland|Somaliland|Puntlandia|Somalilandia",
    "TZA": "Zanzibar|Zanzíbar",
}

# Divisions whose full names identify one country.
DIVISIONS = {
    "BEL": "Luxembourg Province|Province of Luxembourg|Luxemburg Province|province de Luxembourg|"
    "Province de Luxembourg|province du Luxembourg|provincia de Luxemburgo",
    "COD": "Équateur Province|Equateur Province|Équateur province|Equateur province|"
    "province de l'Équateur|Province de l'Équateur",
    "GTM": "Palestina de Los Altos|Palestina de los Altos",
    "NGA": "Niger State|Delta State|Niger state|Delta state",
    "PER": "Villa El Salvador|Villa el Salvador",
    "VEN": "Ciudad Bolivia",
}
# Towns and an island whose names contain that of a country.
NAMES_OF_OTHER_PLACES = (
    "Nueva Guinea",
    "Nueva Palestina",
    "Nouvelle-Guinée",
    "Nouvelle Guinée",
    "New Guinea",
)


def camps() -> Iterator[tuple[str, str]]:
    """Yield the names of camps with the codes of their countries.

    Each name is also there in capitals, without hyphens, and with the other forms of its article.
    """
    for code, names in CAMPS.items():
        for name in names.split("|"):
            articles = ("el", "al", "El", "Al") if " el-" in name else ("el",)
            for written in (name.replace(" el-", f" {article}-") for article in articles):
                for form in (written, written.replace("-", " ")):
                    yield form, code
                    yield form.upper(), code


def divisions() -> Iterator[tuple[str, str]]:
    """Yield the names of divisions with the codes of their countries."""
    for code, names in DIVISIONS.items():
        yield from ((name, code) for name in names.split("|"))
