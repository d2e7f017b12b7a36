"""Expressions as Cypher.

Walk semantics: every hop is a MATCH of its own, for within one MATCH Neo4j never uses a
relationship twice. Every operand of a set operation is a set of its own (`CALL () {..}`): joining
on a bound variable has tails of 60 to 280 ms where sets need 8. A text depends on the shape of an
expression and on its relations and types, never on ids or values, so that few texts have to be
planned.
"""
