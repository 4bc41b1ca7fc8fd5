"""Names of files: what a person's computer calls a file, made safe to show and to save, and true to its content."""

import re
from pathlib import PurePosixPath

from connector.content.text import normalise_line

LIMIT = 120
"""The longest name, in characters."""

# What folders and shells take for something else; and marks that turn the order of letters around: gnp.exe → exe.png.
_UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f\x7f%]')
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)\Z")


def clean_name(sent: str) -> str:
    """Return a name without folders, controls, marks of direction and other people's surprises; never empty."""
    line = _INVISIBLE.sub("", normalise_line(sent)).replace("\\", "/")
    name = _UNSAFE.sub("_", PurePosixPath(line).name).strip(" .")
    stem, suffix = split_name(name)
    stem = stem[: LIMIT - len(suffix)].strip(" .") or "file"
    return f"_{stem}{suffix}" if _RESERVED.match(stem) else f"{stem}{suffix}"


def split_name(name: str) -> tuple[str, str]:
    """Return the stem of a name, and its suffix with the dot, in lower case; empty where it has none."""
    found = _SUFFIX.search(name)
    return (name[: found.start()], found[0].lower()) if found else (name, "")


def with_suffix(name: str, suffixes: tuple[str, ...], *, others: frozenset[str]) -> str:
    """Return a name that ends as its content does.

    Args:
        suffixes: Those of its content's type, the usual one first.
        others: Suffixes that are replaced; any other one stays as a part of the name: `run.bat.txt`.
    """
    stem, suffix = split_name(name)
    if suffix in suffixes:
        return name
    kept = stem if suffix in others else name
    return f"{kept[: LIMIT - len(suffixes[0])].rstrip(' .') or 'file'}{suffixes[0]}"
