"""JPEGs inside of documents: without what they say beside their pixels, which stay as they are."""

_START, _SCAN, _END = 0xD8, 0xDA, 0xD9
_KEPT = frozenset({0xE0, 0xE2, 0xEE})
"""The frame, the colours and Adobe's colour transform: without these it would look otherwise."""
_REMARKS = frozenset(range(0xE0, 0xF0)) | {0xFE}


def without_remarks(content: bytes) -> bytes:
    """Return a JPEG without EXIF, XMP and comments; what is no whole JPEG comes back as it is.

    Source: ITU-T T.81, B.1.1.
    """
    if content[:2] != bytes((0xFF, _START)):
        return content
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 -- a marker
        marker = content[at + 1]
        if marker in {_SCAN, _END}:
            return b"".join([*kept, content[at:]])
        length = int.from_bytes(content[at + 2 : at + 4])
        if marker not in _REMARKS or marker in _KEPT:
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    return content
