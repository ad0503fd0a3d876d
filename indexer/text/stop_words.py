"""Stop words: function words by language. A search that has other words ignores them.

The lists contain articles, pronouns, prepositions, conjunctions, particles and the forms of
auxiliary verbs. A noun, adjective or full verb is never a stop word, even if it is frequent.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from indexer.text.folding import fold
from indexer.text.stemming import primary_subtag

# By BCP 47 primary subtag, as written. Elided forms are without their apostrophe (l’, qu’).
_LISTS: Mapping[str, str] = {
    "ar": "في من إلى على عن مع بين حتى منذ خلال عند لدى لدي نحو إن أن إنها إنه أنه أنها أو أم و "
    "ف ثم بل لكن لا لم لن ما ليس ليست قد لقد كان كانت كانوا يكون تكون هو هي هم هن نحن أنا أنت "
    "هذا هذه هؤلاء ذلك تلك أولئك الذي التي الذين اللذين اللتين اللاتي اللواتي كل كما كيف متى "
    "أين أي أية إذا إذ لو لولا حيث سوف غير سوى بعد قبل بعض فيه فيها به بها له لها لهم منه منها "
    "منهم عليه عليها عليهم إليه إليها عنه عنها معه معها وهو وهي وقد ولا ولم وفي ومن وعلى وما "
    "وأن وإن وكان وكانت فقد مما فيما بما لما عما",
    "ca": "a al als amb aquell aquella aquelles aquells aquest aquesta aquestes aquests això "
    "allò de del dels des el els la les lo em en ens entre era eren es et ha han havia hem he "
    "hi ho i jo li me meu meva mi ni no nosaltres o on per però perquè què que qual quals quan "
    "qui s se sense ser seu seva seus seves si sí són sobre sota també te tu un una uns unes us "
    "va van vosaltres ell ella ells elles és està estan fins com l d n",
    "da": "af alle alt at blev blive bliver da de dem den denne der deres det dette dig din "
    "dine disse dog du efter eller en end er et for fra ham han hans har havde have hende "
    "hendes her hos hun hvad hvis hvor hvem hvilken hvilke i ikke ind jeg jer jo kan kunne man "
    "med meget men mig min mine mit mod ned når nogle noget nogen nu og også om op os over på "
    "sin sine sit sig skal skulle som sådan til ud under var ved vi vil ville være været vor "
    "vores",
    "de": "aber als am an auf aus bei beim bin bis bist da damit dann das dass daß dein deine "
    "dem den denen der deren des dessen die dies diese diesem diesen dieser dieses doch dort du "
    "durch ein eine einem einen einer eines er es euch euer eure für gegen hab habe haben hat "
    "hatte hatten hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins ist "
    "ja jede jedem jeden jeder jedes jener kann kein keine keinem keinen keiner können könnte "
    "man mein meine mich mir mit muss müssen nach nicht noch nun nur ob oder ohne sein seine "
    "seinem seinen seiner seit sich sie sind so sollen sollte sondern über um und uns unser "
    "unsere unter vom von vor war waren warum was weil welche welchem welchen welcher welches "
    "wenn wer werde werden wie wieder will wir wird wo wurden zu zum zur zwischen zwar wurde "
    "worden würde würden",
    "el": "ο η το οι τα του της των τον την τους τις στο στον στη στην στους στις στα σε με για "
    "από προς παρά αντί κατά μετά και κι ή αλλά ούτε μήτε αν εάν ότι πως που όπως όταν ενώ να "
    "θα δεν μη μην είναι ήταν έχει έχουν είχε είχαν ένας μια μία ένα αυτός αυτή αυτό αυτοί "
    "αυτές αυτά αυτών αυτού εκείνος εκείνη εκείνο εγώ εσύ εμείς εσείς μου σου μας σας όλοι κάθε "
    "ποιος ποια ποιο τι πού πότε γιατί ως έως μέχρι χωρίς υπό",
    "en": "a about all am among an and any are as at be because been being between "
    "both but by can could did do does each for from had has have having he her here "
    "hers him his how i if in into is it its itself me my nor of off on onto or our ours per s "
    "shall she should so some such t than that the their theirs them themselves then there "
    "these they this those through to too upon us was we were what when where whether "
    "which while who whom whose why will with within would you your yours",
    "es": "a al algo ante antes aquel aquella aquellas aquellos aquello así aún aunque bajo "
    "cada como cómo con contra cual cuál cuales cuáles cuando cuándo cuyo cuya cuyos cuyas de "
    "del desde donde dónde durante e el él ella ellas ellos ello en entre era eran eres es esa "
    "esas ese esos eso esta está estaba estaban están estar estas este estos esto estoy fue "
    "fueron ha había habían haber hace hacia han has hasta hay he hemos la las le les lo los "
    "más me mediante mi mí mis mucho muy nada ni no nos nosotros nuestra nuestras nuestro "
    "nuestros o os otra otras otro otros para pero poco por porque pues que qué quien quién "
    "quienes se sea sean según ser si sí sido siendo sin sino sobre son su sus también tampoco "
    "tan tanto te ti todo todos tras tu tú tus u un una unas uno unos usted ustedes vosotros y "
    "ya yo",
    "et": "aga ega ei ehk et ja juba jah ka kas kes kelle keda kellele kui kuid kus kuni ma me "
    "mida mis mille milles mina meie minu mu ning nad nagu need neid nende neil nemad nii niing "
    "nüüd oli olid olla oled oleme olen olete on oma pole pärast sa see seda selle selles sest "
    "siis siin sina sinu ta tema teie te too veel või üle alla koos läbi ilma",
    "eu": "al anitz arabera asko baina bat batean batek bati batzuk bera beraiek berau berauek "
    "bere berori beroriek beste bezala da dago dira ditu du dute edo egin ere eta eurak ez "
    "gainera gu gutxi guzti haiei haiek haietan hain hala han handik hango hara hari hark "
    "hartan hau hauei hauek hauetan hemen hemendik hi honek honela honetan honi hor horiek "
    "horietan horko horra horrek horrela horretan horri hortik hura ni noiz nola non nondik "
    "nongo nor nora ze zein zen zenbat zer zergatik ziren zituen zu zuek zuen zuten",
    "fi": "ei eivät emme en et ette että he heidän heidät heille heitä hän häneen hänellä "
    "hänelle häneltä hänen hänestä hänet häntä ja jo jos joka joita jotka jonka joiden jossa "
    "joissa johon joista jolla joille kanssa keitä keiden kenen ketkä koska kuin kuka kun me "
    "meidän meidät meille meitä mikä mihin minkä minne minulla minulle minun minut minä missä "
    "mitkä mitä mukaan mutta myös ne niiden niihin niille niin niissä niistä niitä no noiden "
    "noissa nuo nyt näiden näihin näille näissä näistä näitä nämä ole olemme olen olet olette "
    "oli olimme olin olisi olisivat olit olitte olivat olla olleet ollut on ovat poikki se sekä "
    "sen siihen siinä siitä sille siltä sinulle sinun sinä sitä tai te teidän teille teitä tuo "
    "tuon tuossa tuota tähän tälle tämä tämän tässä tästä tätä vaan vai vaikka yli",
    "fr": "a à ai ainsi alors as au aucun aucune aussi aux avait avaient avant avec avez avoir "
    "avons ayant c car ce ceci cela celle celles celui ces cet cette ceux chaque chez comme "
    "comment d dans de depuis des dès donc dont du elle elles en encore entre es est et étaient "
    "était étant être eu eux fut furent hors il ils j je jusqu jusque l la là laquelle le "
    "lequel les lesquelles lesquels leur leurs lors lorsque lui m ma mais me même mêmes mes "
    "mien moi mon n ne ni non nos notre nôtre nous on ont ou où par parmi pas pendant plus pour "
    "pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa sans se selon sera "
    "seront ses si sien sinon soi soient soit son sont sous sur t ta tandis te tel telle telles "
    "tels tes toi ton tous tout toute toutes tu un une vers via vos votre vôtre vous y",
    "ga": "a ach ag agus an ar as ba bhí chun cé chuig de den do don dá dár é faoi fé fós go "
    "gur i iad idir in is í le leis lena mar mé mo muid na nach ní níl níor nó ó ón os óna "
    "orthu roimh sa san sé seo sí siad sin sinn sna sula tá tar thar tré tríd tú um uaidh",
    "hi": "का की के को से में पर और या एक यह ये वह वे है हैं था थी थे हो होता होती होते हुआ हुई "
    "हुए ने तक भी ही तो कि जो जिस जिसे जिन जिनके जिसका जिसकी जिसके उस उसे उसका उसकी उसके उन "
    "उनका उनकी उनके उन्हें उन्होंने इस इसे इसका इसकी इसके इन इनका इनकी इनके इसमें मैं हम तुम आप "
    "मेरा हमारा अपना अपनी अपने नहीं न मत कर करने करना किया किए गया गई गए जा रहा रही रहे सकता "
    "सकती सकते लिए साथ द्वारा बाद पहले जब तब कब कहाँ कैसे क्या क्यों कौन किस कुछ कोई सब सभी यदि "
    "अगर लेकिन परन्तु अथवा एवं तथा वाला वाली वाले",
    "hu": "a ahogy ahol aki akik akkor alatt által általában amely amelyek amelyeket amelyet "
    "amelynek ami amikor amit arra át az azok azon azonban azt aztán azzal be bele csak de e "
    "ebben egy egyes egyik el elé én erre és ez ezek ezen ezt ezzel fel felé ha hanem hogy "
    "hogyan igen ilyen így is itt ki kell kívül közben között legyen lehet lenne lesz lett maga "
    "magát majd már más meg mellett mely melyek mert mi miatt mikor mint mintha mit mivel most "
    "nagyon ne nem nélkül ő ők őket olyan ott össze pedig saját se sem számára szemben szerint "
    "szét s ti te tehát ugyanis után úgy utána vagy vagyok valami valamint van vannak való vele "
    "viszont volna volt voltak vissza",
    "hy": "և եւ ու կամ բայց իսկ որ որը որոնք որի որպես թե եթե երբ էր էին է են եմ ենք ես եք նա "
    "նրա նրան նրանք նրանց մենք մեր դու դուք ձեր իմ ինձ այս այդ այն այստեղ այնտեղ սա դա նաև հետ "
    "մեջ վրա համար մասին մոտ տակ առանց ըստ ի մի ոչ չի չեն պետք ինչ ինչպես ով ուր իր իրենց",
    "id": "ada adalah agar akan akibat aku anda antara apa apakah apabila atas atau bagi "
    "bagaimana bahwa bahwasanya bawah beberapa belum bila bisa bukan dalam dan dapat dari "
    "daripada demi dengan di dia hanya harus hingga ia ialah ini itu jika juga kalau kami kamu "
    "kapan karena ke kepada ketika kita lagi lain lalu maka mana mereka merupakan mengapa namun "
    "nya oleh pada para per saat saja sambil sampai sang saya se sebagai sebab sebelum secara "
    "sedang sehingga sejak selama seluruh semua seperti serta sesudah setelah setiap siapa "
    "suatu sudah tanpa telah tentang terhadap tersebut tetapi tiap tidak untuk yaitu yakni yang",
    "it": "a ad agli ai al alla alle allo anche c che chi ci ciò col coi come con contro cui d "
    "da dagli dai dal dalla dalle dallo degli dei del dell della delle dello dentro di dopo "
    "dove e è ed egli ella era erano esse essi esso essa essere fra fu furono gli ha hanno ho i "
    "il in io l la le lei li lo loro lui ma me mentre mi mia mie miei mio ne negli nei nel nell "
    "nella nelle nello noi non nostra nostre nostri nostro o od ogni oltre per perché però più "
    "poi presso prima qual quale quali quando quella quelle quelli quello quel quegli quei "
    "questa queste questi questo qui se sé senza si sì sia siano sono sopra sotto sta su sua "
    "sue sugli sui sul sulla sulle sullo suo suoi tra tu tua tue tuo tuoi tutti tutto tutta "
    "tutte un una uno v vi voi vostra vostre vostri vostro",
    "lt": "apie ar arba aš bei bet būti buvo dabar dar dėl ir iš iki į jau jei jie jis jo jos "
    "ją jį jiems jų juos kad kada kai kaip kas kiek kodėl koks kokia ko ką kuri kurie kuris "
    "kurį kurios kurių kur man mano manęs mes mūsų mus ne nei nes nėra nors nuo o pagal pas per "
    "po prie prieš pro sau savo su ta tai taip tam tarp tas tie to todėl toks tu tų už virš vis "
    "visi visos yra šis ši šie šios šio šių šią šį",
    "nb": "alle at av bare ble bli blir blitt både da de deg dem den denne der dere deres det "
    "dette din disse ditt du eller en er et etter for fordi fra før ha hadde han hans har ham "
    "henne hennes her hun hva hvem hver hvilke hvilken hvis hvor hvordan hvorfor i ikke inn ja "
    "jeg kan kunne man med meg mellom men mi min mine mitt mot når noe noen nå og også om opp "
    "oss over på sa sammen seg selv si sin sine sitt skal skulle slik som så til ut uten under "
    "var ved vår våre være vært vi vil ville",
    "ne": "को का की ले लाई मा बाट द्वारा र वा तर पनि यो त्यो यी ती यस त्यस यसको त्यसको उनको उनी "
    "उनले उहाँ हामी हाम्रो म मेरो तिमी तपाईं छ छन् थियो थिए हो होइन भएको भएका भयो हुन हुने "
    "हुन्छ गरेको गर्न गर्ने गरी लागि सम्म सँग संग देखि पछि अघि नै न के कुन कहाँ कहिले किन कसरी "
    "जो जस जुन जब तब यदि भने भन्ने तथा एवं अनि",
    "nl": "aan al alle als ben bij daar dan dat de den der deze die dit doch door dus een en er "
    "ge geen haar had hadden heb hebben heeft hem het hier hij hoe hun iets ik in is ja je jij "
    "jou jouw jullie kan kon kunnen maar me mij mijn met men moet na naar niet nog nu of om "
    "omdat onder ons onze ook op over reeds sinds te tegen ten ter toch toen tot tussen u uit "
    "uw van vanaf veel voor waar waarin waarom wanneer want waren was wat we wel welk welke "
    "werd werden wie wij wil worden wordt zal ze zelf zich zij zijn zo zoals zonder zou zouden",
    "nn": "alle at av berre vart bli blir både då dei deg den denne der deira det dette di din "
    "dykk eg ei ein eit eller elles er et etter for fordi frå før ha hadde han hans har henne "
    "her hjå ho honom hennar i ikkje inn ja kan korleis kva kven kvar kvifor kunne man med meg "
    "mellom men mi min mine mitt mot når noko nokon nokre no og også om opp oss over på saman "
    "seg sjølv si sin sine sitt skal skulle slik som so så til ut utan under var ved vår våre "
    "vere vore vi vil ville",
    "pt": "a à às ao aos aquela aquelas aquele aqueles aquilo as até cada com como contra cuja "
    "cujas cujo cujos da das de dela delas dele deles depois desde do dos e é ela elas ele eles "
    "em entre era eram essa essas esse esses esta está estão estas estava estavam este estes "
    "estar eu foi foram for fosse há isso isto já la lhe lhes lo mais mas me mediante mesma "
    "mesmas mesmo mesmos meu meus minha minhas muito na nas não nem no nos nós nossa nossas "
    "nosso nossos num numa o onde os ou outra outras outro outros para pela pelas pelo pelos "
    "perante por porque porquê pois qual quais quando quanto que quê quem se seja sejam sem "
    "sendo ser será serão seu seus si sido sob sobre sua suas também tão te tem têm ter teu "
    "teus toda todas todo todos tu tua tuas tudo um uma umas uns você vocês vos",
    "ro": "a acea aceasta această aceea acei aceia acel acela acele acelea acest acesta aceste "
    "acestea acești acestei acestor acestui ai al ale alor am ar are aș asupra ați au avea avem "
    "aveți ca că când care cărei căror cărui către ce cei cel cele celor ci cine cu cum cât "
    "câți da dacă dar de deci decât deși despre din dintre după ea ei el ele era erau este eu "
    "fără fi fie fiecare fiind fost iar îi îl îmi în înainte între într își la le li lor lui "
    "mai mea mei mele meu mi ne nici nimic noastră noastre noi nostru noștri nu o ori pe pentru "
    "peste prin sa să sale sau său săi se și sub sunt spre ta tale tău te toate toată tot toți "
    "tu un una unde unei unele unii unor unui va vă voi vor vostru",
    "ru": "а без более бы был была были было быть в вам вами вас весь вдоль во вокруг вот все "
    "всё всего всей всем всеми всему всех всю вся вы где да для до его ее её ей ею если есть "
    "еще ещё же за и из или им ими иначе их к как какая какие каких какого какой ко когда кого "
    "ком кому кто куда ли либо между меня мне мной мы на над надо нам нами нас не него нее неё "
    "ней нем нём нему нет нею ни ним ними них но ну о об оба обо однако он она они оно от ото "
    "перед по под после потом потому почти при про раз с сам сама сами само самого самой самом "
    "себе себя со собой так также такая такие таких такого такой там тебе тебя тем теми то "
    "тобой тоже той только том тот тою ту тут ты у уже хотя чего чей чем через что чтобы чье "
    "чьё чья эта эти этим этими этих это этого этой этом этому этот эту я является являются "
    "который которая которое которые которого которой котором которому которую которым которыми "
    "которых свой своя свое своё свои своего своей своем своему своим своими своих свою",
    "sr": "а ако али бар без би била били било бити био биће в већ ви во где да ли до док за "
    "зато и из изван или им има имају иначе их ја је једна једно један јер јесам јеси јесмо "
    "јесте јесу још к ка када као како ко кога које који која којег којем којима кроз међу мене "
    "мој моја моје ми на над нас наш наша наше не него неке неки нека нема ни није нису но о од "
    "око он она они оно ова ове ови ово овај оне пак по под поред после пред при са сам се себе "
    "себи си сва све сви свој своја своје смо сте су та тај так те ти то том тога у уз што чак "
    "чија чије чији ће ћемо",
    "sv": "alla allt att av bara blev bli blir blivit de dem den denna deras dess dessa det "
    "detta dig din dina ditt du där då efter ej eller en er era ert ett från för genom ha hade "
    "han hans har henne hennes hon honom hur här i icke inom inte jag ju kan kunde man med "
    "mellan men mig min mina mitt mot mycket ni nu när någon något några och om oss på samt "
    "sedan sig sin sina sitt själv ska skall skulle som så sådan till under upp ut utan vad var "
    "vara varför varit varje vars vem vi vid vilka vilken vilket vill våra vår vårt än är åt "
    "över",
    "ta": "மற்றும் அல்லது ஒரு இது அது இந்த அந்த என என்று என்ற என்ன எந்த எங்கே எப்போது ஏன் யார் "
    "நான் நீ நாம் நாங்கள் அவர் அவர்கள் அவன் அவள் அவை இவை தான் உள்ள உள்ளது இல்லை இருந்து மேல் "
    "கீழ் முன் பின் மூலம் வரை ஆக ஆகும் ஆனால் எனினும் போல் கொண்டு பற்றி உடன்",
    "tr": "acaba ama ancak arada artık asla ayrıca az bana bazı belki ben benden beni benim "
    "beri bile bir biri birkaç birçok biz bizi bizim böyle bu buna bunda bundan bunlar bunları "
    "bunların bunu bunun çok çünkü da daha dahi de değil diğer diye dolayı eğer en fakat gibi "
    "göre hangi hem hep hepsi her hiç için içinde ile ise işte kadar karşı kendi kendine "
    "kendini ki kim kimse mı mi mu mü nasıl ne neden nerede nereye niçin niye o olan olarak "
    "oldu olduğu olduğunu olması olmak olup olsa ona ondan onlar onları onların onu onun oysa "
    "öyle pek rağmen sadece sana sanki sen senin siz sizi sizin sonra şu tarafından tüm üzere "
    "üzerinde var ve veya ya yani yerine yine yoksa zaten",
    "yi": "און אָדער אַז אויף אין איז איך איר אים אויך אַ אַן בײַ ביי ביז די דער דאָס דעם דו "
    "זײַן זיין זענען זיי זיך זי ער עס פֿון פון פֿאַר פאר צו מיט מיר ניט נישט נאָר נאר ווי וואָס "
    "וואס ווען ווער וואו וועט האָט האבן האָבן געווען אָבער אבער",
}
_LISTS_OF_VARIANTS: Mapping[str, tuple[str, ...]] = {"no": ("nb", "nn")}


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return the folded stop words of a language; empty for a language without a list."""
    tag = primary_subtag(language)
    lists = (_LISTS.get(variant, "") for variant in _LISTS_OF_VARIANTS.get(tag, (tag,)))
    return frozenset(fold(word) for text in lists for word in text.split())


def is_stop_word(term: str, language: str) -> bool:
    """Return whether a folded term is a stop word of a language."""
    return term in stop_words(language)


@cache
def _languages_by_stop_word() -> Mapping[str, frozenset[str]]:
    languages: dict[str, set[str]] = {}
    for language in (*_LISTS, *_LISTS_OF_VARIANTS):
        for word in stop_words(language):
            languages.setdefault(word, set()).add(language)
    return {word: frozenset(tags) for word, tags in languages.items()}


_NO_LANGUAGE: frozenset[str] = frozenset()


def stop_word_languages(term: str) -> frozenset[str]:
    """Return the primary subtags of the languages in which a folded term is a stop word."""
    return _languages_by_stop_word().get(term, _NO_LANGUAGE)
