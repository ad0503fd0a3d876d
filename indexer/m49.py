"""Facts of places that no library we use holds: the UN's regions, its names, and common other names.

Regions and English names after the UN Statistics Division's M49 standard
(https://unstats.un.org/unsd/methodology/m49/). Kosovo and Taiwan, which M49 does not list, are
placed with their neighbours.
"""

# A line is a code, its name, and the countries directly in it; indentation says what contains it.
OUTLINE = """
002 Africa
 015 Northern Africa: DZA EGY LBY MAR SDN TUN ESH
 202 Sub-Saharan Africa
  014 Eastern Africa: IOT BDI COM DJI ERI ETH ATF KEN MDG MWI MUS MYT MOZ REU RWA SYC SOM SSD UGA TZA ZMB ZWE
  017 Middle Africa: AGO CMR CAF TCD COG COD GNQ GAB STP
  018 Southern Africa: BWA SWZ LSO NAM ZAF
  011 Western Africa: BEN BFA CPV CIV GMB GHA GIN GNB LBR MLI MRT NER NGA SHN SEN SLE TGO
019 Americas
 419 Latin America and the Caribbean
  029 Caribbean: AIA ATG ABW BHS BRB BES VGB CYM CUB CUW DMA DOM GRD GLP HTI JAM MTQ MSR PRI BLM KNA LCA MAF VCT SXM TTO TCA VIR
  013 Central America: BLZ CRI SLV GTM HND MEX NIC PAN
  005 South America: ARG BOL BVT BRA CHL COL ECU FLK GUF GUY PRY PER SGS SUR URY VEN
 021 Northern America: BMU CAN GRL SPM USA
142 Asia
 143 Central Asia: KAZ KGZ TJK TKM UZB
 030 Eastern Asia: CHN HKG MAC PRK JPN MNG KOR TWN
 035 South-eastern Asia: BRN KHM IDN LAO MYS MMR PHL SGP THA TLS VNM
 034 Southern Asia: AFG BGD BTN IND IRN MDV NPL PAK LKA
 145 Western Asia: ARM AZE BHR CYP GEO IRQ ISR JOR KWT LBN OMN QAT SAU PSE SYR TUR ARE YEM
150 Europe
 151 Eastern Europe: BLR BGR CZE HUN POL MDA ROU RUS SVK UKR
 154 Northern Europe: ALA DNK EST FRO FIN GGY ISL IRL IMN JEY LVA LTU NOR SJM SWE GBR
 039 Southern Europe: ALB AND BIH HRV GIB GRC VAT ITA MLT MNE MKD PRT SMR SRB SVN ESP XKX
 155 Western Europe: AUT BEL FRA DEU LIE LUX MCO NLD CHE
009 Oceania
 053 Australia and New Zealand: AUS CXR CCK HMD NZL NFK
 054 Melanesia: FJI NCL PNG SLB VUT
 057 Micronesia: GUM KIR MHL FSM NRU MNP PLW UMI
 061 Polynesia: ASM COK PYF NIU PCN WSM TKL TON TUV WLF
"""  # fmt: skip
REGIONLESS = frozenset({"ATA"})

# The UN's short names where they are not ISO's.
UN_NAMES = {
    "BOL": "Bolivia (Plurinational State of)", "COD": "Democratic Republic of the Congo",
    "CCK": "Cocos (Keeling) Islands", "FSM": "Micronesia (Federated States of)",
    "GBR": "United Kingdom of Great Britain and Northern Ireland",
    "HKG": "China, Hong Kong Special Administrative Region", "IRN": "Iran (Islamic Republic of)",
    "KOR": "Republic of Korea", "MAC": "China, Macao Special Administrative Region",
    "MAF": "Saint Martin (French Part)", "MDA": "Republic of Moldova", "NLD": "Netherlands (Kingdom of the)",
    "PRK": "Democratic People's Republic of Korea", "PSE": "State of Palestine", "SHN": "Saint Helena",
    "SJM": "Svalbard and Jan Mayen Islands", "TWN": "Taiwan Province of China",
    "TZA": "United Republic of Tanzania", "USA": "United States of America", "VAT": "Holy See",
    "VEN": "Venezuela (Bolivarian Republic of)", "VGB": "British Virgin Islands",
    "VIR": "United States Virgin Islands", "WLF": "Wallis and Futuna Islands",
}  # fmt: skip

