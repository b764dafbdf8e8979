"""Every touch with a person or company, what they agreed to, and how they relate to each other."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit.tracking import tracked
from core.documents.facts import Fact
from core.documents.models import Record, unique_external_id
from core.documents.references import RecordRefField
from core.parties.models import Party
from core.search.triggers import searchable
from crm.contacts.enums import Channel, ConsentAct, Direction, InteractionKind, RelationKind


@tracked
class Interaction(Record):
    """A note, call, meeting, mail or task about a party, or about a record that has no party yet (a lead).

    A planned one has `due_at` and no `done_at`; a task is done when `done_at` is set; everything else happened at
    `happened_at`.

    :ivar about: the lead, deal or ticket it belongs to; its party's timeline shows it as well.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=InteractionKind)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, verbose_name=_("party"), related_name="interactions"
    )
    about = RecordRefField(_("about"))
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"), blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    happened_at = models.DateTimeField(_("happened"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("owner"), related_name="+"
    )

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ("-id",)
        constraints = [unique_external_id("contacts_interaction")]
        indexes = [
            models.Index(fields=["party", "-id"], name="contacts_interaction_party"),
            models.Index(fields=["about_label", "about_id", "-id"], name="contacts_interaction_about"),
            models.Index(
                "company", "owner", "due_at", condition=Q(done_at=None, due_at__isnull=False), name="contacts_open_task"
            ),
        ]
        triggers = [*searchable(title="subject")]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_open(self) -> bool:
        """Planned and not done."""
        return self.due_at is not None and self.done_at is None

    @property
    def was_at(self) -> dt.datetime:
        """Where it stands in time: when it happened, else when it is due."""
        return self.happened_at or self.due_at or self.created_at


class Consent(Fact):
    """A party allowed, or no longer allows, to be contacted on a channel for a purpose. The latest one counts."""

    party = models.ForeignKey(Party, models.PROTECT, verbose_name=_("party"), related_name="consents")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=60, default="marketing")
    act = models.CharField(_("consent"), max_length=10, choices=ConsentAct)
    given_at = models.DateTimeField(_("at"))
    evidence = models.CharField(_("evidence"), max_length=250, help_text=_("Where it was said: form, mail, call."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("written down by"), related_name="+"
    )

    class Meta(Fact.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-given_at", "-id")
        indexes = [models.Index(fields=["party", "channel", "purpose", "-given_at"], name="contacts_consent_latest")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_act_display()}"


@tracked
class Relationship(Record):
    """How two parties relate: "Ada works for Nordlicht"."""

    party = models.ForeignKey(Party, models.CASCADE, verbose_name=_("party"), related_name="relationships")
    kind = models.CharField(_("relation"), max_length=12, choices=RelationKind)
    other = models.ForeignKey(Party, models.CASCADE, verbose_name=_("to"), related_name="related_from")
    note = models.CharField(_("note"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        constraints = [
            unique_external_id("contacts_relationship"),
            models.UniqueConstraint("party", "kind", "other", name="contacts_relationship_once"),
            models.CheckConstraint(condition=~Q(party=F("other")), name="contacts_relationship_two_parties"),
        ]

    def __str__(self) -> str:
        return f"{self.party} · {self.get_kind_display()} · {self.other}"
