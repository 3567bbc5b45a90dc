"""First names and what they are called for short, in French and in English.

Ours rather than a package's: the one that is kept up knows English alone, and takes Jean for Jane,
Louis for Louise and Robert for Bill, who are different people in any French book.
"""

from collections import defaultdict

# On each line one name in its spellings, then what those who bear it are called.
_TABLE = """
    agnes: nes aggie
    albert: al bert bebert
    alexander alexandre aleksander aleksandr: alex alec sacha sasha xander sandy
    alexandra alessandra: alex alexa sacha sasha sandy
    alexis: alex
    alfred: fred alf alfie
    alice alicia: ali
    alison allison: ali
    andrew: andy drew
    angelique angela angelina: angie
    anna anne ann: annie nan nanou anouk anouchka
    annabelle annabel: belle
    anthony antony: tony
    antoine: tony toine tonio
    arthur: art tutur
    augustin august auguste: gus
    barbara: barb babs barbie babette
    bartholomew: bart
    bastien: bast
    beatrice beatrix: bea
    benedict benoit: ben
    benjamin: ben benji benjy
    bernadette: bernie detta
    bernard: bernie nanard
    bertrand: bert
    bridget brigitte: bibi bridie
    camille camilla: cam mimi milla
    caroline carolina carolyn: caro carrie line
    catherine katherine catharine katharine kathryn catheryn: kate cathy kathy katie cath kath cat kat kitty katy
    charles: charlie charley charly chuck chaz
    charlotte: charlie lotte lottie cha chacha
    christelle cristelle: chris
    christian: chris
    christina cristina: chris tina chrissie
    christine: chris chrissie tine
    christophe christopher: chris kit tof toff
    clementine: clem
    clement: clem
    constance: connie
    cornelius: corny
    cynthia: cindy
    daniel: dan danny dany
    daniele danielle: dany dani
    david: dave davy
    deborah debora: deb debbie debby
    dominique dominic: dom domi nick
    donald: don donnie
    dorothy dorothee dorothea: dot dottie dolly doro
    douglas: doug
    edmond edmund: ed eddie eddy ned
    edouard edward: ed eddie eddy ned ted teddy doudou
    edwin: ed eddie
    eleonore eleanor eleanore: ellie nell
    elisabeth elizabeth elisabet: liz lizzie beth betty betsy babette bess lisbeth zabeth
    emmanuel emanuel immanuel manuel: manu manny mano
    emmanuelle emanuelle manuela: manu manue
    eric erik: rico ricky
    ernest: ernie
    eugene: gene
    fabien fabian: fab
    fabrice: fab
    ferdinand fernand: ferdi nando
    florence: flo flossie
    florent: flo
    florian: flo
    frances: fran fanny frannie
    francesca: fran chess
    francis: frank fran
    francois: francky frans
    francoise: fanfan soizic
    frank franck franklin: frankie francky
    frederic frederick frederik: fred freddy freddie rick
    frederique: fred
    gabriel: gab gabe gaby
    gabrielle gabriela: gab gaby gabby
    genevieve: ginette gen
    geoffrey jeffrey geoffroy: geoff jeff
    gerald: gerry jerry
    gerard: gerry gege
    germaine: maine
    gilbert: gil bert
    gregoire gregory: greg
    guillaume: guigui guill
    gwendoline gwendolyn gwenaelle: gwen
    harold: harry hal
    helene helen helena elena: nell lena lenou nelly leni
    henri henry: harry hank riri hal
    herbert: herb bert bertie
    hippolyte: polo
    hubert: hub bert
    ignace ignatius: iggy
    isabelle isabel isabella isobel: isa belle bella izzy zaza
    jacob: jake
    jacqueline: jackie jacky line
    jacques: jacky jacquot
    james: jim jimmy jamie jem
    janet: jan
    jean: jeannot
    jeanne: jeannette jeannie
    jennifer: jen jenny jenn
    jeremie jeremy: jerry jem
    jerome: jerry
    jessica: jess jessie
    joachim joaquin: jo
    joanna johanna: jo
    john: johnny jack jon
    jonathan jonathon: jon jonny
    josephine: jo josie fifi
    joseph: joe joey jo jojo
    joshua: josh
    judith: judy jude
    julia julie: juju
    julien julian: ju juju
    juliette juliet: ju
    justine: juju
    kenneth: ken kenny
    kimberly kimberley: kim
    laetitia letitia: laeti letty tia
    laurence lawrence: lau larry laurie
    laurent: lau lolo
    leonard: leo len lenny
    leopold: leo
    lillian lilian: lily lil
    louis: lou loulou
    louise louisa: lou loulou
    lucie lucy lucille: lu lulu
    lucien: lulu
    ludovic: ludo
    madeleine madeline magdalena: mado maddie mady lena
    margaret marguerite margherita: maggie meg peggy greta margot margo madge marge
    marianne: mari
    marie maria: mimi
    martin: marty
    martine: titine
    mathieu matthieu matthew: mat matt matth
    mathilde matilda: tilda math tilly
    maurice: momo
    maxime: max
    maximilien maximilian: max
    maxwell: max
    melanie: mel
    melissa: mel lissa
    michael: mike mick mickey micky
    michel: michou mich
    micheline michele michelle: mimi shelly
    mohamed mohammed muhammad mohammad mohamad: momo mo med
    monique: momo monie
    nathalie natalie natalia natalya: nat nath nathou natasha tasha talia
    nathan nathaniel: nat nate
    nicholas nicolas nikolas: nico nick nicky niko klaus
    nicole: nicky nico coco
    olivier oliver: oli olive ollie
    olivia: liv livia
    pamela: pam
    pascal: pasc
    patricia: pat patty tricia trish patsy
    patrick: pat paddy pat patou
    paul: paulo popaul
    pauline paulina: popo
    penelope: penny
    peter: pete
    philippe philip phillip: phil pip filou
    pierre: pierrot
    rachel rachael: rach
    raphael rafael: raf rapha rafa
    raphaelle: raph
    raymond: ray
    rebecca rebekah: becca becky
    reginald: reg reggie
    richard: rick ricky rich richie dick
    robert roberto: bob bobby rob robbie bert
    roland rowland: rolly
    romain: rom
    ronald: ron ronnie
    rosalie rosalind: rose rosie
    samantha: sam sammy
    samuel: sam sammy
    sandrine: sandy
    sebastien sebastian: seb basti
    simone: momone
    solange: solo
    sophie sophia sofia: soso sof
    stephane: steph
    stephanie: steph stephie fanny
    stephen steven steve stefan: steve stevie steph
    susan susanna suzanne: sue susie suzie suzy suzon
    sylvain: syl
    sylvie sylvia: syl
    terence: terry
    theodore theodor: ted teddy theo
    theophile: theo
    theresa teresa therese: terry tess tessa resi
    thibault thibaut thibaud: thib titi
    thierry: titi
    thomas: tom tommy thom
    timothy timothee: tim timmy timo
    valentin: val
    valentine: val
    valerie: val
    veronique veronica: vero ronnie
    victoire victoria: vicky vic tori
    victor: vic totor
    vincent: vince vinz
    virginie virginia: gigi ginny
    walter: walt wally
    wilfred wilfried: will fred
    wilhelmine: mina
    william: bill billy will willy willie
    xavier: xav
    yannick: yan
    yolande: yoyo
    yvonne: vonette
    zacharie zachary: zach zack zac
"""


def _lines() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in _TABLE.split("\n"):
        spellings, _colon, short = line.partition(":")
        for name in (*spellings.split(), *short.split()):
            found[name].add(spellings.split()[0])
    return {name: frozenset(roots) for name, roots in found.items()}


_ROOTS = _lines()


def roots(word: str) -> frozenset[str]:
    """The names that `word` (folded) may stand for: for Alex, three; for one that is in no table, itself."""
    return _ROOTS.get(word) or frozenset([word])


def are_forms_of_one(one: str, other: str) -> bool:
    """Kate and Catherine; not Alexandre and Alexandra, though both are Alex."""
    return not roots(one).isdisjoint(roots(other))
