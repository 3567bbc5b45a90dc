"""Camille Delorme's book: her tags and everybody in it."""

from contacts.demo.clients import CLIENTS
from contacts.demo.family import FAMILY
from contacts.demo.friends import FRIENDS
from contacts.demo.neighbours import NEIGHBOURS
from contacts.demo.network import NETWORK
from contacts.demo.prospects import PROSPECTS_AND_PARTNERS
from contacts.demo.spec import Color, Label

TIME_ZONE = "Europe/Paris"

LABELS = (
    Label("Clients", Color.BLUE, cadence_days=30, is_work=True),
    Label("Prospects", Color.ORANGE, cadence_days=45, is_work=True),
    Label("Partenaires", Color.TEAL, cadence_days=90, is_work=True),
    Label("Prestataires", Color.GRAY, is_work=True),
    Label("Réseau", Color.GREEN, cadence_days=120, is_work=True),
    Label("Anciens d'Orion", Color.PURPLE),
    Label("Mentors", Color.PURPLE, cadence_days=60, is_work=True),
    Label("International", Color.TEAL),
    Label("Famille", Color.RED, cadence_days=21),
    Label("Amis", Color.YELLOW, cadence_days=60),
    Label("Chorale", Color.PINK),
    Label("Tremplin", Color.ORANGE, is_work=True),
    Label("Voisinage", Color.GRAY),
)

PEOPLE = CLIENTS + PROSPECTS_AND_PARTNERS + NETWORK + FAMILY + FRIENDS + NEIGHBOURS
