"""Records into the graph: each batch is one transaction that leaves everything consistent.

A batch reads what is held about its keys, decides which records are newer, and applies the
difference that they make to statements and entities (the arithmetic is in kgservice.ledger).
Batches of all programs queue for one lock, so none sees another half done; one writer is as fast as
several on the machines we measured. What is a load's alone is done ahead of its batch's turn, while
Neo4j commits the batch before.
"""
