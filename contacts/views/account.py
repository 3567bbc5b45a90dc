"""Deleting one's account."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts import account
from contacts.http import book_of


class PasswordForm(forms.Form):
    """Asks whether it is the user who sits there."""

    password = forms.CharField(
        label=gettext_lazy("your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."))
        return password


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def account_delete(request: HttpRequest) -> HttpResponse:
    """Names what goes; with the password, it is gone."""
    book = book_of(request)
    user = book.user
    reason = account.why_not(user)
    form = PasswordForm(request.POST or None, user=user)
    is_sent = request.method == "POST"
    if is_sent and not reason and form.is_valid():
        account.delete(User.objects.get(pk=user.pk))
        logout(request)
        messages.success(request, _("Your account is deleted, with everything that was in it."))
        return redirect("login")
    context = {
        "form": form,
        "reason": reason,
        "contacts": book.contacts.count(),
        "interactions": book.interactions.count(),
        "follow_ups": book.follow_ups.count(),
    }
    return render(request, "contacts/account_delete.html", context, status=422 if is_sent else 200)
