"""Those for whom, or with whom, she may work one day; and those who work for her."""

from contacts.demo.spec import (
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
    phone,
    site,
    social,
    texted,
    they_owe,
    wrote,
)

PROSPECTS = (
    Person(
        first_name="Fatou",
        last_name="Camara",
        organization="Groupe Sérénys",
        job_title="Directrice des ressources humaines",
        birthday=born(9, 10, 1976),
        how_met="Petit déjeuner de dirigeantes, avenue de l'Opéra.",
        met_days_ago=265,
        city="Boulogne-Billancourt",
        notes="Cherche à réduire l'absentéisme dans les maisons de retraite du groupe. A été échaudée par un grand "
        "cabinet. Décide lentement, mais ne revient jamais sur sa parole.",
        tags=("Prospects",),
        methods=(email("fatou.camara@serenys.example", "travail"), phone("01 99 00 85 02")),
        ties=((Tie.COLLEAGUE, "Laurent Piquet"),),
        talks=(
            met(
                -63,
                "08:30",
                "Deuxième rendez-vous",
                "Elle veut commencer petit : deux maisons, trois mois, puis décider. Le budget dépend de Laurent "
                "Piquet, qu'elle ne veut pas brusquer.",
                i_owe("Envoyer une proposition pour deux maisons", -50, done=-49),
            ),
            wrote(
                -48,
                "10:20",
                "Proposition reçue",
                "Accuse réception, trouve le prix juste, demande deux semaines. Depuis, plus de nouvelles.",
                they_owe("Donner une réponse sur la proposition", -20),
            ),
            met(
                -118,
                "08:00",
                "Premier café",
                "Quarante minutes, très à l'écoute. Son premier métier était aide-soignante : cela s'entend.",
            ),
        ),
    ),
    Person(
        first_name="Laurent",
        last_name="Piquet",
        organization="Groupe Sérénys",
        job_title="Directeur administratif et financier",
        birthday=born(16, 1),
        how_met="Ancien voisin de bureau de Claire Moreau, qui a organisé un déjeuner à trois.",
        met_days_ago=70,
        met_through="Claire Moreau",
        notes="Prudent, aime les engagements de résultat. Collectionne les cartes anciennes.",
        tags=("Prospects",),
        methods=(email("laurent.piquet@serenys.example", "travail"),),
        talks=(
            met(
                9,
                "11:00",
                "Rendez-vous au siège de Sérénys",
                "Présenter la mission pilote et la part variable. En parler à Fatou avant.",
            ),
            called(
                -12,
                "16:30",
                "Prise de rendez-vous",
                "Il a lu la proposition. Une seule réserve : il veut lier un quart des honoraires à la baisse de "
                "l'absentéisme. Pas absurde, à condition de mesurer ensemble.",
                i_owe("Réfléchir à une part variable de 25 %", 8),
            ),
            met(
                -66,
                "12:30",
                "Déjeuner avec Claire",
                "Claire a fait l'éloge du programme Cap pendant tout le repas. Il a surtout posé des questions sur ce "
                "qui n'avait pas marché.",
                others=("Claire Moreau",),
            ),
        ),
    ),
    Person(
        first_name="Inès",
        last_name="Carvalho",
        organization="Ponte Ventures",
        job_title="Associée",
        birthday=born(21, 11, 1983),
        how_met="Jury d'un concours de jeunes entreprises à Lisbonne.",
        met_days_ago=510,
        city="Lisbonne",
        country="Portugal",
        time_zone="Europe/Lisbon",
        language="pt",
        notes="Trilingue, parle français sans accent. Investit dans la santé et le bâtiment. Toujours pressée en "
        "semaine, très disponible le dimanche. Son fils s'appelle Tomás.",
        tags=("Prospects", "International"),
        methods=(email("ines.carvalho@ponte.example", "travail"), social("https://reseau.example/in/inescarvalho")),
        talks=(
            called(
                -22,
                "18:00",
                "Deux participations en difficulté",
                "Deux jeunes entreprises de son portefeuille recrutent trop vite. Elle imagine une intervention de "
                "dix jours par société, au printemps prochain ou plus tard selon la trésorerie.",
                i_owe("Décrire une intervention de dix jours en une page", 12),
            ),
            wrote(
                -104,
                "09:45",
                "Introduction à Gabriel Tremblay",
                "Elle présente Gabriel, de Montréal, qui cherche quelqu'un à Paris pour accompagner ses clients "
                "français.",
            ),
            met(
                -250,
                "13:00",
                "Déjeuner à Lisbonne",
                "Grillades à Alfama. Parlé de tout sauf de travail, jusqu'au café : elle voudrait une personne de "
                "confiance à appeler quand un fondateur perd pied.",
            ),
        ),
    ),
    Person(
        first_name="Gabriel",
        last_name="Tremblay",
        organization="Érable Numérique",
        job_title="Président",
        birthday=InDays(13),
        how_met="Présenté par Inès Carvalho par courriel, puis rencontré à Montréal.",
        met_days_ago=103,
        met_through="Inès Carvalho",
        city="Montréal",
        country="Canada",
        time_zone="America/Toronto",
        notes="Six heures de décalage : l'appeler après 15 h. Passionné de hockey, joue encore gardien le mercredi. "
        "Tutoie tout le monde dès la première minute.",
        tags=("Prospects", "International"),
        methods=(email("gabriel@erable-numerique.example", "travail"), site("https://www.erable-numerique.example")),
        talks=(
            called(
                -18,
                "16:00",
                "Deux clients français",
                "Il signe avec un assureur à Paris. Besoin d'un relais sur place un jour par semaine pendant six "
                "mois. Il envoie un projet de contrat.",
                they_owe("Envoyer le projet de contrat de relais", 2),
            ),
            met(
                -79,
                "10:00",
                "Rencontre à Montréal",
                "Bureaux dans une ancienne filature. Équipe de trente personnes, moyenne d'âge vingt-huit ans. Il a "
                "insisté pour aller voir un match le soir.",
            ),
        ),
    ),
)

