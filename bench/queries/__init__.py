"""What the fourteen structures of questions cost here, beside hand-written Cypher by the driver.

`python -m bench.queries --help`. All ways are asked in turn, question by question, in one run on
one server: only their ratios mean something. `worlds` has the graphs, `facts` the questions,
`by_hand` the Cypher that a good hand would write, `ways` the ways to ask, `measuring` asks,
`crowds` asks for many at a time, `report` makes tables and a picture.
"""
