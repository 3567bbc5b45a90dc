"""Where each app's pages are; a pluggable app brings its own only while it is installed."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from crm import views

urlpatterns = [
    path("", include("contacts.urls")),
    path("login/", auth.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", login_not_required(auth.LogoutView.as_view()), name="logout"),
    # Their names are of the project's own: the admin brings templates under the usual ones.
    path("password/", auth.PasswordChangeView.as_view(template_name="password/change.html"), name="password_change"),
    path(
        "password/done/",
        auth.PasswordChangeDoneView.as_view(template_name="password/done.html"),
        name="password_change_done",
    ),
    path("setup/<str:token>/", views.setup, name="setup"),
    path("admin/", admin.site.urls),
]
if apps.is_installed("claude_ai"):
    urlpatterns += [path("", include("claude_ai.urls"))]

handler400 = "crm.views.bad_request"
handler404 = "crm.views.not_found"
handler403 = "crm.views.forbidden"
handler500 = "crm.views.server_error"
