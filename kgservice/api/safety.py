"""What every response tells browsers to leave alone, unless the response itself says otherwise.

Source: the REST security cheat sheet of OWASP. Pages and previews have policies of their own.
"""

from __future__ import annotations

#: Headers as they travel: bytes, names in small letters.
Raw = list[tuple[bytes, bytes]]

_TYPE = b"content-type"
_ALWAYS = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
#: Of what is no page nothing is ever to be run, loaded or framed.
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


def make_safe(headers: Raw) -> None:
    """Add to the headers of a response what they lack.

    >>> headers = [(b"content-type", b"text/html"), (b"referrer-policy", b"origin")]
    >>> make_safe(headers)
    >>> headers[2:]
    [(b'x-content-type-options', b'nosniff')]
    """
    said = dict(headers)
    is_page = said.get(_TYPE, b"").startswith(b"text/html")
    wanted = _ALWAYS if is_page else (*_ALWAYS, _POLICY)
    headers += [one for one in wanted if one[0] not in said]
