from django.urls import path

from claude_ai.views import briefing, connection, settings, suggestions

urlpatterns = [
    path("api/claude/test", connection.test, name="claude_test"),
    path("api/claude/settings", settings.settings_api, name="claude_settings"),
    path("api/claude/briefing/<int:pk>", briefing.briefing_api, name="claude_briefing"),
    path("api/claude/suggestions", suggestions.suggestions_api, name="claude_suggestions"),
    path("contacts/<int:pk>/briefing/", briefing.briefing_page, name="briefing"),
    path("contacts/<int:pk>/briefing/sent/", briefing.briefing_sent, name="briefing_sent"),
    path("settings/claude", settings.settings_page, name="claude_settings_page"),
    path("settings/claude/test", connection.test_page, name="claude_test_page"),
    path("settings/claude/forget", settings.forget_page, name="claude_forget_page"),
]
