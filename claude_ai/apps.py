from django.apps import AppConfig


class ClaudeAiConfig(AppConfig):
    name = "claude_ai"
    verbose_name = "Claude"

    def ready(self) -> None:
        from claude_ai import archive, checks, keys, merging, panels, settings_panel  # noqa: F401

        checks.refuse_unsafe_cache()
