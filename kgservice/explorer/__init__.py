"""The explorer and GraphiQL: pages for people, built from `explorer/` into `files/`.

The pages ask the public GraphQL API and nothing else; this room only hands out their files. May
import: nothing of the service.
"""
