"""Those with whom she worked before she was on her own, those who advise her, and who came through them."""

from contacts.demo.spec import (
    Day,
    InDays,
    InMonths,
    Person,
    Tie,
    born,
    called,
    email,
    i_owe,
    met,
    mobile,
    noted,
    phone,
    site,
    social,
    texted,
    they_owe,
    wrote,
)

# The one with whom there is a long history: its page has more than one page of it.
HELENE = Person(
    first_name="Hélène",
    last_name="Dubois",
    job_title="Administratrice indépendante",
    birthday=born(12, 5, 1959),
    how_met="Associée chez Orion Conseil, elle a mené l'entretien d'embauche et confié la première mission.",
    met_days_ago=3650,
    notes="La personne à appeler avant toute décision importante. Écoute longtemps, puis pose une seule question. Ne "
    "donne jamais de conseil par écrit. Vit entre Paris et Saint-Malo. Deux petites-filles, Colette et Nour.",
    tags=("Mentors", "Anciens d'Orion"),
    cadence_days=30,
    is_favorite=True,
    methods=(
        email("helene.dubois@courriel.example"),
        mobile("06 39 98 60 01"),
    ),
    ties=((Tie.COLLEAGUE, "Thomas Rivière"), (Tie.MENTEE, "Leïla Mansouri")),
    talks=(
        met(
            8,
            "08:30",
            "Café au Select",
            "Lui parler de l'appel d'offres avec Priya et de la part variable demandée par Sérénys.",
        ),
        called(
            -21,
            "18:30",
            "La part variable",
            "Son avis : accepter un quart au plus, et seulement sur un chiffre que l'on mesure soi-même. « Ne te fais "
            "pas payer par ta patience. »",
            i_owe("Envoyer à Hélène le modèle de contrat pour relecture", 4),
        ),
        met(
            -49,
            "08:30",
            "Café au Select",
            "Elle quitte un de ses trois conseils d'administration, par lassitude. Demande si Leïla va mieux depuis "
            "son changement d'équipe.",
        ),
        texted(-70, "21:15", "Photo de Saint-Malo", "« La mer est plus calme que toi. Repose-toi dimanche. »"),
        met(
            -83,
            "12:30",
            "Déjeuner avec Leïla",
            "Hélène a écouté Leïla raconter son conflit avec son directeur, puis : « Qu'est-ce que tu ferais si tu "
            "n'avais pas peur ? » Silence. Leïla a souri.",
            others=("Leïla Mansouri",),
        ),
        called(
            -112,
            "19:00",
            "Refuser une mission",
            "Le client presse, paie bien et méprise ses équipes. Elle n'a rien dit, ce qui est une réponse. Mission "
            "refusée le lendemain.",
        ),
        met(
            -141,
            "08:30",
            "Café au Select",
            "Sa petite-fille Colette apprend à nager. Parlé de la Maison Bérard : transmettre, c'est d'abord se taire.",
        ),
        wrote(
            -150,
            "07:50",
            "Un article",
            "Elle envoie sans commentaire un article sur les fusions de mutuelles. À relire avant de voir Bertrand.",
        ),
        met(
            -172,
            "08:30",
            "Café au Select",
            "Fatiguée par un conseil difficile. Pour une fois, c'est elle qui avait besoin de parler.",
        ),
        called(
            -204,
            "18:10",
            "Tarifs",
            "« Tu vends des journées, ils achètent des nuits tranquilles. » Augmentation de 12 % annoncée à deux "
            "clients dans la foulée ; aucun n'a protesté.",
        ),
        met(
            -233,
            "09:00",
            "Marche au Luxembourg",
            "Une heure sous la pluie sans s'en apercevoir. Elle conseille d'écrire davantage, et de signer.",
        ),
        texted(-251, "12:00", "Bravo", "« Lu ton article sur les entrepôts. Deux fois. Coupe la première phrase. »"),
        met(
            -266,
            "08:30",
            "Café au Select",
            "Trois clients font 80 % du chiffre : elle s'inquiète. Objectif fixé ensemble, pas plus de 40 % pour le "
            "premier.",
            i_owe("Faire le tableau du chiffre d'affaires par client", -250, done=-248),
        ),
        called(
            -301,
            "20:00",
            "Hexalis renouvelle",
            "Contente sans être surprise. Demande ce que j'ai fait pour fêter cela : rien. Elle a raccroché en riant.",
        ),
        met(
            -330,
            "12:30",
            "Déjeuner rue de Vaugirard",
            "Raconté les débuts d'Orion : quatre associés, deux bureaux, une ligne de téléphone.",
        ),
        met(
            -362,
            "08:30",
            "Café au Select",
            "Bilan de l'année. Elle a noté trois mots sur la nappe : choisir, écrire, déléguer.",
        ),
        noted(
            -361,
            "10:00",
            "Les trois mots",
            "Choisir : moins de clients. Écrire : une heure le vendredi. Déléguer : la mise en page et la "
            "comptabilité.",
        ),
        called(
            -398,
            "17:45",
            "Clause de non-concurrence",
            "Elle pense qu'elle ne tient plus, et conseille de le faire écrire par Rachid Ouali.",
        ),
        met(
            -425,
            "08:30",
            "Café au Select",
            "Arrivée avec un livre de Simone Weil annoté. À rendre un jour.",
            i_owe("Rendre à Hélène le livre de Simone Weil"),
        ),
        wrote(
            -455,
            "22:10",
            "Lettre de recommandation",
            "Quatre lignes, pas un adjectif. La meilleure recommandation jamais reçue.",
        ),
        met(
            -498,
            "09:30",
            "Exposition au musée de l'Homme",
            "A expliqué le rôle d'un conseil d'administration devant une pirogue polynésienne.",
        ),
        called(
            -560,
            "18:00",
            "Premier gros client perdu",
            "« On ne perd que ce qu'on tenait mal. » Puis une demi-heure de méthode pour rappeler le client dans six "
            "mois.",
        ),
        met(
            -640,
            "19:00",
            "Pot de départ d'Hélène",
            "Cent personnes, aucun discours, une chanson. Thomas a pleuré.",
            others=("Thomas Rivière",),
        ),
        met(
            -735,
            "08:30",
            "Café au Select",
            "Elle prépare son départ d'Orion. Personne ne le sait encore ; rien à écrire nulle part.",
        ),
        called(
            -860, "12:15", "Assurance professionnelle", "Rappel utile : couverture au moins égale au plus gros contrat."
        ),
        met(-1010, "08:30", "Café au Select", "Six mois d'indépendance. « Tu as l'air plus grande. »"),
        met(
            -1235,
            "18:00",
            "La décision",
            "Démission posée le matin même. Elle a commandé deux coupes de champagne et demandé le plan.",
        ),
        met(-1420, "13:00", "Déjeuner chez Orion", "Première fois que le mot indépendance est prononcé, par elle."),
    ),
)

