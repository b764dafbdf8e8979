from django.db import migrations

from core.search import sql


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0002_beginnings"),
    ]

    operations = [
        migrations.RunSQL(sql.MATCHES, sql.DROP_MATCHES),
    ]
