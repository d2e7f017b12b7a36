"""Load and faults: mixed traffic at 80 % of what holds, while Neo4j and an instance are killed.

    python -m bench.faults --minutes 30

Two instances of the service share a local Neo4j over the sample; clients go to the other one when
one does not answer. Requests are due at set times, so one that waits for another is as late as its
user sees it. Every answer is compared with what was answered before anything was killed, every
outcome that was acknowledged is looked for in the graph at the end.
"""
