"""The Reconciliation Service API: tables of names matched to entities, as OpenRefine does it.

Both versions, 0.2 at /reconcile and the draft of 1.0 at /reconcile/v1, are read into the same
queries (`queries`) and answered by the same hands (`answering`, `extending`, `suggesting`,
`previews`); `version_02` and `version_1` know how each is written. Source:
https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/ and
https://reconciliation-api.github.io/specs/draft/.
"""
