"""The two floors: an answer, and fifty rows in a template."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.models import Contact


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def fifty(request: HttpRequest) -> HttpResponse:
    contacts = Contact.objects.filter(owner=request.user).order_by("pk")[:50]  # type: ignore[misc]
    return render(request, "bench/fifty.html", {"contacts": contacts})
