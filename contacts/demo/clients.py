"""Those for whom she works now."""

from contacts.demo.spec import (
    Day,
    InDays,
    Person,
    Tie,
    address,
    born,
    called,
    email,
    i_owe,
    met,
    mobile,
    noted,
    phone,
    social,
    texted,
    they_owe,
    wrote,
)

HEXALIS = (
    Person(
        first_name="Claire",
        last_name="Moreau",
        organization="Hexalis",
        job_title="Directrice des systèmes d'information",
        birthday=born(17, 4, 1978),
        how_met="Présentée par Thomas Rivière à la fin de la mission Orion chez Hexalis ; elle cherchait quelqu'un "
        "pour reprendre la gouvernance des projets.",
        met_days_ago=1130,
        met_through="Thomas Rivière",
        notes="Va droit au but, déteste les présentations de plus de dix pages. Préfère un appel le matin avant 9 h "
        "30. Deux fils au collège. Court le semi-marathon de Paris tous les ans. Ne boit pas de café : thé vert.",
        tags=("Clients",),
        is_favorite=True,
        methods=(
            email("claire.moreau@hexalis.example", "travail"),
            mobile("06 39 98 10 12"),
            phone("01 99 00 41 07"),
            address("14 rue des Entrepreneurs, 75015 Paris", "bureau"),
        ),
        dates=(Day("Signature du premier contrat", InDays(-20, 3)),),
        ties=((Tie.COLLEAGUE, "Karim Benali"), (Tie.COLLEAGUE, "Lan Nguyen")),
        talks=(
            met(
                2,
                "10:00",
                "Comité de pilotage du programme Cap",
                "Ordre du jour : avancement des trois chantiers, arbitrage sur l'hébergement, calendrier de la "
                "bascule. Apporter la note de cadrage imprimée.",
            ),
            called(
                -6,
                "09:10",
                "Préparation du comité de pilotage",
                "Claire veut que le comité tranche entre hébergement interne et externe. Le fournisseur actuel "
                "augmente ses tarifs de 18 %. Elle a besoin d'une note de deux pages qui compare les deux scénarios, "
                "sans jargon, lisible par le directeur général.",
                i_owe("Envoyer la note de deux pages sur l'hébergement", 1),
                they_owe("Transmettre le devis du fournisseur actuel", -1),
            ),
            wrote(
                -14,
                "18:20",
                "Budget du second semestre",
                "Elle confirme une enveloppe de 84 000 euros pour la suite du programme, à condition que la reprise "
                "des données soit terminée avant la bascule.",
            ),
            met(
                -31,
                "10:00",
                "Comité de pilotage du programme Cap",
                "Chantier achats : en retard de trois semaines, faute de décideur. Chantier paie : rien à signaler. "
                "Claire a recadré le prestataire devant tout le monde, ambiance tendue. Après la réunion, elle "
                "demande comment protéger son équipe d'ici la bascule.",
                i_owe("Proposer un plan de charge pour l'équipe de Claire", -20, done=-22),
            ),
            met(
                -96,
                "12:30",
                "Déjeuner rue du Commerce",
                "A parlé de son fils aîné qui entre en seconde et veut faire de la musique. Côté Hexalis, elle se "
                "sent seule au comité de direction : Karim bloque tout ce qui n'a pas de retour en moins d'un an.",
            ),
            met(
                -240,
                "14:00",
                "Bilan de la deuxième année",
                "Très satisfaite du cadrage, moins de la communication aux utilisateurs. Elle souhaite une lettre "
                "mensuelle d'une page. Renouvellement acquis pour un an.",
            ),
        ),
    ),
    Person(
        first_name="Karim",
        last_name="Benali",
        organization="Hexalis",
        job_title="Directeur financier",
        birthday=born(2, 11, 1971),
        how_met="Au premier comité de direction d'Hexalis.",
        met_days_ago=1010,
        notes="Raisonne en retour sur investissement à douze mois. Apprécie qu'on lui envoie les chiffres la veille. "
        "Ancien joueur de handball, supporter de Créteil.",
        tags=("Clients",),
        methods=(email("karim.benali@hexalis.example", "travail"), phone("01 99 00 41 11")),
        talks=(
            called(
                -47,
                "17:15",
                "Désaccord sur le budget",
                "Ne veut pas entendre parler d'un hébergement externe tant que le coût de sortie n'est pas écrit noir "
                "sur blanc. Il accepte de regarder une simulation sur trois ans si elle tient sur un tableau.",
                i_owe("Envoyer la simulation sur trois ans à Karim", -12),
            ),
            met(
                -120,
                "11:00",
                "Revue des coûts du programme",
                "A relevé une double facturation chez l'intégrateur : 6 200 euros à récupérer. Content d'avoir été "
                "écouté, plus détendu que d'habitude.",
                they_owe("Réclamer l'avoir de 6 200 euros à l'intégrateur", -90, done=-88),
            ),
            wrote(
                -205,
                "08:50",
                "Indicateurs du programme",
                "Il demande trois indicateurs et pas un de plus : coût engagé, reste à faire, date de bascule.",
            ),
            met(
                -330,
                "15:30",
                "Premier vrai échange",
                "Vingt ans dans l'industrie, très attaché à la maison. Sa crainte : qu'on remplace un outil qui "
                "marche par une usine à gaz. Le ton était franc, la confiance reste à construire.",
            ),
        ),
    ),
    Person(
        first_name="Lan",
        last_name="Nguyen",
        organization="Hexalis",
        job_title="Responsable des ressources humaines",
        birthday=born(8, 9),
        how_met="Atelier sur la conduite du changement, dans les locaux d'Hexalis.",
        met_days_ago=620,
        met_through="Claire Moreau",
        city="Issy-les-Moulineaux",
        notes="Parle vietnamien avec ses parents, qui tiennent un restaurant à Issy. Très bonne oreille du terrain : "
        "sait avant tout le monde qui va partir.",
        tags=("Clients",),
        methods=(email("lan.nguyen@hexalis.example", "travail"), mobile("06 39 98 10 31")),
        talks=(
            met(
                -19,
                "09:30",
                "Point sur les départs",
                "Deux développeurs de l'équipe paie ont posé leur démission. Lan craint un effet domino si la date de "
                "bascule n'est pas annoncée vite. Elle propose d'en parler d'abord aux chefs d'équipe.",
                they_owe("Envoyer la liste des postes critiques", 10),
            ),
            wrote(
                -58,
                "14:05",
                "Trame de l'enquête interne",
                "A validé la trame en douze questions, en demandant de retirer celle sur le télétravail, trop "
                "sensible.",
            ),
            met(
                -142,
                "10:00",
                "Atelier avec les chefs d'équipe",
                "Neuf participants. Ce qui revient : trop d'outils, pas assez de formation. Lan anime très bien, à "
                "associer plus souvent.",
                i_owe("Rédiger le compte rendu de l'atelier", -135, done=-137),
            ),
            texted(
                -300,
                "18:40",
                "Adresse du restaurant de ses parents",
                "« Venez un jeudi, c'est le jour du bánh xèo. » À essayer avec Sarah.",
            ),
        ),
    ),
)

