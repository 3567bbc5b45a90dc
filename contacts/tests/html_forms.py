"""What a browser would post: the fields of a form in a page, as they were filled in by the server."""

from html.parser import HTMLParser

from django.http import QueryDict


def form_data(response, form_id):
    """The fields of the form `form_id`, as a mutable `QueryDict`; buttons and unchecked boxes stay out."""
    parser = _FormParser(form_id)
    parser.feed(response.text)
    assert parser.found, f"no form #{form_id} in the page"
    data = QueryDict(mutable=True)
    for name, value in parser.fields:
        data.appendlist(name, value)
    return data


class _FormParser(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id = form_id
        self.found = self.inside = False
        self.fields = []
        self.select = self.textarea = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and attributes.get("id") == self.form_id:
            self.found = self.inside = True
        if not self.inside:
            return
        if tag == "input":
            self._input(attributes)
        elif tag == "textarea":
            self.textarea = [attributes["name"], ""]
        elif tag == "select":
            self.select = {"name": attributes.get("name"), "multiple": "multiple" in attributes, "options": []}
        elif tag == "option" and self.select:
            self.select["options"].append((attributes.get("value", ""), "selected" in attributes))

    def _input(self, attributes):
        kind = attributes.get("type", "text")
        if "name" not in attributes or kind in ("submit", "button"):
            return
        if kind in ("checkbox", "radio") and "checked" not in attributes:
            return
        self.fields.append((attributes["name"], attributes.get("value", "on" if kind == "checkbox" else "")))

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.textarea:
            self.fields.append((self.textarea[0], self.textarea[1].removeprefix("\n").removeprefix("\r\n")))
            self.textarea = None
        elif tag == "select" and self.select:
            self._end_select()
        elif tag == "form":
            self.inside = False

    def _end_select(self):
        chosen = [value for value, selected in self.select["options"] if selected]
        if not chosen and not self.select["multiple"]:
            chosen = [value for value, _selected in self.select["options"]][:1]
        self.fields += [(self.select["name"], value) for value in chosen]
        self.select = None
