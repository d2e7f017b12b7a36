"""The texts behind what is shown of entities and statements: cards, pages, assertions.

Each answers for many entities or statements at once, so that a page of answers costs one more query
and never one for each row.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph_schema.identifiers import Identifier, quoted
from kgservice.algebra.expression import OfType
from kgservice.algebra.pattern import Hop, Relations, StatementFilter
from kgservice.graph.cypher.answers.merging import APART, end_of, related, united
from kgservice.graph.cypher.answers.sets import clauses
from kgservice.graph.cypher.answers.shown import shown
from kgservice.graph.cypher.answers.walks import walkable
from kgservice.graph.cypher.answers.writer import Text, Writer, joined
from kgservice.model import Direction, StatementOrder


def columns(subject: Text, relationship_type: Text) -> Text:
    """What a statement `r` with its object `o` is read as: kgservice.graph.records knows it."""
    return (
        f"[r.id, {subject}, {relationship_type}, o.id, r.plausibility, r.typicality, r.support,"
        " r.sources, r.level, o.text, o.datatype, o.language, o.unit]"
    )


#: A statement that is one relationship `r`.
STATEMENT: Text = columns("startNode(r).id", "type(r)")

#: A statement that may be several between merged entities: with the id of its `subject`.
UNITED: Text = columns("subject", "type")


def entities(writer: Writer) -> Text:
    """$a.ids. Rows: asked id, id, label, description, aliases, labels, degree, merged ids."""
    return f"UNWIND $a.ids AS id\nMATCH (asked:Entity {{id: id}})\n{shown(writer)}RETURN cards"


#: A place in an order of statements: score (where one orders), relation, other end, statement id.
Place = tuple[float | None, str, str, str]


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Which statements of an entity are wanted, and which part of them.

    `after` is the place of the last one seen. `named` maps relationship types to relation ids where
    they differ. `total` asks how many there are on all pages.
    """

    relations: Relations
    direction: Direction
    where: StatementFilter
    types: frozenset[str] | None
    order: StatementOrder
    first: int
    after: Place | None
    named: dict[str, str]
    total: bool


def statements_of(writer: Writer, page: StatementPage) -> Text:
    """$a.ids. Returns [rows of each entity, cards of all at the other ends as `entities` has them].

    Rows: id, its rows [statement columns, relation id, other end], one more than the page has, and
    how many statements it has on all pages (null where that was not asked for).
    """
    merged = writer.surroundings.merged
    limit = writer.parameter(page.first + 1)
    score, order = _ordered(page.order)
    found, row, end = _found(writer, page), "r, far, o", "endNode(r) AS o"
    type, statement = "type(r)", STATEMENT
    behind = "" if page.after is None else _behind(writer, page.order, page.after)
    count = f"CALL (e) {{\n{found}RETURN count(r) AS total\n}}\n"
    total: Text = "total" if page.total else "null"
    if merged:
        row, end, type, statement = f"{row}, subject, type", "o, subject, type", "type", UNITED
    return (
        f"UNWIND $a.ids AS id\n{_asked(writer)}"
        f"{count if page.total else ''}"
        f"CALL (e) {{\n{found}"
        f"WITH r, far, {end}, {score} AS score, {_relation(writer, page, type)} AS relation,\n"
        "  coalesce(far.id, far.text) AS other\n"
        f"{behind}WITH {row}, score, relation, other ORDER BY {order} LIMIT {limit}\n"
        f"RETURN collect([{statement}, relation, other]) AS rows, collect(far) AS ends\n}}\n"
        f"WITH collect([id, rows, {total}]) AS pages, collect(ends) AS lists\n"
        "CALL (lists) {\nUNWIND lists AS ends\nUNWIND ends AS asked\n"
        f"WITH DISTINCT asked WHERE asked:Entity\n{shown(writer)}"
        "RETURN cards\n}\n"
        "RETURN [pages, cards]"
    )


def relation_counts(writer: Writer, direction: Direction) -> Text:
    """$a.ids. Rows: id, relationship type, count."""
    if writer.surroundings.merged:
        return (
            f"UNWIND $a.ids AS id\n{_asked(writer)}CALL (e) {{\nWITH e AS x\n"
            f"{related(writer, _hop(None, direction), 'x, ')}"
            f"{APART}RETURN type, count(*) AS n\n}}\nRETURN collect([id, type, n])"
        )
    patterns: dict[Direction, Text] = {
        Direction.OUT: "(e)-[r]->()",
        Direction.IN: "(e)<-[r]-()",
        Direction.BOTH: "(e)-[r]-()",
    }
    return (
        "UNWIND $a.ids AS id\nMATCH (e:Entity {id: id})\n"
        f"MATCH {patterns[direction]}\nWITH id, type(r) AS type, count(DISTINCT r) AS n\n"
        "RETURN collect([id, type, n])"
    )


