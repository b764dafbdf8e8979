import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from core.search import sql


class Migration(migrations.Migration):
    dependencies = [
        ("company", "0001_initial"),
        ("search", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="searchentry",
            index=models.Index(
                models.F("company"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Left("text", 120), name="text_pattern_ops"
                ),
                name="search_entry_beginning",
            ),
        ),
        migrations.RunSQL(sql.FIND, migrations.RunSQL.noop),
    ]
