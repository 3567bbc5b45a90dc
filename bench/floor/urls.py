from django.urls import include, path

from bench.floor import views

urlpatterns = [
    path("bench/ok/", views.ok),
    path("bench/fifty/", views.fifty),
    path("", include("crm.urls")),
]
