"""The building, the choir, and the association in which she gives an evening a week."""

from contacts.demo.spec import (
    Day,
    InDays,
    Person,
    Tie,
    born,
    called,
    email,
    i_owe,
    met,
    mobile,
    phone,
    site,
    texted,
    they_owe,
    wrote,
)

BUILDING = (
    Person(
        first_name="Monique",
        last_name="Bouvier",
        job_title="Gardienne",
        birthday=born(2, 12),
        how_met="Le jour de l'emménagement, elle a porté le plus gros carton.",
        met_days_ago=2050,
        notes="Garde un double des clefs et toutes les histoires de l'immeuble. Étrennes en début d'année. Reçoit les "
        "colis avant 19 h.",
        tags=("Voisinage",),
        methods=(phone("01 99 00 12 01", "loge"),),
        talks=(
            met(
                -10,
                "18:30",
                "Dans la loge",
                "L'ascenseur sera arrêté deux jours. Elle part à la retraite dans un an et ne l'a dit à personne.",
                they_owe("Prévenir de la date des travaux de l'ascenseur", 22),
            ),
            texted(-64, "09:00", "Colis", "« Il est lourd, je le garde. Ne vous pressez pas. »"),
            met(
                -365,
                "18:30",
                "Un café dans la loge",
                "Son fils ouvre un garage à Bondy. Elle a ri, ce qui est rare avant le courrier.",
            ),
        ),
    ),
    Person(
        first_name="Salima",
        last_name="Haddad",
        organization="Cabinet médical Parmentier",
        job_title="Médecin généraliste",
        how_met="Médecin traitant.",
        met_days_ago=1800,
        notes="Rendez-vous par téléphone à partir de 8 h 15. Renouveler l'ordonnance tous les six mois.",
        tags=("Voisinage",),
        share_with_ai=False,
        methods=(phone("01 99 00 12 44", "cabinet"),),
        talks=(met(-74, "08:45", "Consultation", "Tension parfaite. Elle prescrit surtout de marcher."),),
        promises=(i_owe("Prendre rendez-vous pour la visite annuelle", 21),),
    ),
    Person(
        first_name="Tran",
        last_name="Bui",
        organization="Syndic Parmentier",
        job_title="Gestionnaire de copropriété",
        how_met="Assemblée générale de l'immeuble.",
        met_days_ago=700,
        notes="Répond aux courriels, jamais au téléphone. Patient.",
        tags=("Voisinage",),
        methods=(email("t.bui@syndic-parmentier.example", "travail"), phone("01 99 00 12 80")),
        talks=(
            wrote(
                -41,
                "10:10",
                "Travaux de l'ascenseur",
                "Devis retenu : le moins cher des trois, avec deux jours d'arrêt. Vote à distance possible.",
                i_owe("Envoyer le pouvoir pour l'assemblée de l'immeuble", 17),
            ),
            met(
                -405,
                "19:00",
                "Assemblée générale",
                "Trois heures pour choisir la couleur de la cage d'escalier : blanc.",
            ),
        ),
    ),
)

