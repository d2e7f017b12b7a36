"""The output types of the schema.

What is always at hand is a plain attribute; what costs a query of its own is a method, and is
loaded for all the objects of a request at once.
"""
