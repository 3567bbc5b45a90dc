from django.apps import AppConfig
from django.contrib.admin import apps as admin


class CrmConfig(AppConfig):
    name = "crm"


class AdminConfig(admin.AdminConfig):
    default = False
    default_site = "crm.admin_site.Site"
