"""Files into records: each line becomes a record, or a rejection that says where and why.

Files are streamed and never held whole. Nothing here knows the graph; a record that leaves this
room is complete and within bounds.
"""
