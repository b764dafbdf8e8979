"""The history of memberships keeps when they were accepted."""

import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_people_and_companies"),
        ("company", "0003_invitations"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="trackedmembership",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="trackedmembership",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="trackedmembership",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="membershipevent",
            name="accepted_at",
            field=models.DateTimeField(
                blank=True, default=django.utils.timezone.now, editable=False, null=True, verbose_name="accepted"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trackedmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "audit_membershipevent" ("accepted_at", "company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "user_id") VALUES (NEW."accepted_at", NEW."company_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."team_id", NEW."user_id"); RETURN NULL;',
                    hash="22c8101cfb5f14632388c29ee16147ff65a54b36",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_58d8a",
                    table="company_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trackedmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "audit_membershipevent" ("accepted_at", "company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "user_id") VALUES (NEW."accepted_at", NEW."company_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."team_id", NEW."user_id"); RETURN NULL;',
                    hash="2bede727a2cf8b2304227f7e4659f53206f4fcf4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bb440",
                    table="company_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trackedmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "audit_membershipevent" ("accepted_at", "company_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "team_id", "user_id") VALUES (OLD."accepted_at", OLD."company_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."role", OLD."team_id", OLD."user_id"); RETURN NULL;',
                    hash="4f156e9b731b3ce67f7081893d6edaca1bf25ab2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7bd0e",
                    table="company_membership",
                    when="AFTER",
                ),
            ),
        ),
    ]