ORION = (
    HELENE,
    Person(
        first_name="Thomas",
        last_name="Rivière",
        organization="Orion Conseil",
        job_title="Directeur de mission",
        birthday=InDays(9, 44),
        how_met="Même bureau pendant cinq ans chez Orion Conseil.",
        met_days_ago=3300,
        met_through="Hélène Dubois",
        city="Vincennes",
        notes="Envoie des clients quand Orion est trop cher pour eux. Ne parle jamais travail avant le café. Trois "
        "enfants, dont Anouk, née le jour de la soutenance Hexalis. Allergique aux fruits de mer.",
        tags=("Anciens d'Orion", "Réseau"),
        cadence_days=45,
        is_favorite=True,
        methods=(
            email("thomas.riviere@orion-conseil.example", "travail"),
            mobile("06 39 98 60 12"),
            social("https://reseau.example/in/thomasriviere"),
        ),
        dates=(Day("Dix ans chez Orion", InDays(31, 10)),),
        talks=(
            met(
                6,
                "12:30",
                "Déjeuner rue de Charonne",
                "Il veut parler d'un client trop petit pour Orion, dans l'édition scolaire. Penser à lui rendre sa "
                "clef USB.",
            ),
            texted(
                -8,
                "22:05",
                "Client dans l'édition scolaire",
                "« J'ai une PME pour toi, vingt personnes, un patron adorable et un bazar sans nom. On en parle à "
                "déjeuner. »",
                they_owe("Donner le nom du client dans l'édition scolaire", 6),
            ),
            met(
                -52,
                "13:00",
                "Déjeuner à Nation",
                "Orion réorganise ses équipes, il hésite à demander la direction du bureau de Lyon. Sa femme préfère "
                "rester à Vincennes. Il ne veut pas d'avis, juste une oreille.",
            ),
            met(
                -128,
                "19:30",
                "Dîner à Vincennes",
                "Les trois enfants à table, Anouk a récité une fable entière. Thomas cuisine vraiment bien.",
                i_owe("Envoyer à Anouk le livre sur les baleines", -110, done=-115),
            ),
            wrote(
                -219,
                "11:40",
                "Retour sur Hexalis",
                "Claire Moreau lui a dit du bien de la mission. Il transmet mot pour mot.",
            ),
            met(
                -640,
                "21:30",
                "Après le pot d'Hélène",
                "Marché jusqu'à la Bastille. Promis de déjeuner tous les deux mois ; à peu près tenu.",
            ),
        ),
    ),
    Person(
        first_name="Marion",
        last_name="Leclerc",
        organization="Banque Solène",
        job_title="Directrice de programme",
        birthday=InDays(28, 46),
        how_met="Consultante chez Orion la même année ; partie ensuite à la Banque Solène.",
        met_days_ago=2800,
        met_through="Hélène Dubois",
        notes="A ouvert les portes de la banque et présenté Olga Petrova. Très organisée, un peu caustique. Fait de "
        "l'escalade à Fontainebleau. Reçoit beaucoup, cuisine peu.",
        tags=("Anciens d'Orion", "Réseau"),
        cadence_days=45,
        methods=(email("marion.leclerc@banque-solene.example", "travail"), phone("01 99 00 74 52")),
        ties=((Tie.COLLEAGUE, "Olga Petrova"), (Tie.FRIEND, "Thomas Rivière")),
        talks=(
            met(
                -61,
                "12:45",
                "Déjeuner à La Défense",
                "Son programme change de nom pour la troisième fois. Elle cherche quelqu'un pour animer un séminaire "
                "de direction, deux jours, quarante personnes. Intéressée, mais pas elle qui décide.",
                i_owe("Envoyer à Marion deux formats de séminaire", 24),
            ),
            called(
                -133,
                "18:20",
                "Olga Petrova",
                "« Olga t'apprécie. Elle ne le dira jamais. » La mission sera sans doute prolongée.",
            ),
            met(
                -242,
                "10:00",
                "Fontainebleau",
                "Première et dernière fois sur un rocher. Elle grimpe comme elle travaille : sans un mot de trop.",
                others=("Thomas Rivière",),
            ),
            wrote(
                -485,
                "09:10",
                "Mise en relation avec Olga",
                "Présentation par courriel, trois lignes, rendez-vous fixé dans l'heure.",
            ),
        ),
    ),
    Person(
        first_name="Stéphane",
        last_name="Guyot",
        organization="Guyot Conseil",
        job_title="Consultant indépendant",
        birthday=born(24, 2, 1974),
        how_met="Chef de projet chez Orion à Lyon ; s'est mis à son compte la même année.",
        met_days_ago=2500,
        met_through="Thomas Rivière",
        city="Lyon",
        notes="Connaît bien la protection sociale et cherche une mission dans la mutualité, à Lyon si possible. "
        "Solide, discret, toujours en avance. Ancien rugbyman.",
        tags=("Anciens d'Orion", "Réseau"),
        methods=(
            email("stephane@guyot-conseil.example", "travail"),
            mobile("06 39 98 60 33"),
            site("https://guyot-conseil.example"),
        ),
        talks=(
            met(37, "12:30", "Déjeuner à la Part-Dieu"),
            called(
                -33,
                "09:20",
                "Fin de mission",
                "Sa mission se termine dans deux mois, rien derrière. Il aimerait rencontrer des dirigeants de "
                "mutuelles à Lyon. Penser à Bertrand Lefèvre et à Aïssatou Diallo.",
            ),
            met(
                -189,
                "19:00",
                "Bouchon rue Mercière",
                "Comparé les deux premières années à son compte. Même constat : on sous-estime le temps passé à "
                "vendre.",
            ),
            texted(-290, "08:30", "Bonne année d'indépendance", "« Trois ans et toujours debout. À la tienne. »"),
        ),
    ),
    Person(
        first_name="Leïla",
        last_name="Mansouri",
        organization="Orion Conseil",
        job_title="Consultante confirmée",
        birthday=born(7, 10, 1993),
        how_met="Stagiaire dans l'équipe Hexalis, du temps d'Orion.",
        met_days_ago=1980,
        notes="Très douée, doute beaucoup. Envisage de partir dans le secteur public. Lit de la poésie arabe, joue au "
        "ping-pong.",
        tags=("Anciens d'Orion",),
        cadence_days=90,
        methods=(email("leila.mansouri@orion-conseil.example", "travail"), mobile("06 39 98 60 48")),
        ties=((Tie.MANAGER, "Thomas Rivière"),),
        talks=(
            met(23, "18:30", "Verre place d'Aligre"),
            wrote(
                -44,
                "20:25",
                "Candidature à l'hôpital public",
                "Elle postule comme directrice de projet dans un groupe hospitalier. Demande une relecture de sa "
                "lettre, sans ménagement.",
                i_owe("Relire la lettre de candidature de Leïla", -38, done=-40),
                they_owe("Dire si l'entretien est obtenu", 9),
            ),
            met(
                -165,
                "19:00",
                "Ping-pong à Ménilmontant",
                "Perdu onze à trois. Elle a parlé de son directeur entre deux points.",
            ),
        ),
    ),
    Person(
        first_name="Henri",
        last_name="Vasseur",
        job_title="Fondateur d'Orion Conseil",
        birthday=born(18, 8, 1944),
        how_met="Fondateur d'Orion ; recevait chaque nouvelle recrue une heure, porte fermée.",
        met_days_ago=3640,
        notes="Disait : « Un bon conseil tient sur une carte de visite. » A gardé la sienne dans le premier tiroir du "
        "bureau.",
        tags=("Anciens d'Orion", "Mentors"),
        deceased_days_ago=410,
        dates=(Day("Fondation d'Orion Conseil", born(2, 1, 1987)),),
        ties=((Tie.CHILD, "Agnès Vasseur"),),
        talks=(
            met(
                -520,
                "15:00",
                "Chez lui, à Sceaux",
                "Affaibli mais l'œil vif. A demandé des nouvelles de chacun par son prénom.",
            ),
            met(
                -900,
                "12:30",
                "Déjeuner des anciens",
                "Tous les anciens autour de lui. Il a payé sans que personne le voie.",
                others=("Hélène Dubois", "Thomas Rivière"),
            ),
            called(-1230, "10:00", "Annonce du départ", "« Enfin. » Puis un long silence content."),
        ),
    ),
    Person(
        first_name="Agnès",
        last_name="Vasseur",
        organization="Fondation Vasseur",
        job_title="Présidente",
        birthday=born(3, 7, 1972),
        how_met="Aux obsèques de son père, Henri Vasseur.",
        met_days_ago=404,
        met_through="Henri Vasseur",
        city="Sceaux",
        notes="Crée une fondation pour l'apprentissage en mémoire de son père. Cherche des entreprises familiales qui "
        "forment des apprentis.",
        tags=("Réseau",),
        methods=(email("agnes@fondation-vasseur.example", "travail"), phone("01 99 00 88 10")),
        talks=(
            met(
                -27,
                "17:00",
                "Le projet de fondation",
                "Dix bourses la première année, dans les métiers de la main. Elle voudrait visiter un atelier qui "
                "transmet : penser à Élodie Bérard et à Mei Tanaka.",
                i_owe("Présenter Agnès à Élodie Bérard", 13),
            ),
            wrote(
                -214,
                "16:00",
                "Archives de son père",
                "Elle a retrouvé des carnets de mission, tous datés, presque illisibles. Demande de l'aide pour les "
                "trier.",
            ),
            met(-404, "11:00", "Hommage à Henri", "Beaucoup de monde. Elle a lu une page de son père sur le métier."),
        ),
    ),
)

