"""Calendar files for tests, written as programs write them."""


def event(uid="one@example.org", start="20261125T100000Z", **properties):
    """The lines of an event; a value may be a list, and begin with its parameters; so may `start`, with its name."""
    lines = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T000000Z"]
    if start:
        lines.append(start if start.startswith("DTSTART") else f"DTSTART:{start}")
    for key, values in properties.items():
        name = key.replace("_", "-")
        lines += [f"{name}{_joint(value)}{value}" for value in (values if isinstance(values, list) else [values])]
    return "\r\n".join([*lines, "END:VEVENT", ""])


def _joint(value):
    return "" if value.startswith((";", ":")) else ":"


def calendar(*events, head=""):
    """A file of these events, as bytes."""
    lines = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n"
    return f"{lines}{head}{''.join(events)}END:VCALENDAR\r\n".encode()


def guest(mail, **parameters):
    """The value of an ATTENDEE line."""
    return "".join(f";{name}={value}" for name, value in parameters.items()) + f":mailto:{mail}"