# Common, former and short names that ISO (pycountry) and CLDR (Babel) leave out.
OTHER_NAMES = {
    "AFG": ["Islamic Emirate of Afghanistan"], "ARE": ["UAE", "Emirates"], "BEN": ["Dahomey"],
    "BFA": ["Burkina", "Upper Volta"], "BHS": ["The Bahamas"], "BIH": ["BiH", "Bosnia", "Bosnia-Herzegovina"],
    "BLR": ["Byelorussia", "Belorussia"], "CAF": ["République centrafricaine"], "CIV": ["Ivory Coast"],
    "COD": ["DRC", "DR Congo", "D.R. Congo", "Democratic Republic of Congo", "Congo (Kinshasa)", "Congo-Kinshasa",
            "Congo DRC", "Zaire", "Congo, Democratic Republic of the", "République démocratique du Congo", "RDC", "República Democrática del Congo"],
    "COG": ["Republic of Congo", "Congo Republic", "Congo-Brazzaville", "Congo (Brazzaville)",
            "République du Congo", "República del Congo"],
    "CPV": ["Cape Verde"], "CZE": ["Czech Republic"], "DOM": ["República Dominicana"],
    "FSM": ["Micronesia"], "GBR": ["UK", "U.K.", "Great Britain", "Britain", "United Kingdom"],
    "GEO": ["Republic of Georgia"], "GMB": ["The Gambia"], "GNB": ["Guinea Bissau"],
    "GNQ": ["Republic of Equatorial Guinea"], "HKG": ["Hong Kong SAR", "Hong Kong, China"],
    "IRN": ["Persia"], "KGZ": ["Kyrgyz Republic", "Kirghizstan", "Kirghizia", "Kyrghyzstan"],
    "KHM": ["Kampuchea"], "KIR": ["Gilbert Islands"], "KNA": ["St Kitts"],
    "KOR": ["South Korea", "ROK", "Korea (Republic of)"], "LAO": ["Lao PDR", "Lao P.D.R.", "Lao"],
    "LKA": ["Ceylon"], "MAC": ["Macau"], "MDV": ["Maldive Islands"],
    "MKD": ["Macedonia", "FYROM", "The former Yugoslav Republic of Macedonia", "Republic of Macedonia"],
    "MMR": ["Burma"], "NLD": ["The Netherlands", "Holland", "Kingdom of the Netherlands"],
    "PRK": ["DPRK", "North Korea"],
    "PSE": ["Palestine", "Occupied Palestinian Territory", "Occupied Palestinian Territories", "oPt",
            "Palestinian Territory", "Palestinian Authority", "West Bank and Gaza", "Gaza Strip", "West Bank"],
    "RUS": ["Russia"], "SRB": ["Republic of Serbia"], "STP": ["Sao Tome", "São Tomé"],
    "SUR": ["Surinam"], "SWZ": ["Swaziland"], "SYR": ["Syria"], "TCD": ["Tchad"], "THA": ["Siam"],
    "TLS": ["East Timor", "Timor Leste"], "TTO": ["Trinidad", "Trinidad & Tobago"],
    "TUR": ["Turkey", "Turkiye", "Republic of Turkey"], "TZA": ["Tanzania"],
    "USA": ["United States", "U.S.A.", "U.S."], "VAT": ["Vatican", "Vatican City", "Vatican City State"],
    "VIR": ["US Virgin Islands"], "VNM": ["Viet-Nam"], "VUT": ["New Hebrides"], "WSM": ["Western Samoa"],
    "XKX": ["Kosovo (under UNSCR 1244)", "Kosovë", "Косово"], "ZWE": ["Rhodesia", "Southern Rhodesia"],
}  # fmt: skip
OTHER_REGION_NAMES = {
    "005": ["América del Sur"], "011": ["West Africa", "Afrique de l’Ouest", "África Occidental"],
    "013": ["América Central", "Centroamérica"], "014": ["East Africa", "Afrique de l’Est"],
    "015": ["North Africa", "Afrique du Nord", "África del Norte"], "017": ["Central Africa", "África Central"],
    "019": ["The Americas"], "029": ["El Caribe"], "030": ["East Asia"], "034": ["South Asia"],
    "035": ["South-East Asia", "Southeast Asia", "South East Asia", "Southeastern Asia"],
    "053": ["Australasia"], "145": ["West Asia"], "202": ["Subsaharan Africa", "Africa south of the Sahara"],
    "419": ["Latin America", "LAC", "Latin America and Caribbean", "Latin America & the Caribbean",
            "América Latina", "América Latina y el Caribe", "Amérique latine et Caraïbes"],
}  # fmt: skip

# Names that two countries share, so that alone they name neither.
AMBIGUOUS = ("Congo", "Korea", "Virgin Islands", "Saint Martin", "Конго", "Корея", "刚果", "Corea", "Corée", "الكونغو")