ADVISERS = (
    Person(
        first_name="Dominique",
        last_name="Salomé",
        organization="Salomé Coaching",
        job_title="Coach de dirigeants",
        birthday=born(22, 9, 1966),
        how_met="Formation à la facilitation, trois jours en Bourgogne.",
        met_days_ago=940,
        city="Saint-Mandé",
        notes="Ancien médecin, d'où ses entrées dans les cliniques. A proposé la mission aux Tilleuls. Échange de "
        "missions dans les deux sens, jamais de commission. Joue du hautbois.",
        tags=("Mentors", "Réseau"),
        methods=(email("dominique@salome-coaching.example", "travail"), mobile("06 39 98 61 04")),
        ties=((Tie.FRIEND, "Samuel Cohen"),),
        talks=(
            met(16, "17:30", "Supervision"),
            met(
                -60,
                "17:30",
                "Supervision",
                "Travaillé sur l'envie de sauver tout le monde. Consigne jusqu'à la prochaine fois : dire « je ne "
                "sais pas » une fois par réunion.",
                they_owe("Envoyer la bibliographie sur les équipes de soins", -45, done=-41),
            ),
            met(
                -121,
                "17:30",
                "Supervision",
                "Le cas Marchetti : pourquoi tant de fatigue après chaque appel ? Parce qu'il décide à deux.",
            ),
            called(
                -440,
                "13:10",
                "Une clinique à Saint-Mandé",
                "Samuel Cohen cherche un œil extérieur pour ses blocs opératoires. « Vas-y sans diapositives. »",
            ),
        ),
    ),
    Person(
        first_name="Emma",
        last_name="Lindqvist",
        organization="Fjord Design",
        job_title="Directrice de création",
        birthday=InMonths(1),
        how_met="Conférence sur la conception de services, à Stockholm.",
        met_days_ago=1100,
        city="Stockholm",
        country="Suède",
        time_zone="Europe/Stockholm",
        language="en",
        notes="Échanges en anglais. A recommandé Jonas Weber. Part en mer sans téléphone trois semaines par an. "
        "Collectionne les tickets de musée : lui en garder.",
        tags=("Réseau", "International"),
        cadence_days=90,
        methods=(email("emma@fjord-design.example", "travail"), social("https://reseau.example/in/emmalindqvist")),
        ties=((Tie.COLLEAGUE, "Jonas Weber"),),
        talks=(
            called(
                -118,
                "15:30",
                "Jonas, et la suite",
                "Contente que cela marche avec Jonas. Elle prépare une exposition sur les objets du quotidien et "
                "cherche un lieu à Paris.",
                i_owe("Chercher un lieu d'exposition pour Emma", None),
            ),
            wrote(
                -305, "10:00", "Jonas Weber", "Introduction : « He is honest and slow to trust. You will get along. »"
            ),
            met(
                -610,
                "19:00",
                "Dîner à Södermalm",
                "Harengs, trois desserts, un long débat sur la beauté des formulaires.",
            ),
        ),
    ),
    Person(
        first_name="Zoé",
        last_name="Hamdi",
        job_title="Rédactrice indépendante",
        birthday=born(15, 9, 1990),
        how_met="A relu un rapport d'Orion en une nuit, sans une faute.",
        met_days_ago=1700,
        met_through="Marion Leclerc",
        city="Lille",
        notes="Plume très sûre. Écrit l'histoire de la Maison Bérard. Préfère les commandes longues. Nage le matin, "
        "injoignable avant dix heures.",
        tags=("Partenaires",),
        methods=(
            email("zoe@hamdi-textes.example", "travail"),
            mobile("06 39 98 61 27"),
            site("https://hamdi-textes.example"),
        ),
        ties=((Tie.CLIENT, "Élodie Bérard"),),
        talks=(
            met(25, "14:00", "Point sur les textes", "Relire ensemble le premier chapitre de la Maison Bérard."),
            wrote(
                -30,
                "11:20",
                "Premier chapitre",
                "Douze pages sur le grand-père. La scène du premier sac est magnifique ; la partie sur la crise est "
                "trop longue.",
                they_owe("Envoyer la deuxième version du chapitre", 20),
            ),
            called(
                -96,
                "10:30",
                "Rencontre avec Élodie",
                "Elles se sont plu tout de suite. Zoé part une semaine à Romans avec un carnet et un magnétophone.",
            ),
            texted(
                -180,
                "10:05",
                "Disponible",
                "« Plus rien avant deux mois. Si tu as un livre à écrire, c'est maintenant. »",
            ),
        ),
    ),
    Person(
        first_name="Kwame",
        last_name="Osei",
        organization="Alto Formation",
        job_title="Directeur pédagogique",
        birthday=born(6, 1, 1977),
        how_met="Même table à un dîner de l'ambassade du Ghana.",
        met_days_ago=330,
        city="Lille",
        country="France",
        notes="Monte des formations en alternance et cherche des textes clairs pour ses supports. Habite Lille, comme "
        "Zoé Hamdi. Sa devise : « Moins de mots, plus de gestes. »",
        tags=("Réseau",),
        cadence_days=90,
        methods=(email("k.osei@alto-formation.example", "travail"),),
        talks=(
            called(
                -76,
                "16:40",
                "Supports de formation",
                "Deux cents pages que personne ne lit. Il voudrait quelqu'un qui sache couper. Lui parler de Zoé, qui "
                "vit à dix minutes de son bureau.",
            ),
            met(
                -197,
                "12:30",
                "Déjeuner gare du Nord",
                "Il arrivait de Lille, repartait à quinze heures. Quarante alternants placés cette année.",
            ),
            wrote(
                -328, "09:00", "Suite du dîner", "Le lien vers son école, et la recette du riz jollof promise à table."
            ),
        ),
    ),
    Person(
        first_name="Damien",
        last_name="Faure",
        organization="Transports Faure",
        job_title="Gérant",
        birthday=born(26, 10, 1968),
        how_met="Premier client après le départ d'Orion.",
        met_days_ago=1180,
        city="Clermont-Ferrand",
        notes="Entreprise vendue, retiré des affaires. Ne souhaite plus être contacté pour le travail.",
        tags=("Clients",),
        is_archived=True,
        methods=(email("damien.faure@transports-faure.example", "travail"),),
        talks=(
            called(-610, "11:00", "Vente de l'entreprise", "C'est signé. Il part vivre dans le Cantal avec deux ânes."),
            met(
                -890,
                "14:00",
                "Fin de mission",
                "Toutes les tournées tiennent sur un écran. Il a offert un saint-nectaire entier.",
            ),
            met(
                -1175,
                "10:00",
                "Premier rendez-vous",
                "Premier client, première facture, une poignée de main en guise de contrat.",
            ),
        ),
    ),
)

NETWORK = ORION + ADVISERS
