"""How a column is compared with words that somebody typed, where the index of found things does not hold it.

`begins` is what an index of the operator class `text_pattern_ops` serves, and of operators that may be used below
row-level security. `holds` and `resembles` read every row, without case and accents: for tables of few rows."""

from typing import Any

from django.db.models import Field, Lookup

Sql = tuple[str, tuple[Any, ...]]
ALIKE = 0.4
"""From which similarity of words on a text resembles another; that of the index."""


class Begins(Lookup):
    """The text begins exactly so."""

    lookup_name, prepare_rhs = "begins", False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        left, params = self.process_lhs(compiler, connection)
        beyond = f"{self.rhs}{chr(0x10FFFF)}"
        return f"({left} ~>=~ %s AND {left} ~<~ %s)", (*params, self.rhs, *params, beyond)


class Holds(Lookup):
    """The column, read as a text, has the words somewhere."""

    lookup_name, prepare_rhs = "holds", False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        left, params = self.process_lhs(compiler, connection)
        return f"position(lower(unaccent(%s)) in lower(unaccent({left}::text))) > 0", (self.rhs, *params)


class Resembles(Lookup):
    """The column has words like these: a letter more, fewer or other."""

    lookup_name, prepare_rhs = "resembles", False

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        left, params = self.process_lhs(compiler, connection)
        similarity = f"word_similarity(lower(unaccent(%s)), lower(unaccent({left}::text)))"
        return f"{similarity} >= {ALIKE}", (self.rhs, *params)


def register() -> None:
    for lookup in (Begins, Holds, Resembles):
        Field.register_lookup(lookup)
