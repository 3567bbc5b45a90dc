"""How forms are drawn."""

from typing import Any

from django.forms import renderers


class Renderer(renderers.TemplatesSetting):
    """Django's own widgets from its Jinja2 templates, which take a fifth of the time; all others as pages are."""

    def __init__(self) -> None:
        self._own = renderers.Jinja2()

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/forms/"):
            return self._own.get_template(template_name)
        return super().get_template(template_name)