CHOIR = (
    Person(
        first_name="Béatrice",
        last_name="Lang",
        organization="Chœur du Faubourg",
        job_title="Cheffe de chœur",
        birthday=born(17, 11, 1970),
        how_met="Audition ratée, admise quand même.",
        met_days_ago=1250,
        notes="Exigeante et drôle. Ne supporte pas les retards, sauf les siens. Cherche une salle pour le concert : "
        "Awa connaît les théâtres.",
        tags=("Chorale",),
        methods=(
            email("beatrice@choeur-faubourg.example"),
            mobile("06 39 98 90 01"),
            site("https://choeur-faubourg.example"),
        ),
        ties=((Tie.COLLEAGUE, "Rose Adjovi"),),
        talks=(
            met(
                1,
                "20:00",
                "Répétition",
                "Requiem de Fauré, les altos d'abord. Réviser les mesures 42 à 61.",
                others=("Olivier Tanguy", "Rose Adjovi"),
            ),
            met(
                33,
                "20:30",
                "Concert du chœur",
                "Arriver à 18 h, tenue sombre, partition numérotée.",
                others=("Olivier Tanguy", "Rose Adjovi"),
            ),
            met(
                -6,
                "20:00",
                "Répétition",
                "Les ténors traînent, les altos aussi. Béatrice cherche toujours une salle de deux cents places pour "
                "le concert.",
                i_owe("Demander à Awa une salle pour le concert", 12),
                others=("Olivier Tanguy", "Rose Adjovi"),
            ),
            met(
                -20,
                "20:00",
                "Répétition",
                "Déchiffré le Libera me. Silence à la fin, elle n'a rien corrigé.",
                others=("Olivier Tanguy",),
            ),
        ),
    ),
    Person(
        first_name="Olivier",
        last_name="Tanguy",
        organization="Menuiserie Tanguy",
        job_title="Menuisier",
        birthday=InDays(0),
        how_met="Ténor, voisin de pupitre.",
        met_days_ago=1200,
        met_through="Béatrice Lang",
        city="Pantin",
        notes="Fabrique des bibliothèques sur mesure. Prend un apprenti chaque année : pourrait intéresser Agnès "
        "Vasseur. Chante faux quand il est fatigué.",
        tags=("Chorale",),
        methods=(mobile("06 39 98 90 14"), email("atelier@menuiserie-tanguy.example", "travail")),
        talks=(
            met(
                -68,
                "10:00",
                "Mesures pour la bibliothèque",
                "Chêne clair, quatre mètres, livrée dans deux mois. Devis très honnête.",
                they_owe("Livrer la bibliothèque", 19),
            ),
            texted(-22, "12:30", "Le bois est arrivé", "Photo d'un plateau de chêne, avec une tasse pour l'échelle."),
        ),
    ),
    Person(
        first_name="Rose",
        last_name="Adjovi",
        organization="Chœur du Faubourg",
        job_title="Présidente de l'association",
        birthday=born(5, 6, 1962),
        how_met="Elle tient la caisse et la porte.",
        met_days_ago=1240,
        met_through="Béatrice Lang",
        notes="Ancienne inspectrice des impôts, redoutable en assemblée. Prépare un dossier de subvention.",
        tags=("Chorale",),
        methods=(email("rose@choeur-faubourg.example"), mobile("06 39 98 90 22")),
        talks=(
            wrote(
                -16,
                "08:05",
                "Dossier de subvention",
                "Quinze pages à relire, dont douze de trop. Le dépôt est pour bientôt.",
                i_owe("Relire le dossier de subvention du chœur", 11),
            ),
            met(
                -130,
                "18:30",
                "Assemblée du chœur",
                "Comptes à l'équilibre. Rose a remercié chacun, y compris la photocopieuse.",
            ),
        ),
    ),
)

ASSOCIATION = (
    Person(
        first_name="Justine",
        last_name="Picard",
        organization="Tremplin",
        job_title="Coordinatrice",
        birthday=InDays(48, 33),
        how_met="Journée des associations, mairie du onzième.",
        met_days_ago=560,
        notes="Fait tenir quarante binômes avec un tableur et beaucoup de thé. Cherche des entreprises pour des "
        "stages de deux semaines.",
        tags=("Tremplin",),
        methods=(email("justine@tremplin.example", "travail"), phone("01 99 00 11 90")),
        dates=(Day("Création de Tremplin", InDays(38, 12)),),
        talks=(
            called(
                -40,
                "17:10",
                "Stages d'observation",
                "Huit élèves sans stage. Elle demande d'en parler autour de soi : Novaterra, Hexalis, la menuiserie "
                "d'Olivier.",
                i_owe("Demander deux stages à Claire et à Mathieu", 27),
            ),
            met(
                -125,
                "18:00",
                "Bilan de l'année des binômes",
                "Trente-six binômes sur quarante continuent. Justine a fait un gâteau en forme de tremplin.",
            ),
            wrote(-400, "11:00", "Présentation de Moussa", "Terminale, très bon en mathématiques, timide à l'oral."),
        ),
    ),
    Person(
        first_name="Moussa",
        last_name="Traoré",
        organization="École d'ingénieurs de Cachan",
        job_title="Étudiant",
        birthday=born(27, 2, 2007),
        how_met="Binôme de l'association Tremplin.",
        met_days_ago=395,
        met_through="Justine Picard",
        city="Cachan",
        notes="Premier de sa famille à faire des études longues. Passionné de robots. Cherche un stage : Jonas Weber "
        "ouvre un bureau à Paris.",
        tags=("Tremplin",),
        cadence_days=21,
        methods=(mobile("06 39 98 90 41"), email("moussa.traore@etudiant.example")),
        talks=(
            met(11, "18:00", "Rendez-vous Tremplin"),
            met(
                -17,
                "18:00",
                "Rendez-vous Tremplin",
                "Relu son curriculum vitæ. Il a construit un bras articulé avec des chutes d'imprimante et n'en "
                "parlait nulle part.",
                they_owe("Envoyer la nouvelle version de son curriculum vitæ", 10),
            ),
            met(
                -38,
                "18:00",
                "Rendez-vous Tremplin",
                "Répété un entretien trois fois. À la troisième, il a regardé devant lui.",
            ),
            met(
                -79,
                "18:00",
                "Rendez-vous Tremplin",
                "Premières semaines à l'école. Tout va vite, tout le monde parle anglais.",
            ),
            texted(-140, "14:02", "Réponse de l'école", "« ADMIS !!! Maman vous embrasse. »"),
        ),
    ),
)

NEIGHBOURS = BUILDING + CHOIR + ASSOCIATION
