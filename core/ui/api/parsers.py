"""JSON as the API reads it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json


class FiniteJSONParser(JSONParser):
    """JSON whose numbers are numbers and whose nesting ends: what would overflow is refused like any other slip."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json.loads(stream.read().decode("utf-8"), parse_float=finite, parse_constant=finite)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON in UTF-8.")) from error


def finite(text: str) -> float:
    """:raises ValueError: for a number that no float holds."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text[:20])
    return number
