"""Tests in a browser. A package, so that its server and its data last as long as this folder and no longer."""
