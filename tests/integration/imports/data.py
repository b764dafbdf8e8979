"""Where the real input lies, beside the project; tests that need it skip where it is absent."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

needs_northwind = pytest.mark.skipif(
    not (DATA / "northwind").is_dir(),
    reason="the Northwind files are not beside the project (../shared/data/northwind)",
)
needs_crm_pipeline = pytest.mark.skipif(
    not (DATA / "crm_pipeline").is_dir(),
    reason="the pipeline files are not beside the project (../shared/data/crm_pipeline)",
)
