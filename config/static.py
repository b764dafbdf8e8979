"""Static files under hashed names that never change."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Our ES modules import each other by relative address; those addresses get the hashed names as well.

    A module's name depends on the names of those it imports, so a chain of imports takes as many passes as it is long.
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 10
