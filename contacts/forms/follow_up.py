"""What is promised, by whom, for when."""

from django import forms

from contacts.forms.fields import DateInput
from contacts.models import FollowUp


class FollowUpForm(forms.ModelForm):
    class Meta:
        model = FollowUp
        fields = ["title", "due_on", "owed_by"]
        widgets = {"due_on": DateInput()}
