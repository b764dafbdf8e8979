from django.db import migrations

from core.parties import sql


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("search", "0001_initial")]

    operations = [migrations.RunSQL(sql.DUPLICATES, sql.DROP_DUPLICATES)]
