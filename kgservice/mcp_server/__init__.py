"""Tools by which assistants use a service: the Model Context Protocol, over the client.

It is a client like any other: the key's scopes, rates and limits hold. It can only read, and what
it gives back is cut to a number of rows and tokens, which it says. May import `kgservice.client`.
"""