ARVENE = (
    Person(
        first_name="Bertrand",
        last_name="Lefèvre",
        organization="Mutuelle Arvène",
        job_title="Directeur général",
        birthday=born(23, 6, 1964),
        how_met="Conférence sur l'économie sociale à Lyon ; même table au déjeuner.",
        met_days_ago=860,
        city="Lyon",
        notes="Élu avant d'être gestionnaire : commence toujours par les adhérents. Aime qu'on cite les gens de "
        "terrain. Grand lecteur de romans policiers, échange volontiers des titres.",
        tags=("Clients",),
        methods=(
            email("b.lefevre@arvene.example", "travail"),
            phone("01 99 00 52 20", "secrétariat"),
            address("3 quai des Célestins, 69002 Lyon", "bureau"),
        ),
        dates=(Day("Assemblée générale des délégués", InDays(26)),),
        ties=((Tie.COLLEAGUE, "Aïssatou Diallo"),),
        talks=(
            met(-1, "16:00", "Point de mi-mission à Lyon", others=("Aïssatou Diallo",)),
            called(
                -24,
                "08:45",
                "Avant l'assemblée générale",
                "Il veut annoncer le nouveau parcours adhérent sans promettre de date. Demande une phrase simple à "
                "mettre dans son discours et un chiffre qui parle : 40 % d'appels en moins sur le pilote.",
                i_owe("Proposer trois formulations pour le discours", -18, done=-19),
            ),
            met(
                -88,
                "12:15",
                "Déjeuner de suivi",
                "Fatigué mais content. La fusion avec une petite mutuelle de Saint-Étienne se précise ; à garder pour "
                "soi jusqu'au vote. Il lit en ce moment un policier islandais, a promis de le prêter.",
                they_owe("Prêter le roman policier islandais", None),
            ),
            met(
                -190,
                "10:00",
                "Lancement de la mission Parcours",
                "Objectif : un adhérent doit avoir une réponse en deux jours. Trois agences pilotes : Lyon, Valence, "
                "Roanne. Il sera là à chaque jalon, Aïssatou décide au quotidien.",
            ),
            wrote(
                -260,
                "19:30",
                "Accord de principe",
                "Le bureau a voté la mission à l'unanimité moins une abstention. Il faut lisser la facturation sur "
                "deux exercices.",
            ),
        ),
    ),
    Person(
        first_name="Aïssatou",
        last_name="Diallo",
        organization="Mutuelle Arvène",
        job_title="Directrice de la transformation",
        birthday=born(30, 1, 1984),
        how_met="Désignée par Bertrand pour piloter la mission Parcours.",
        met_days_ago=188,
        met_through="Bertrand Lefèvre",
        city="Villeurbanne",
        notes="Ingénieure, a grandi à Dakar, arrivée à Lyon pour ses études. Prépare un marathon. Tutoiement depuis "
        "le deuxième atelier. Donne son avis en dernier en réunion : lui demander avant.",
        tags=("Clients",),
        methods=(
            email("a.diallo@arvene.example", "travail"),
            mobile("06 39 98 22 47"),
            social("https://reseau.example/in/adiallo"),
        ),
        talks=(
            met(
                20,
                "09:30",
                "Atelier avec les agences pilotes",
                "Trois agences, quinze personnes. Faire venir les conseillers eux-mêmes, pas seulement les "
                "responsables.",
            ),
            wrote(
                -5,
                "21:10",
                "Chiffres du pilote",
                "Les délais sont passés de neuf à quatre jours à Valence. Roanne décroche : deux absences longues. "
                "Elle propose de prêter une conseillère de Lyon un jour par semaine.",
                i_owe("Relire le tableau des délais avant l'atelier", 17),
            ),
            called(
                -17,
                "12:40",
                "Tension avec l'informatique",
                "Le directeur informatique découvre le calendrier et le conteste. Elle va le voir seule d'abord. Si "
                "cela ne suffit pas, elle demandera un arbitrage à Bertrand.",
            ),
            met(
                -61,
                "14:00",
                "Visite de l'agence de Roanne",
                "Passé la journée au guichet. Un conseiller garde un cahier où il note tout ce que l'outil ne sait "
                "pas faire : une mine d'or. Aïssatou l'a photographié page par page.",
                they_owe("Envoyer les photos du cahier de Roanne", -50, done=-52),
            ),
            met(
                -150,
                "10:30",
                "Deuxième atelier",
                "Elle a su faire parler les plus réservés. À la pause, discussion sur le marathon de Valence qu'elle "
                "prépare avec sa sœur.",
            ),
        ),
    ),
)

