"""Addresses of the pages of the book."""

from django.urls import path

from contacts.views.dashboard import dashboard
from contacts.views.settings import settings_page

urlpatterns = [
    path("", dashboard, name="dashboard"),
    path("settings", settings_page, name="settings"),
]