def statements_by_id(writer: Writer, relation: str) -> Text:
    """$a.ids. Rows: statement columns.

    Of several relationships that are one statement the least id is its own, and the others none's.
    """
    if not writer.surroundings.merged:
        return f"{_with_id(writer, relation)}RETURN collect({STATEMENT})"
    return (
        f"{_parts(writer, relation)}{united('x, ', values=True)}RETURN r, type\n}}\n"
        "WITH r, type, x.id AS subject, o WHERE r.id = id\n"
        f"RETURN collect({UNITED})"
    )


def parts_of(writer: Writer, relation: str) -> Text:
    """$a.ids. Rows: statement id, and [id, subject id, object id] of all that are one in it."""
    return (
        f"{_parts(writer, relation)}"
        "RETURN collect(DISTINCT [r.id, startNode(r).id, endNode(r).id]) AS parts\n}\n"
        "RETURN collect([id, parts])"
    )


#: $a.keys: rows of statement id, the id of a part of it and behavior id. $a.first. Rows: statement
#: id, and the newest assertions of the part as maps. A statement that says what a behavior consists
#: of has a behavior id: whoever asserts anything of the behavior asserts it; others have null.
ASSERTIONS_OF: Text = """
UNWIND $a.keys AS key
CALL (key) {
  MATCH (a:Assertion {statement_id: key[1]}) RETURN a
  UNION
  MATCH (a:Assertion {behavior: key[2]}) RETURN a
}
WITH key, a ORDER BY a.generated_at DESC, a.id, a.dataset
WITH key[0] AS id, collect(a {.*, record: NULL})[0..$a.first] AS rows
RETURN collect([id, rows])
"""


#: $a.ids: statement ids. Rows: statement id, data set, and the sets that the data set qualifies its
#: sayings of the statement with.
QUALIFIERS_OF: Text = """
UNWIND $a.ids AS id
MATCH (a:Assertion {statement_id: id})
WHERE a.qualifiers IS NOT NULL
RETURN collect([id, a.dataset, a.qualifiers])
"""


def assertions_of_rolled_up(relationship_type: Identifier) -> Text:
    """$a.keys: rows of statement id, head id, object id. $a.first. Rows: as ASSERTIONS_OF."""
    return (
        "UNWIND $a.keys AS key\n"
        "MATCH (h:Entity {id: key[1]})<-[:HAS_QUERY|HAS_PRODUCT]-(b:Entity)\n"
        f"MATCH (b)-[r:{quoted(relationship_type)}]->(:Entity {{id: key[2]}})\n"
        "WITH DISTINCT key[0] AS id, r.id AS behind\n"
        "MATCH (a:Assertion {statement_id: behind})\n"
        "WITH id, a ORDER BY a.generated_at DESC, a.id, a.dataset\n"
        "WITH id, collect(a {.*, record: NULL})[0..$a.first] AS rows\nRETURN collect([id, rows])"
    )


def evidence_of(relationship_type: Identifier) -> Text:
    """The statements about single behaviors behind a rolled-up one.

    $a.keys: rows of statement id, head id, object id, and the support and id of the last one seen
    (or null). $a.first. Rows: statement id, and its statement columns; one more than asked.
    """
    return (
        "UNWIND $a.keys AS key\n"
        "MATCH (h:Entity {id: key[1]}), (o:Entity {id: key[2]})\n"
        "CALL (h, o, key) {\n"
        "MATCH (h)<-[:HAS_QUERY|HAS_PRODUCT]-(b:Entity)\n"
        f"MATCH (b)-[r:{quoted(relationship_type)}]->(o)\n"
        "WHERE key[4] IS NULL OR r.support < key[3] OR (r.support = key[3] AND r.id > key[4])\n"
        "WITH DISTINCT r, o ORDER BY r.support DESC, r.id LIMIT $a.first\n"
        f"RETURN collect({STATEMENT}) AS rows\n}}\n"
        "RETURN collect([key[0], rows])"
    )


def count_evidence(relationship_type: Identifier) -> Text:
    """$a.keys as evidence_of has them. Returns how many statements that has for all of them."""
    return (
        "UNWIND $a.keys AS key\n"
        "MATCH (h:Entity {id: key[1]})<-[:HAS_QUERY|HAS_PRODUCT]-(b:Entity)\n"
        f"MATCH (b)-[r:{quoted(relationship_type)}]->(:Entity {{id: key[2]}})\n"
        "RETURN count(DISTINCT r)"
    )


def count_entities(writer: Writer, types: frozenset[str]) -> Text:
    """Returns how many entities have any of these types."""
    return f"{clauses(writer, OfType(types))}RETURN count(x)"


#: $a.ids: relation ids. Rows: id, count.
COUNTS: Text = """
UNWIND $a.ids AS id
MATCH (r:Relation {id: id})
RETURN collect([id, r.count])
"""

