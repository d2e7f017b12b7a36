"""A small page about an entity, for a window in another program."""

from __future__ import annotations

from html import escape

from kgservice.model import Entity

#: The size of the window, in pixels.
WIDTH, HEIGHT = 400, 150
#: Shown in a frame of whoever asks; its style stands in it, and it needs nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
#: Other names that fit into it.
_NAMES = 8

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{label}</title>
<style>body{{font:14px/1.4 sans-serif;margin:8px;color:#222}} h1{{font-size:16px;margin:0}}
p{{margin:4px 0}} .quiet{{color:#666}}</style></head>
<body>{content}</body></html>
"""


def page(entity: Entity) -> str:
    """The whole page."""
    return _PAGE.format(label=escape(entity.label), content=content(entity))


def content(entity: Entity) -> str:
    """What is shown of the entity: label, id, description, types, other names."""
    lines = [f"<h1>{escape(entity.label)}</h1>"]
    about = " · ".join([entity.id, *entity.types])
    lines.append(f'<p class="quiet">{escape(about)}</p>')
    if entity.description:
        lines.append(f"<p>{escape(entity.description)}</p>")
    if entity.aliases:
        names = ", ".join(entity.aliases[:_NAMES])
        lines.append(f'<p class="quiet">also: {escape(names)}</p>')
    return "".join(lines)
