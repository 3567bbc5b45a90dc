from django.urls import path

from claude_ai.views import assistant, briefing, connection, settings, suggestions

urlpatterns = [
    path("api/claude/test", connection.test, name="claude_test"),
    path("api/claude/settings", settings.settings_api, name="claude_settings"),
    path("api/claude/briefing/<int:pk>", briefing.briefing_api, name="claude_briefing"),
    path("api/claude/suggestions", suggestions.suggestions_api, name="claude_suggestions"),
    path("api/claude/assistant", assistant.assistant_api, name="claude_assistant"),
    path("assistant", assistant.assistant_page, name="assistant"),
    path("assistant/<int:pk>/rename/", assistant.conversation_rename, name="conversation_rename"),
    path("assistant/<int:pk>/delete/", assistant.conversation_delete, name="conversation_delete"),
    path("assistant/proposals/<int:pk>/confirm/", assistant.proposal_confirm, name="proposal_confirm"),
    path("assistant/proposals/<int:pk>/refuse/", assistant.proposal_refuse, name="proposal_refuse"),
    path("assistant/proposals/<int:pk>/undo/", assistant.proposal_undo, name="proposal_undo"),
    path("contacts/<int:pk>/briefing/", briefing.briefing_page, name="briefing"),
    path("contacts/<int:pk>/briefing/sent/", briefing.briefing_sent, name="briefing_sent"),
    path("settings/claude", settings.settings_page, name="claude_settings_page"),
    path("settings/claude/test", connection.test_page, name="claude_test_page"),
    path("settings/claude/forget", settings.forget_page, name="claude_forget_page"),
]