#: Returns [entities, statements, data version, schema revisions].
STATS: Text = """
CALL () { MATCH (e:Entity) RETURN count(e) AS entities }
CALL () { MATCH (r:Relation) RETURN sum(r.count) AS statements }
CALL () { OPTIONAL MATCH (v:__DataVersion {id: 'data'}) RETURN coalesce(v.version, 0) AS version }
CALL () { MATCH (h:__SchemaHead) RETURN collect(h.version_num) AS revisions }
RETURN [entities, statements, version, revisions]
"""

#: What the texts of answers depend on: [relationship types in use, whether any entity is merged].
SURROUNDINGS: Text = """
CALL db.relationshipTypes() YIELD relationshipType
WITH collect(relationshipType) AS types
RETURN [types, EXISTS { ()-[:SAME_AS]->() }]
"""


def _with_id(writer: Writer, relation: str) -> Text:
    """The relationship `r` from `s` to `o` of each `id`."""
    types = writer.types(frozenset({relation}))
    return f"UNWIND $a.ids AS id\nMATCH (s)-[r{types} {{id: id}}]->(o)\n"


def _parts(writer: Writer, relation: str) -> Text:
    """Begins a CALL that finds all `r` which are one statement from `x` to `o` with that `id`."""
    hop = _hop(frozenset({relation}), Direction.OUT)
    return (
        f"{_with_id(writer, relation)}OPTIONAL MATCH (s)-[:SAME_AS]->(c:Entity)\n"
        "OPTIONAL MATCH (o)-[:SAME_AS]->(d:Entity)\n"
        "WITH id, coalesce(c, s) AS x, coalesce(d, o) AS o\n"
        f"CALL (x, o) {{\n{related(writer, hop, 'x, o, ')}"
        f"WITH * WHERE {end_of('y')} = {end_of('o')}\n"
    )


def _asked(writer: Writer) -> Text:
    """The entity `e` that is meant by `id`."""
    if not writer.surroundings.merged:
        return "MATCH (e:Entity {id: id})\n"
    return (
        "MATCH (asked:Entity {id: id})\nOPTIONAL MATCH (asked)-[:SAME_AS]->(c:Entity)\n"
        "WITH id, coalesce(c, asked) AS e\n"
    )


def _found(writer: Writer, page: StatementPage) -> Text:
    """Clauses that find the statements `r` of `e` that are wanted, with their other end `far`."""
    tests: list[Text] = [*writer.ours(page.relations), *walkable(writer, page.where)]
    if page.types is not None:
        tests.append(writer.is_of("far", page.types))
    where = f"WHERE {joined(tests, ' AND ')}\n" if tests else ""
    if writer.surroundings.merged:
        return (
            f"WITH e AS x\n{related(writer, _hop(page.relations, page.direction), 'x, ')}"
            f"{united('x, ', values=True)}"
            "WITH r, type, y AS far, CASE WHEN out THEN y ELSE x END AS o,\n"
            f"  CASE WHEN out THEN x.id ELSE y.id END AS subject\n{where}"
        )
    types = writer.types(page.relations)
    patterns: dict[Direction, Text] = {
        Direction.OUT: f"(e)-[r{types}]->(far)",
        Direction.IN: f"(e)<-[r{types}]-(far)",
        Direction.BOTH: f"(e)-[r{types}]-(far)",
    }
    return f"MATCH {patterns[page.direction]}\n{where}"


def _hop(relations: Relations, direction: Direction) -> Hop:
    nothing: frozenset[str] = frozenset()
    return Hop(
        nothing if direction is Direction.IN else relations,
        nothing if direction is Direction.OUT else relations,
    )


def _relation(writer: Writer, page: StatementPage, type: Text) -> Text:
    if not page.named:
        return type
    names = writer.parameter(page.named)
    return f"coalesce({names}[{type}], {type})"


def _ordered(order: StatementOrder) -> tuple[Text, Text]:
    columns: dict[StatementOrder, Text] = {
        StatementOrder.TYPICALITY: "r.typicality",
        StatementOrder.PLAUSIBILITY: "r.plausibility",
        StatementOrder.SUPPORT: "toFloat(r.support)",
    }
    if order is StatementOrder.RELATION:
        return "null", "relation, other, r.id"
    return columns[order], "score IS NULL, score DESC, relation, other, r.id"


def _behind(writer: Writer, order: StatementOrder, after: Place) -> Text:
    score, *place = after
    at = writer.parameter(place)
    later: Text = (
        f"(relation > {at}[0] OR (relation = {at}[0] AND (other > {at}[1] OR "
        f"(other = {at}[1] AND r.id > {at}[2]))))"
    )
    if order is StatementOrder.RELATION:
        return f"WITH * WHERE {later}\n"
    if score is None:
        return f"WITH * WHERE score IS NULL AND {later}\n"
    seen = writer.parameter(score)
    return f"WITH * WHERE score IS NULL OR score < {seen} OR (score = {seen} AND {later})\n"
