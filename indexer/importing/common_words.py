"""Words and first names that are also names of towns or provinces.

The list has the names of places that are frequent as words in subtitles of films in English, French
or Spanish (source: the word frequencies of pyspellchecker).
"""

# In lower case and without accents.
COMMON_WORDS = frozenset(
    """
abba abra acharnes adam adams adan agar agudo ahmad alba albuquerque alegre alexandra alicia
allende alley allier along altos aluminio amano amarillo amen americana ampara amparo anchorage
anda anew angers angora angostura angus anna antique apartado apex arar arcangel archangel
archway ariel arlington aron arrecife artemisa ascension ashton assis atalaya atar athena
atlantique atlantis aube austin avare awash azul babor bada bade bagre bahia baja bake
bakersfield bala balboa balkan bally balneario bals bamba banda banderilla bane bank barbuda
barda bardo bario barium barking barranca barranco barro basic baston bath bati batie batman
bato beaumont becs begun belen bella bellevue bello benares bender berkeley berline berne besar
bilbo billings bimbo biombo blackburn bled bloke bogue bolder bolton bombo bong bonito bonny
bosse bougie boulder brad braga bras brava braza brent breves brits broach brousse bruselas
brusque buchanan budin bufala bufalo buffalo burbank burdeos burla bury bush butterfly byzantium
cabo cabrero cala calabozo calceta caldera caller campana campestre canaries canela canning cano
cansa canta canton capaz capela capital carmen caroline carrefour cary cascade cascades cassia
cayo caza cebo cedro cela centennial central centrale centre-est centre-nord centre-ouest
centre-sud centro centurion cercado cerro cesar cesarea cham chamba chandler charleston chas
chato cher chesapeake chia chico chilla chiva chunga chungking cienaga cimitarra cincinnati cine
cita clare claudio clearwater clovis coast coastal codo cofradia collines cologne colorado
columbia columbus columna come commonwealth como conception concord concordia conde conquista
consolacion constancia constantinople constitucion continental contramaestre cordillera cordon
cork coro corona coronel cortes cota cotorra cove coventry crespo creuse cristalina croata
cruces cuite custodia cuvette cypress daca damasco damask dandy dano dardo dartmouth davenport
david delgado deli delis derby desarmes dese devi diadema diamante dilly dinar dire distrito
divas divino dolo doma dome doodah dorset dort douane drama drug dual dudley dura duran durazno
dure dures east eastern ebano edison education elizabeth embalse embarcacion emet empalme
encantado encarnacion encrucijada ende enterprise erode escondido esmeralda esperanza espinal
espinosa espumoso esquina esse essex est este estuaire eugene everett exeter extrema fajar
falcon familia fana fargo faro fate fatwa federal fiche fier fife fletcher flora floresta foca
fomento fortaleza fortuna foso fowling franca franklin fremont fresno fria frisco frontera
frutal fundacion ganda ganga ganja gant garcia gardez garibaldi garland genes gent gente george
ghat gigante gilbert ginebra giron gisborne gloria gobelins gold golfe gondola google gore
gracia grad grana granja greenwich greenwood grins guapo guarda guider guisa gulf hackney hagen
hail hala hamas hang hanna hardscrabble harrow havre hayden health henderson hermosa herrera
highlands hila hilvan hippo hire hola hollywood homo honcho honda hope horizonte hosanna hudson
hums humus ilesa ilion imbu independence independencia indiana inga insula insular interior
irving isabel isla islands jackson jaffa jena jerez jericho jerusalen jingling judah julia
juliet justice kale kali kana kara kari karin kennedy keri kiev kilo kong koto kowloon krishna
kure labranza lacs lafayette lagarto lakes lakota lama lamia lander langley langue lansing lapa
lara layla leida lensing lerdo leslie leste lester levi lexington libertad libres lice lids liez
lija lila lime limo limon limonar limpio lion lira littoral logos lola lone lopez lori
louisville lowell lower lozana luau lucas luce luck lyons macarthur mach macpherson madison
madura maga mage magnesia maine maints mako mala male manchar manche manda mandela manger mangue
mani manilla manning manta mantilla maracas marca marchand marche marco marfil margherita mariana
mariano marica maritime marks marte martin mary mascara mason matsu mayo meca mecca medias mena
merca meres mers mesa meshed mesquite meta metro metropolitana metropolitano mets meurs midlands
midway milagro mile mili milwaukee minga minna minster mirador mita mite mito mobil mobile mocha
moche modesto mojo moka molo molotov mongo mono monster montagnes monte montero morar moray
morena moro mors mosca mosco most moulins mountain mures muta nacimiento nada nadia naga name
nancy nanking naranjal narra nassau natal navarro nelson newark newport nice nigel nikki nola
nomme nord nord-est nord-ouest norman norte north north-east north-eastern north-west north-
western northeast northern northwest novena oakland obra observatoire occidente oceanside oeste
ogre okay olympic omaha oporto oral orang oriente orion orne ouest paco paine pala pali palma
palmares palo panda panorama papa papaya parais paras pare pari paries parla paro partnership
pasadena pasaje pastas pasto pati patrocinio patti paul paz peace peca pecs peking penco pensa
pepa pera percut perez pergamino perico perm pert perth pest peste pesto petersburg peto pets
phenix philly phoenix pila pilon piranhas pire pirita pita plano plaque plateaux plato plunge
poblacion police pool poole poso posse pout power pradera prado principe pristine pristino
progreso progress providence pueblo puma punch puni puri purificacion queens quilla rafa rafia
raleigh rama ramon ramos rapar rapina rath raver raya realeza recodo reconquista redonda reforma
regina regio registro regla remanso renes rengo reno republica reserva resistencia rest retreat
revel riant rich rifa rija rivera rivers riverside roan robertson rockford rodriguez roles roma
roman romana romo roseau rosetta rosette rouge rouse rousse ruano rubio ruda russe sacramento
saga sainte sake sala salazar sale sali salisbury salitre salud salvadora samba same sana sano
santana santos santuario sape saris savanes save school schools schroeder semeja semi senna seno
serena seria serra serres seto seul shang shaping shone shush sian sidney simmering sion sire
situe slough soba solano solo somali sombrio somerset somme sophia soro soul sour souse south
south-east south-west southeast southern southland southwest split spokane spoken springfield
springs stalingrad stirling stoke store suarez success sud sud-est sud-ouest sues suez sumo
sunning sur surco suri surmene surprise suss sutton tabaco tabou taft tame tana tangiers tango
tank tanta tapa tape tara tarde tarn tars tartar tata taza tema tempe tequila teresa terme
terminus terni tete tetu thai than thana thane thorn thornton tigre timon ting tirano tire tiro
tita toda toison tolo tolon topi torn torrance torres tostado tour tours trabajo training trent
trente trident triunfo tuba tucson tulsa tunes turbo turk turn tuscaloosa tyler union unity
upper usera valence valle vana varadero vasco vaso vedado vegas vena vera vermilion vibora
victor victoria vicuna viga vigia vine virar vista vite vladimir volta vulcan wadi walton warder
warren washington wean weir west western whitehall winston woodlands woodrow xeres xian yonkers
york young youth zafar zafo zeta zion
""".split()
)
