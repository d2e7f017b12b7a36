"""The texts of what people did with names and what was learned from it: bookkeeping.

Every text that changes aliases raises their version first, which makes it wait for others that do;
services read aliases anew when they see another version.
"""

from __future__ import annotations

from typing import LiteralString

_RAISE_VERSION: LiteralString = """
MERGE (v:__AliasVersion {id: 'aliases'})
SET v.version = coalesce(v.version, 0) + 1
"""

#: $rows with id, user, session, at, text, context, entity. What was sent before counts once.
RECORD_OUTCOMES: LiteralString = """
UNWIND $rows AS row
MERGE (o:__Outcome {id: row.id})
SET o = row
RETURN count(*)
"""

#: $row with id, text, entity, user, at; what the same user taught of the text before goes.
TEACH_ALIAS: LiteralString = (
    _RAISE_VERSION
    + """
WITH v
CALL () {
  MATCH (old:__Alias {text: $row.text, taught: true})
  WHERE (old.user = $row.user OR (old.user IS NULL AND $row.user IS NULL)) AND old.id <> $row.id
  DELETE old
}
MERGE (a:__Alias {id: $row.id})
ON CREATE SET a.first = $row.at
SET a.text = $row.text, a.entity = $row.entity, a.user = $row.user, a.weight = 1.0,
    a.taught = true, a.retired = false, a.last = $row.at
RETURN v.version
"""
)

#: $text, $user, $entities: the id asked for and its canonical one. How many there were.
UNTEACH_ALIAS: LiteralString = (
    _RAISE_VERSION
    + """
WITH v
CALL () {
  MATCH (a:__Alias {text: $text, taught: true})
  WHERE a.user = $user OR (a.user IS NULL AND $user IS NULL)
  OPTIONAL MATCH (e:Entity {id: a.entity})
  WITH a, e
  WHERE a.entity IN $entities OR e.canonical_id IN $entities
  DELETE a
  RETURN count(*) AS gone
}
RETURN gone
"""
)

READ_ALIAS_VERSION: LiteralString = """
OPTIONAL MATCH (v:__AliasVersion {id: 'aliases'})
RETURN coalesce(v.version, 0)
"""

#: The version, and of each alias that is used: text, entity, weight, user, taught.
READ_ALIASES_IN_USE: LiteralString = """
OPTIONAL MATCH (v:__AliasVersion {id: 'aliases'})
RETURN [coalesce(v.version, 0), COLLECT {
  MATCH (a:__Alias) WHERE NOT a.retired
  OPTIONAL MATCH (e:Entity {id: a.entity})
  RETURN [a.text, coalesce(e.canonical_id, a.entity), a.weight, a.user, a.taught]
}]
"""

#: Rows: user, session, at, text, context, entity.
READ_OUTCOMES: LiteralString = """
MATCH (o:__Outcome)
OPTIONAL MATCH (e:Entity {id: o.entity})
RETURN o.user, o.session, o.at, o.text, o.context, coalesce(e.canonical_id, o.entity)
"""

#: Rows: the properties of each alias.
READ_ALIASES: LiteralString = """
MATCH (a:__Alias)
OPTIONAL MATCH (e:Entity {id: a.entity})
RETURN a.text, coalesce(e.canonical_id, a.entity), a.weight, a.user, a.taught, a.support,
       a.persons, a.wins, a.losses, a.first, a.last, a.retired
"""

#: $rows with the properties of all learned aliases; those that are not among them go.
STORE_LEARNED: LiteralString = (
    _RAISE_VERSION
    + """
WITH v
CALL () {
  MATCH (old:__Alias {taught: false})
  WHERE NOT old.id IN [row IN $rows | row.id]
  DELETE old
}
CALL () {
  UNWIND $rows AS row
  MERGE (a:__Alias {id: row.id})
  SET a = row
}
RETURN v.version
"""
)

#: $user. How many outcomes and aliases went.
FORGET_USER: LiteralString = (
    _RAISE_VERSION
    + """
WITH v
CALL () {
  MATCH (o:__Outcome {user: $user})
  DELETE o
  RETURN count(*) AS outcomes
}
CALL () {
  MATCH (a:__Alias {user: $user})
  DELETE a
  RETURN count(*) AS aliases
}
RETURN [outcomes, aliases]
"""
)
