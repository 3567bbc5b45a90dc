"""Addresses of the pages of the book."""

from django.urls import path

from contacts.views import calendar_feed, contacts, exports, follow_ups, interactions, relationships, suggestions
from contacts.views.dashboard import dashboard
from contacts.views.settings import settings_page

urlpatterns = [
    path("", dashboard, name="dashboard"),
    path("settings", settings_page, name="settings"),
    path("calendar/<str:token>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("calendars/feed/", calendar_feed.feed_settings, name="feed_settings"),
    path("calendars/feed/address/", calendar_feed.feed_address, name="feed_address"),
    path("calendars/feed/revoke/", calendar_feed.feed_revoke, name="feed_revoke"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/new/", contacts.contact_new, name="contact_new"),
    path("contacts/export/", exports.export_page, name="export"),
    path("contacts/people/", contacts.people_offers, name="people"),
    path("contacts/rows/<slug:prefix>/", contacts.contact_formset_row, name="contact_formset_row"),
    path("contacts/<int:pk>/", contacts.contact_page, name="contact"),
    path("contacts/<int:pk>/edit/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/favorite/", contacts.contact_favorite, name="contact_favorite"),
    path("contacts/<int:pk>/archive/", contacts.contact_archive, name="contact_archive"),
    path("contacts/<int:pk>/delete/", contacts.contact_delete, name="contact_delete"),
    path("contacts/<int:pk>/export/", exports.contact_export, name="contact_export"),
    path("contacts/<int:pk>/interactions/", interactions.interaction_log, name="interaction_log"),
    path("contacts/<int:pk>/follow-ups/", follow_ups.follow_up_add, name="follow_up_add"),
    path("contacts/<int:pk>/relationships/", relationships.relationship_add, name="relationship_add"),
    path("interactions/<int:pk>/", interactions.interaction_page, name="interaction"),
    path("interactions/<int:pk>/delete/", interactions.interaction_delete, name="interaction_delete"),
    path("follow-ups/<int:pk>/", follow_ups.follow_up_page, name="follow_up"),
    path("follow-ups/<int:pk>/done/", follow_ups.follow_up_done, name="follow_up_done"),
    path("follow-ups/<int:pk>/reopen/", follow_ups.follow_up_reopen, name="follow_up_reopen"),
    path("follow-ups/<int:pk>/delete/", follow_ups.follow_up_delete, name="follow_up_delete"),
    path("suggestions/done/", suggestions.suggestion_done, name="suggestion_done"),
    path("suggestions/log/", suggestions.suggestion_log, name="suggestion_log"),
    path("suggestions/promise/", suggestions.suggestion_promise, name="suggestion_promise"),
    path("suggestions/put-off/", suggestions.suggestion_put_off, name="suggestion_put_off"),
    path("suggestions/dismiss/", suggestions.suggestion_dismiss, name="suggestion_dismiss"),
    path("suggestions/undo/", suggestions.suggestion_undo, name="suggestion_undo"),
    path("suggestions/dismissed/<int:pk>/restore/", suggestions.suggestion_restore, name="suggestion_restore"),
    path("relationships/<int:pk>/delete/", relationships.relationship_delete, name="relationship_delete"),
]
