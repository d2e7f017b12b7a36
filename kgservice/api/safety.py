"""What every response tells browsers to leave alone, unless the response itself says otherwise.

Source: the REST security cheat sheet of OWASP. Pages and previews have policies of their own.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
#: Of what is no page nothing is ever to be run, loaded or framed.
_POLICY = "default-src 'none'; frame-ancestors 'none'"


def make_safe(headers: MutableHeaders) -> None:
    """Add to the headers of a response what they lack.

    >>> headers = MutableHeaders({"content-type": "application/json"})
    >>> make_safe(headers)
    >>> headers["x-content-type-options"], headers["content-security-policy"]
    ('nosniff', "default-src 'none'; frame-ancestors 'none'")
    """
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    if not headers.get("content-type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", _POLICY)