PARTNERS = (
    Person(
        first_name="Priya",
        last_name="Raman",
        organization="Brightwell & Co",
        job_title="Partner",
        birthday=born(6, 6, 1979),
        how_met="Mission commune pour un groupe franco-britannique, du temps d'Orion.",
        met_days_ago=1900,
        met_through="Hélène Dubois",
        city="Londres",
        country="Royaume-Uni",
        time_zone="Europe/London",
        language="en",
        notes="La personne à appeler pour tout ce qui touche au Royaume-Uni. Franche, drôle, incollable sur le "
        "cricket. Végétalienne. Passe par Paris une fois par trimestre.",
        tags=("Partenaires", "International"),
        methods=(email("priya.raman@brightwell.example", "work"),),
        talks=(
            called(
                -29,
                "10:30",
                "Appel d'offres commun",
                "Un distributeur cherche un binôme Paris-Londres. Réponse à rendre sous six semaines ; elle prend la "
                "partie finances, il reste l'organisation et les magasins.",
                i_owe("Rédiger la partie organisation de la réponse", 14),
                they_owe("Envoyer les curriculum vitæ de son équipe", 9),
            ),
            met(
                -92,
                "19:00",
                "Verre à la gare du Nord",
                "Deux heures entre deux trains. Elle hésite à prendre un congé sabbatique. Sa fille commence le piano.",
            ),
            wrote(
                -185,
                "12:10",
                "Facturation de la mission franco-britannique",
                "Dernière facture réglée. Elle propose de garder le même partage, soixante-quarante, pour la suite.",
            ),
            met(
                -410,
                "09:00",
                "Restitution à Londres",
                "Client ravi. Priya a défendu notre partie comme si c'était la sienne.",
            ),
        ),
    ),
    Person(
        first_name="Mei",
        last_name="Tanaka",
        organization="Studio Lumen",
        job_title="Graphiste, fondatrice",
        birthday=born(28, 12, 1988),
        how_met="A refait l'identité de Maison Bérard ; travail remarquable.",
        met_days_ago=420,
        met_through="Élodie Bérard",
        city="Montreuil",
        notes="Franco-japonaise, travaille seule avec un apprenti. Rend toujours la veille. Demander avant de la "
        "recommander : elle choisit ses clients.",
        tags=("Partenaires",),
        methods=(
            email("mei@studio-lumen.example", "travail"),
            mobile("06 39 98 44 16"),
            address("27 rue de la Révolution, 93100 Montreuil", "atelier"),
            site("https://studio-lumen.example"),
        ),
        ties=((Tie.CLIENT, "Élodie Bérard"),),
        talks=(
            wrote(
                -16,
                "11:00",
                "Maquette de la lettre Hexalis",
                "Deux pistes, l'une très sobre, l'autre avec des dessins. Elle préfère la seconde et dit pourquoi en "
                "trois lignes convaincantes.",
                i_owe("Choisir une piste pour la lettre Hexalis", -3),
            ),
            met(
                -72,
                "15:00",
                "À l'atelier de Montreuil",
                "Vu les essais d'impression pour Maison Bérard. Son apprenti, Idriss, passe son diplôme cette année. "
                "Thé au sarrasin.",
            ),
            called(
                -200,
                "17:30",
                "Tarifs",
                "Augmente ses prix de 10 %, l'annonce elle-même par téléphone. Normal.",
            ),
        ),
    ),
    Person(
        first_name="Rachid",
        last_name="Ouali",
        organization="Cabinet Ouali",
        job_title="Avocat en droit du travail",
        birthday=born(1, 4, 1975),
        how_met="Adversaire dans une négociation chez un ancien client ; le respect est resté.",
        met_days_ago=1500,
        notes="Répond en une phrase et elle suffit. Lyonnais d'adoption revenu à Paris. Marathonien. Sa fille prépare "
        "le barreau.",
        tags=("Partenaires",),
        methods=(email("r.ouali@ouali-avocat.example", "travail"), phone("01 99 00 96 11", "cabinet")),
        talks=(
            wrote(
                -23,
                "08:15",
                "Jonas Weber",
                "Merci pour la mise en relation : rendez-vous pris avec Jonas, première heure offerte.",
            ),
            called(
                -68,
                "18:45",
                "Clause de non-concurrence",
                "La clause du contrat Orion ne tient plus depuis deux ans. Rien à craindre pour travailler avec "
                "d'anciens clients. Il confirme par écrit.",
                they_owe("Confirmer par écrit pour la clause Orion", -60, done=-64),
            ),
            met(
                -220,
                "12:45",
                "Déjeuner place Dauphine",
                "Conseil gratuit et précieux : toujours faire signer l'avenant avant de commencer la suite.",
            ),
        ),
    ),
)

