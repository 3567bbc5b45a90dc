"""What a server that is told to stop says to whoever keeps an answer open: to end it, and to say so."""

from django.dispatch import Signal

# Sent once, in the event loop of the server.
server_stops = Signal()
