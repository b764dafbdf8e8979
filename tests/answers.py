"""Reading what a test client was answered."""

from typing import Any

from django.core.signals import request_finished
from django.db import close_old_connections


def content_of(response: Any) -> bytes:
    """The whole answer; the file behind it is closed, as a server does, and the test's database connection is not."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)
    return content