OTHER_CLIENTS = (
    Person(
        first_name="Julien",
        last_name="Marchetti",
        organization="Valmont Logistique",
        job_title="Directeur de la chaîne d'approvisionnement",
        birthday=born(11, 7, 1980),
        how_met="A répondu à un article sur les entrepôts publié dans une revue professionnelle.",
        met_days_ago=540,
        city="Marseille",
        notes="Corse d'origine, très attaché à Bastia. Téléphone en voiture : ne jamais donner de chiffre important à "
        "l'oral. Sa femme Laetitia est sage-femme.",
        tags=("Clients",),
        methods=(email("j.marchetti@valmont.example", "travail"), mobile("06 39 98 33 05")),
        dates=(Day("Mariage avec Laetitia", born(20, 6, 2009)),),
        talks=(
            called(
                -11,
                "18:05",
                "Grève annoncée au port",
                "Préavis de grève de cinq jours. Il veut savoir si l'on peut décaler l'inventaire de Vitrolles sans "
                "toucher au reste. Réponse attendue avant la fin de la semaine.",
                i_owe("Dire si l'inventaire de Vitrolles peut glisser", -6),
            ),
            met(
                -40,
                "09:00",
                "Journée à l'entrepôt de Vitrolles",
                "Les caristes contournent l'outil parce que le scanner met six secondes à répondre. Le vrai sujet est "
                "le réseau sans fil, pas la formation. Julien le savait mais personne ne l'avait mesuré.",
                they_owe("Faire chiffrer la réfection du réseau sans fil", 8),
            ),
            wrote(
                -75,
                "07:55",
                "Préparation de la visite",
                "Chaussures de sécurité obligatoires, arrivée avant 8 h 30. Il prévient le chef de quai, M. Santoni, "
                "qui n'aime pas les consultants.",
            ),
            met(
                -210,
                "11:00",
                "Cadrage de la mission entrepôts",
                "Trois sites, un seul outil, des habitudes opposées. Il accepte de commencer par Vitrolles, le plus "
                "difficile.",
            ),
        ),
    ),
    Person(
        first_name="Élodie",
        last_name="Bérard",
        organization="Maison Bérard",
        job_title="Directrice générale",
        birthday=born(5, 12, 1986),
        how_met="Dîner chez Amandine et Nicolas Roche ; elle venait de reprendre l'entreprise de son père.",
        met_days_ago=700,
        met_through="Amandine Roche",
        city="Romans-sur-Isère",
        notes="Maroquinerie fondée par son grand-père, 46 salariés. Porte seule la transmission, son frère est parti "
        "au Canada. Aime qu'on lui dise les choses franchement, jamais devant son père.",
        tags=("Clients",),
        methods=(
            email("elodie@maison-berard.example", "travail"),
            mobile("06 39 98 33 48"),
            address("Zone artisanale des Tanneurs, 26100 Romans-sur-Isère", "atelier"),
        ),
        dates=(Day("Fondation de la maison", born(1, 3, 1958)),),
        talks=(
            met(
                -8,
                "10:15",
                "Comité de transmission",
                "Son père a signé la donation des parts. Elle a retenu ses larmes. Reste à nommer un chef d'atelier : "
                "Mme Ferreira, vingt-deux ans de maison, hésite encore.",
                i_owe("Préparer l'entretien avec Mme Ferreira", 3),
            ),
            called(
                -26,
                "19:20",
                "Doute sur la boutique de Lyon",
                "Le bail court encore trois ans et la boutique perd 4 000 euros par mois. Elle penche pour fermer, "
                "sans oser le dire à l'équipe.",
            ),
            met(
                -70,
                "09:30",
                "Atelier avec les piqueuses",
                "Elles veulent choisir leurs commandes de cuir. Le carnet de commandes tient encore sur un tableau "
                "blanc ; il marche très bien, ne pas y toucher.",
            ),
            texted(
                -112,
                "21:45",
                "Après le salon",
                "« Deux acheteurs japonais, ils veulent l'histoire de la maison. Je n'ai rien d'écrit ! »",
                i_owe("Mettre Élodie en relation avec Zoé Hamdi pour un texte", -100, done=-98),
            ),
            met(
                -280,
                "14:30",
                "Première visite de l'atelier",
                "Odeur de cuir, lumière du nord, un silence impressionnant. Son père a montré le premier sac de 1958.",
            ),
        ),
    ),
    Person(
        first_name="Samuel",
        last_name="Cohen",
        organization="Clinique des Tilleuls",
        job_title="Directeur médical",
        birthday=born(19, 3, 1969),
        how_met="Mission courte sur les blocs opératoires, proposée par Dominique Salomé.",
        met_days_ago=430,
        met_through="Dominique Salomé",
        city="Saint-Mandé",
        notes="Chirurgien, opère encore deux jours par semaine : ni mardi ni jeudi. Parle par images, oublie ses "
        "rendez-vous si son assistante ne les note pas. Violoncelliste amateur.",
        tags=("Clients",),
        methods=(email("s.cohen@tilleuls.example", "travail"), phone("01 99 00 63 18", "assistante")),
        ties=((Tie.COLLEAGUE, "Nathalie Quéré"),),
        talks=(
            met(
                -54,
                "08:00",
                "Planning des blocs",
                "Les retards viennent du premier patient de la journée, toujours. Samuel accepte d'avancer l'entrée à "
                "6 h 45 si les anesthésistes suivent. Il leur parle lui-même.",
                they_owe("Obtenir l'accord des anesthésistes pour 6 h 45", -25),
            ),
            called(
                -85,
                "20:10",
                "Résultats du premier mois",
                "Quatorze minutes gagnées par salle et par jour. « Ne le dites pas au directeur, il va me supprimer "
                "une salle. »",
            ),
            met(
                -160,
                "07:45",
                "Immersion au bloc",
                "Deux heures en blouse. Le panneau des salles est tenu à jour par une aide-soignante, Rosa, que "
                "personne ne consulte jamais. Commencer par elle.",
            ),
            wrote(
                -225,
                "23:05",
                "Lettre de mission signée",
                "A signé sans rien changer, en ajoutant à la main : « et que mes infirmières rentrent à l'heure ».",
            ),
        ),
    ),
    Person(
        first_name="Nathalie",
        last_name="Quéré",
        organization="Clinique des Tilleuls",
        job_title="Directrice des soins",
        birthday=InDays(3),
        how_met="Au bloc, pendant la mission avec Samuel Cohen.",
        met_days_ago=155,
        met_through="Samuel Cohen",
        city="Vincennes",
        notes="Bretonne, infirmière de formation, connaît chaque soignant par son prénom. Le calme même. Part en mer "
        "dès qu'elle peut.",
        tags=("Clients",),
        methods=(email("n.quere@tilleuls.example", "travail"), mobile("06 39 98 33 71")),
        talks=(
            wrote(
                -9,
                "17:40",
                "Effectifs de nuit",
                "Trois postes vacants, deux intérimaires qui partent. Elle demande un argumentaire d'une page pour "
                "obtenir une prime de nuit.",
                i_owe("Écrire l'argumentaire pour la prime de nuit", 0),
            ),
            met(
                -34,
                "13:00",
                "Déjeuner à la cafétéria",
                "Les transmissions orales sont passées de vingt-cinq à douze minutes. Les équipes veulent garder le "
                "tableau papier en secours : d'accord avec elles.",
            ),
            met(
                -100,
                "09:00",
                "Point sur les transmissions",
                "Elle a observé trois relèves complètes, chronomètre en main. Le problème n'est pas le temps mais les "
                "interruptions : onze en moyenne.",
            ),
        ),
    ),
    Person(
        first_name="Mathieu",
        last_name="Garnier",
        organization="Novaterra Énergies",
        job_title="Directeur de l'innovation",
        birthday=born(27, 8, 1982),
        how_met="Table ronde sur l'éolien en mer à Nantes.",
        met_days_ago=390,
        city="Nantes",
        notes="Enthousiaste, dit oui à tout : reformuler par écrit après chaque réunion. Élève des abeilles, offre du "
        "miel à Noël. Deux filles, Alma et Jeanne.",
        tags=("Clients",),
        methods=(email("mathieu.garnier@novaterra.example", "travail"), mobile("06 39 98 34 02")),
        talks=(
            met(
                4,
                "17:00",
                "Visioconférence : choix des trois pilotes",
                "Six idées, trois places. Venir avec une grille simple : utilité, coût, délai.",
            ),
            called(
                -13,
                "11:30",
                "Trop d'idées",
                "Il a ajouté deux pilotes à la liste sans prévenir. Accepte de n'en garder que trois si le choix est "
                "fait devant sa directrice, pas par courriel.",
                they_owe("Envoyer les fiches des six idées", 1),
            ),
            met(
                -45,
                "10:00",
                "Séminaire à Saint-Nazaire",
                "Visite du parc en mer, vent de force six, tout le monde malade sauf Mathieu. Le soir, la meilleure "
                "idée est venue d'une technicienne : prévenir les pêcheurs par message avant chaque opération.",
            ),
            wrote(
                -130,
                "16:15",
                "Proposition acceptée",
                "Mission de huit mois, deux jours par semaine. Il demande que les livrables soient publics en interne.",
            ),
        ),
    ),
    Person(
        first_name="Olga",
        last_name="Petrova",
        organization="Banque Solène",
        job_title="Directrice des données",
        birthday=born(14, 2, 1981),
        how_met="Mission de trois mois sur le catalogue des données.",
        met_days_ago=480,
        met_through="Marion Leclerc",
        notes="Née à Riga, mathématicienne, humour très sec. Ne supporte pas les retards. Joue aux échecs en club le "
        "lundi soir : ne jamais l'appeler ce jour-là.",
        tags=("Clients", "International"),
        methods=(email("olga.petrova@banque-solene.example", "travail"), phone("01 99 00 74 40")),
        talks=(
            called(
                -39,
                "09:05",
                "Audit du régulateur",
                "Le régulateur vient dans le trimestre. Elle veut savoir qui possède chaque donnée client avant ce "
                "jour-là : 312 jeux de données, 90 sans responsable connu.",
                they_owe("Partager la liste des 90 jeux sans responsable", 16),
            ),
            met(
                -82,
                "14:00",
                "Restitution du catalogue",
                "Présentation en vingt minutes exactement, elle avait mis un minuteur. Une seule question, la bonne : "
                "qui tient cela à jour quand la mission s'arrête ?",
                i_owe("Proposer une organisation pour tenir le catalogue à jour", -70, done=-66),
            ),
            wrote(
                -170,
                "08:00",
                "Cadre de la mission",
                "Trois mois, un livrable, aucune réunion de plus de trente minutes.",
            ),
            noted(
                -81,
                "19:00",
                "Idée cadeau",
                "A mentionné qu'elle cherche les mémoires d'un joueur d'échecs letton, épuisées en français.",
            ),
        ),
    ),
    Person(
        first_name="Jonas",
        last_name="Weber",
        organization="Kobo Robotics",
        job_title="Directeur des opérations",
        birthday=born(3, 5, 1985),
        how_met="Recommandé par Emma Lindqvist, avec qui il a travaillé à Stockholm.",
        met_days_ago=300,
        met_through="Emma Lindqvist",
        city="Berlin",
        country="Allemagne",
        time_zone="Europe/Berlin",
        language="en",
        notes="Échanges en anglais, un mot d'allemand lui fait toujours plaisir. Ouvre une filiale à Paris. "
        "Végétarien. Répond la nuit, ne s'attend pas à ce qu'on fasse de même.",
        tags=("Clients", "International"),
        methods=(email("jonas@kobo-robotics.example", "travail"), social("https://reseau.example/in/jonasweber")),
        talks=(
            met(
                3,
                "14:30",
                "Appel : ouverture du bureau de Paris",
                "Questions à poser : statut de la filiale, premier recrutement, budget des locaux.",
            ),
            wrote(
                -10,
                "22:50",
                "Premier recrutement",
                "Il hésite entre un profil commercial et un chef de projet. Demande un avis honnête, et une "
                "estimation des salaires à Paris pour les deux.",
                i_owe("Send Jonas the Paris salary ranges", -2),
            ),
            called(
                -28,
                "15:00",
                "Droit du travail français",
                "Surpris par la durée de la période d'essai. Souhaite rencontrer un avocat avant de signer quoi que "
                "ce soit ; lui parler de Rachid Ouali.",
                i_owe("Mettre Jonas en relation avec Rachid Ouali", -21, done=-23),
            ),
            met(
                -90,
                "11:00",
                "Visite de l'usine à Berlin",
                "Quarante robots de tri, pas un bruit. L'équipe est jeune, très soudée, inquiète de l'arrivée d'un "
                "bureau parisien. Dîner végétarien à Kreuzberg.",
            ),
        ),
    ),
)

CLIENTS = HEXALIS + ARVENE + OTHER_CLIENTS