SUPPLIERS = (
    Person(
        first_name="Sylvie",
        last_name="Prat",
        organization="Prat & Associés",
        job_title="Experte-comptable",
        how_met="Recommandée par Rachid Ouali à la création de l'activité.",
        met_days_ago=1240,
        met_through="Rachid Ouali",
        notes="Clôture en fin d'exercice, lui envoyer les pièces avant le 10. Rappelle toujours dans la journée.",
        tags=("Prestataires",),
        methods=(email("sylvie@prat-associes.example", "travail"), phone("01 99 00 96 30")),
        talks=(
            wrote(
                -7,
                "14:30",
                "Acompte à venir",
                "Prévoir 5 400 euros d'acompte d'impôt. Il manque trois notes de frais du trimestre.",
                i_owe("Envoyer les trois notes de frais manquantes", -4),
            ),
            called(
                -98,
                "11:15",
                "Passage en société",
                "Au-dessus de 120 000 euros de chiffre d'affaires, la société devient intéressante. Elle prépare une "
                "simulation, sans urgence.",
                they_owe("Préparer la simulation du passage en société", 25),
            ),
            wrote(-290, "16:50", "Bilan signé", "Exercice clos, résultat en hausse de 12 %. Rien à signaler."),
        ),
    ),
    Person(
        first_name="Kevin",
        last_name="Lopes",
        organization="Lopes Dépannage",
        job_title="Plombier",
        how_met="Fuite sous l'évier un soir de fête ; envoyé par la gardienne.",
        met_days_ago=480,
        met_through="Monique Bouvier",
        city="Pantin",
        notes="Ponctuel, honnête, ne travaille pas le samedi. Préfère être payé par virement.",
        tags=("Prestataires",),
        methods=(mobile("06 39 98 55 09"),),
        talks=(
            texted(
                -36,
                "19:05",
                "Chauffe-eau",
                "Devis reçu : 1 150 euros, pose comprise. Il attend un oui pour commander.",
                i_owe("Répondre à Kevin pour le chauffe-eau", 15),
            ),
            met(
                -480,
                "17:00",
                "Fuite sous l'évier",
                "Réparée en une heure, 90 euros. A remis les joints de la douche au passage.",
            ),
        ),
    ),
    Person(
        organization="Librairie Le Passage",
        how_met="À deux rues de l'appartement.",
        met_days_ago=2000,
        notes="Commander par téléphone, prêt en deux jours. Demander Samira, qui connaît tout le rayon essais. Fermée "
        "le lundi.",
        tags=("Prestataires",),
        methods=(
            phone("01 99 00 12 75", "magasin"),
            email("bonjour@lepassage.example", "travail"),
            address("8 passage des Récollets, 75010 Paris", "magasin"),
        ),
        talks=(
            called(
                -15,
                "15:20",
                "Commande",
                "Les mémoires du joueur d'échecs letton sont épuisées ; Samira cherche d'occasion pour Olga.",
                they_owe("Rappeler si le livre d'échecs est trouvé", 11),
            ),
        ),
    ),
)

PROSPECTS_AND_PARTNERS = PROSPECTS + PARTNERS + SUPPLIERS
