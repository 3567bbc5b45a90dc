"""Data entry: every noun of the book, for staff."""

from django.contrib import admin
from django.contrib.auth.models import Group, User

from contacts.admin.contact import ContactAdmin
from contacts.admin.follow_up import FollowUpAdmin
from contacts.admin.important_date import ImportantDateAdmin
from contacts.admin.interaction import InteractionAdmin
from contacts.admin.labels import OrganizationAdmin, TagAdmin
from contacts.admin.people import GroupAdmin, ProfileAdmin, UserAdmin
from contacts.admin.relationship import RelationshipAdmin
from contacts.models import (
    Contact,
    FollowUp,
    ImportantDate,
    Interaction,
    Organization,
    Profile,
    Relationship,
    Tag,
)

# In the order in which the front page lists them.
admin.site.register(Contact, ContactAdmin)
admin.site.register(Interaction, InteractionAdmin)
admin.site.register(FollowUp, FollowUpAdmin)
admin.site.register(ImportantDate, ImportantDateAdmin)
admin.site.register(Relationship, RelationshipAdmin)
admin.site.register(Organization, OrganizationAdmin)
admin.site.register(Tag, TagAdmin)
admin.site.register(Profile, ProfileAdmin)

# Importing `people` has registered Django's own.
admin.site.unregister([User, Group])
admin.site.register(User, UserAdmin)
admin.site.register(Group, GroupAdmin)
