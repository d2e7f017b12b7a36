"""What people's searches teach: from which text they reach which entity, and where that fails.

`visits` cuts what was recorded into what one person wanted at one time, `chain` makes an absorbing
Markov chain of it, `publishing` draws aliases from that and retires those that fail, `failures`
says at which stage resolution lost an entity. All of it is pure; `school` alone reads and writes
the graph. May import: graph, resolution, model, errors.
"""
