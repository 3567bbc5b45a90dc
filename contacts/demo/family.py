"""Her parents, her brother and who belongs to them."""

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
    texted,
    they_owe,
    wrote,
)

FAMILY = (
    Person(
        first_name="Françoise",
        last_name="Delorme",
        nickname="Maman",
        job_title="Institutrice à la retraite",
        birthday=InDays(17, 69),
        city="Angers",
        notes="Appelle le matin, jamais longtemps. Genou opéré, ne le dira pas si elle a mal. Aime les romans anglais "
        "et les iris. Ne plus lui offrir de foulard.",
        tags=("Famille",),
        cadence_days=10,
        is_favorite=True,
        methods=(
            phone("01 99 00 30 02", "domicile"),
            mobile("06 39 98 70 02"),
            address("22 rue des Lices, 49100 Angers"),
        ),
        dates=(Day("Mariage avec Alain", born(18, 7, 1981)),),
        ties=((Tie.PARTNER, "Alain Delorme"), (Tie.CHILD, "Antoine Delorme"), (Tie.PARENT, "Madeleine Garreau")),
        talks=(
            met(
                12,
                "12:30",
                "Déjeuner de famille à Angers",
                "Apporter le dessert et les photos de la maison de Madeleine. Train de 9 h 04.",
                others=("Alain Delorme", "Antoine Delorme", "Yasmine Delorme", "Gaspard Delorme"),
            ),
            called(
                -3,
                "10:30",
                "Coup de fil du matin",
                "Le kinésithérapeute est content du genou. Elle voudrait que l'on décide ensemble pour la maison de "
                "Madeleine. Papa n'en parle pas, il bricole.",
                i_owe("Appeler Antoine au sujet de la maison de Madeleine", 2),
            ),
            called(
                -12, "10:40", "Le genou", "Première sortie sans canne, jusqu'au marché. Elle a acheté trop de fleurs."
            ),
            met(
                -45,
                "12:00",
                "Deux jours à Angers",
                "Trié les cartons du grenier. Retrouvé les cahiers d'école, et une lettre de Madeleine à lire à deux.",
                others=("Alain Delorme",),
            ),
            called(
                -66,
                "18:00",
                "Sortie de clinique",
                "Opération réussie, chambre avec vue sur un parking. Elle a déjà corrigé les fautes du menu.",
            ),
            noted(-67, "21:00", "À rapporter", "Lunettes de lecture, le deuxième tome, pas de chocolats."),
        ),
    ),
    Person(
        first_name="Alain",
        last_name="Delorme",
        nickname="Papa",
        job_title="Géomètre à la retraite",
        birthday=born(29, 9, 1955),
        city="Angers",
        notes="Répare des horloges. Parle peu au téléphone, beaucoup dans l'atelier. Suit le vélo de très près. Lui "
        "demander des nouvelles de la comtoise.",
        tags=("Famille",),
        methods=(mobile("06 39 98 70 03"), phone("01 99 00 30 02", "domicile")),
        ties=((Tie.CHILD, "Antoine Delorme"),),
        talks=(
            called(
                -19,
                "19:10",
                "La comtoise",
                "Elle sonne enfin, avec onze minutes de retard. Il cherche une roue de rencontre du dix-neuvième "
                "siècle.",
                they_owe("Envoyer la photo de la roue à trouver", -10, done=-9),
            ),
            texted(-58, "17:30", "Une photo", "Le balancier, en gros plan, sans un mot."),
            met(
                -170,
                "15:00",
                "Dans l'atelier",
                "Appris à démonter un échappement. Il a dit, sans lever les yeux, qu'il était fier.",
            ),
        ),
    ),
    Person(
        first_name="Antoine",
        last_name="Delorme",
        job_title="Professeur de physique",
        birthday=born(25, 3, 1987),
        city="Toulouse",
        notes="Petit frère. Joue de la basse dans un groupe de collègues. Répond mieux aux messages vocaux. "
        "Végétarien depuis deux ans, sauf chez Maman.",
        tags=("Famille",),
        methods=(mobile("06 39 98 70 10"), email("antoine.delorme@courriel.example")),
        dates=(Day("Mariage avec Yasmine", born(2, 6, 2018)),),
        ties=((Tie.PARTNER, "Yasmine Delorme"), (Tie.CHILD, "Gaspard Delorme")),
        talks=(
            called(
                -26,
                "21:00",
                "La maison de Madeleine",
                "Il voudrait la garder, Yasmine hésite, les travaux sont lourds. D'accord pour faire venir un artisan "
                "avant de décider.",
                they_owe("Demander un devis pour la toiture", 18),
            ),
            met(
                -104,
                "20:00",
                "Concert de son groupe",
                "Quarante personnes dans une cave, la basse trop forte. Gaspard dormait sur les manteaux.",
            ),
            texted(
                -151, "12:15", "Message vocal", "Trois minutes sur la mécanique quantique et une recette de courge."
            ),
        ),
    ),
    Person(
        first_name="Yasmine",
        last_name="Delorme",
        organization="Atelier Bâti Sud",
        job_title="Architecte",
        birthday=born(4, 11, 1988),
        how_met="Présentée par Antoine, un soir de pluie, à Toulouse.",
        met_days_ago=3500,
        met_through="Antoine Delorme",
        city="Toulouse",
        notes="Belle-sœur. Construit des écoles en terre crue. Cherche un logisticien pour acheminer des matériaux "
        "depuis Marseille : lui parler de Julien Marchetti.",
        tags=("Famille",),
        cadence_days=120,
        methods=(mobile("06 39 98 70 11"), email("yasmine@bati-sud.example", "travail")),
        talks=(
            wrote(
                -37,
                "23:10",
                "Terre crue et camions",
                "Ses matériaux arrivent par Marseille et restent bloqués à Vitrolles. Elle demande si je connais "
                "quelqu'un dans la logistique.",
                i_owe("Mettre Yasmine en relation avec Julien Marchetti", 10),
            ),
            met(
                -103,
                "11:00",
                "Visite du chantier de l'école",
                "Des murs épais, frais comme une cave. Gaspard a posé une brique à son nom.",
            ),
            called(-260, "20:30", "Concours gagné", "Son agence construit l'école de Muret. Elle pleurait et riait."),
        ),
    ),
    Person(
        first_name="Gaspard",
        last_name="Delorme",
        birthday=InDays(6, 7),
        city="Toulouse",
        notes="Neveu. Dinosaures d'abord, volcans ensuite. Sait lire depuis peu : lui envoyer une carte.",
        tags=("Famille",),
        share_with_ai=False,
        talks=(
            texted(-20, "18:00", "Un dessin", "Un volcan violet, signé à l'envers."),
            met(
                -104,
                "15:00",
                "Au muséum de Toulouse",
                "Deux heures devant le même squelette. « Il est mort mais il est content. »",
                others=("Antoine Delorme",),
            ),
        ),
        promises=(i_owe("Commander le livre sur les volcans pour Gaspard", 3),),
    ),
    Person(
        first_name="Madeleine",
        last_name="Garreau",
        nickname="Mamie Mado",
        birthday=born(29, 2, 1936),
        city="Saumur",
        notes="Née un 29 février, fête ses anniversaires par quatre. Entend mieux le matin. Résidence des Tuffeaux, "
        "chambre 12.",
        tags=("Famille",),
        cadence_days=21,
        is_favorite=True,
        methods=(phone("01 99 00 30 40", "résidence"), address("Résidence des Tuffeaux, 49400 Saumur")),
        talks=(
            called(
                -34,
                "10:15",
                "Au téléphone avec Madeleine",
                "Elle a gagné au loto de la résidence : un jambon. Se souvient mieux de 1950 que de lundi, et en rit.",
                i_owe("Envoyer à Madeleine les photos agrandies", -7),
            ),
            met(
                -44,
                "15:00",
                "Visite à Saumur",
                "Regardé l'album de la maison. Elle veut que quelqu'un l'habite, « peu importe qui, mais avec des "
                "enfants ».",
                others=("Françoise Delorme",),
            ),
            called(
                -90,
                "10:00",
                "Une voisine",
                "Sa voisine de chambre a été institutrice elle aussi. Elles corrigent le journal ensemble.",
            ),
            wrote(-200, "09:00", "Une vraie lettre", "Quatre pages à l'encre bleue, avec une fleur séchée."),
        ),
    ),
    Person(
        first_name="Odile",
        last_name="Garreau",
        nickname="Tante Odile",
        job_title="Apicultrice",
        birthday=born(14, 8),
        city="La Rochelle",
        notes="Sœur de Maman, qu'elle appelle encore « la petite ». Passe à Paris deux fois par an pour les salons. "
        "Toujours une valise de miel.",
        tags=("Famille",),
        cadence_days=60,
        methods=(phone("01 99 00 30 51", "domicile"),),
        ties=((Tie.SIBLING, "Françoise Delorme"), (Tie.PARENT, "Madeleine Garreau"), (Tie.CHILD, "Baptiste Garreau")),
        talks=(
            called(
                -72,
                "20:00",
                "Avant l'opération de Maman",
                "Inquiète pour sa sœur, ne veut pas que cela se sache. Elle viendra l'aider une semaine.",
            ),
            met(
                -166,
                "19:00",
                "Après le salon",
                "Dîner à la maison, six pots de miel sur la table. Elle pense arrêter les ruches du marais.",
            ),
        ),
    ),
    Person(
        first_name="Baptiste",
        last_name="Garreau",
        organization="Ville de Lyon",
        job_title="Ingénieur paysagiste",
        birthday=born(10, 10, 1991),
        city="Lyon",
        notes="Cousin. Héberge volontiers quand une mission se passe à Lyon : prévenir trois jours avant. Chat nommé "
        "Platane.",
        tags=("Famille",),
        cadence_days=90,
        methods=(mobile("06 39 98 70 34"), address("5 montée des Carmélites, 69001 Lyon")),
        ties=((Tie.RELATIVE, "Antoine Delorme"),),
        talks=(
            met(
                -86,
                "20:00",
                "Une nuit chez Baptiste",
                "Dîner sur le balcon, Platane sur les genoux. Il plante trois mille arbres cette année et cherche des "
                "entreprises pour en financer.",
                they_owe("Envoyer le dossier sur les plantations", None),
            ),
            texted(-191, "08:20", "Les clefs", "« Sous le troisième pot. Le chat ment, il a déjà mangé. »"),
        ),
    ),
)
