"""Patterns of lists of names, which the rules for the words around a place share."""

# Words between a cue and the last of several names: "by the Governments of Japan, Norway and …".
REST_OF_LIST = (
    r"(?:(?:the|and|of|people|by|from|through|as well as|both|its|de|del|el|la|las|los|y|et|le"
    r"|les|du|des|en particulier|[Gg]overnments?|[Gg]ouvernements?|[Gg]obiernos?"
    r"|following countries|pays suivants|paises|siguientes|part|royaume|reino|kingdom"
    r"|democratique|centrafricaine|dominicaine|arabes?|unie?s?|populaire|islamique)\b:?|[dl]'"
    r"|\((?:[\d.,\s$€£%]|(?i:millions?|billions?|mil|per cent|USD?|EUR|dollars?|euros?))*+\)"
    r"|[A-Z](?:[\w'&-]|\.(?=\w))*+|[\s,();/])*+$"
)
# The rest of a list of countries. It has no acronyms: in "In Greece, UNHCR funded …" Greece is not
# the donor.
OTHER_COUNTRIES = (
    r"(?:(?:,|,? and|,? et|,? y) (?:the |la |le |les |el |l')?[A-Z][a-z][\w'-]*+"
    r"(?: (?:(?:democratique|centrafricaine|of|of the|du|de|del) ){0,2}[A-Z][a-z][\w'-]*+)*+)*+"
)
