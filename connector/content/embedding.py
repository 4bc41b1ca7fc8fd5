"""What a text shows besides words: pictures, sound and films that were sent with it, and links to films elsewhere.

Nothing of other sites is loaded: a film elsewhere is a link with a caption that names the site, and a picture elsewhere
is a link too.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

ATTACHMENT = re.compile(r"attachment:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
"""How a text names a file that was sent with it; pages put an address of the reader's own visit in its place."""
DECORATIVE = "decorative"
"""The title of a picture that says nothing: `![](attachment:… "decorative")`."""
UNDESCRIBED = "no-alt"
"""The class of a picture without a description that nobody called decorative."""

_SOUND = re.compile(r"\.(?:mp3|m4a|ogg|oga|wav|weba)\Z", re.IGNORECASE)
_FILM = re.compile(r"\.(?:mp4|m4v|webm)\Z", re.IGNORECASE)
_YOUTUBE = frozenset({"youtube.com", "youtube-nocookie.com"})
_YOUTUBE_PATH = re.compile(r"/(?:shorts|live|embed)/[\w-]+/?")
_VIMEO_PATH = re.compile(r"/(?:video/|channels/[\w-]+/)?\d+(?:/\w+)?/?")
_BREAKS = frozenset({"softbreak", "hardbreak"})


def video_host(url: str) -> str | None:
    """Return the site of a film, where `url` leads to one at YouTube or Vimeo; None for any other address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        return None
    if host in _YOUTUBE and (_YOUTUBE_PATH.fullmatch(parts.path) or _is_watched(parts.path, parts.query)):
        return "youtube.com"
    if host == "youtu.be" and len(parts.path) > 1:
        return "youtube.com"
    if host in {"vimeo.com", "player.vimeo.com"} and _VIMEO_PATH.fullmatch(parts.path):
        return "vimeo.com"
    return None


def _is_watched(path: str, query: str) -> bool:
    return path == "/watch" and bool(parse_qs(query).get("v"))


def link_pictures(state: StateCore) -> None:
    """Let pictures from elsewhere be links: showing them would tell another site who reads what."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_link_pictures(block.children))


def _link_pictures(tokens: Sequence[Token]) -> Iterator[Token]:
    links = 0
    for token in tokens:
        links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        source = str(token.attrGet("src") or "")
        if token.type != "image" or ATTACHMENT.fullmatch(source):
            yield token
            continue
        text = Token("text", "", 0, content=token.content or source, level=token.level)
        if links:
            yield text
            continue
        yield Token("link_open", "a", 1, attrs={"href": source}, level=token.level)
        yield text
        yield Token("link_close", "a", -1, level=token.level)


def embed(state: StateCore) -> None:
    """Give links that stand alone on their line, and lead to sound or films, a figure of their own."""
    tokens: list[Token] = []
    waiting = iter(state.tokens)
    for token in waiting:
        if token.type != "paragraph_open" or token.hidden:
            tokens.append(token)
            continue
        tokens += _paragraph(token, next(waiting), next(waiting))
    state.tokens = tokens


def _paragraph(opening: Token, inline: Token, closing: Token) -> list[Token]:
    lines = _lines(inline.children or [])
    if not any(_figure(line) for line in lines):
        return [opening, inline, closing]
    tokens: list[Token] = []
    kept: list[Token] = []
    for line in [*lines, []]:
        figure = _figure(line)
        if figure is None and line:
            kept += line
            continue
        if words := _trimmed(kept):
            tokens += [opening, inline.copy(children=words), closing]
        kept = []
        if figure is not None:
            tokens.append(figure)
    return tokens


def _lines(tokens: Sequence[Token]) -> list[list[Token]]:
    """Part a paragraph at its line breaks, which stay at the end of each line."""
    lines: list[list[Token]] = [[]]
    for token in tokens:
        lines[-1].append(token)
        if token.type in _BREAKS and token.level == 0:
            lines.append([])
    return lines


def _trimmed(tokens: list[Token]) -> list[Token]:
    while tokens and tokens[-1].type in _BREAKS:
        tokens = tokens[:-1]
    return tokens


def _figure(line: list[Token]) -> Token | None:
    words = [token for token in line if token.type not in _BREAKS and (token.type != "text" or token.content.strip())]
    if len(words) < 3 or words[0].type != "link_open" or words[0].level != 0 or words[-1].type != "link_close":  # noqa: PLR2004 -- opening, text, closing
        return None
    if sum(token.type == "link_open" for token in words) > 1:
        return None
    url = str(words[0].attrGet("href") or "")
    text = "".join(token.content for token in words)
    if ATTACHMENT.fullmatch(url):
        kind = "audio" if _SOUND.search(text) else "video" if _FILM.search(text) else None
        return _token(kind, url, text, "") if kind else None
    host = video_host(url)
    return _token("link", url, text, host) if host else None


def _token(kind: str, url: str, text: str, host: str) -> Token:
    return Token("figure", "figure", 0, block=True, content=text, meta={"kind": kind, "url": url, "host": host})


def render_figure(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Return a film or sound as HTML. "Video" is the word in each of our languages, so it may be stored."""
    token = tokens[index]
    kind, url = token.meta["kind"], escapeHtml(token.meta["url"])
    link = f'<a href="{url}">{escapeHtml(token.content)}</a>'
    if kind == "link":
        caption = f"Video · {escapeHtml(token.meta['host'])}"
        return f'<figure class="video-link">{link}<figcaption>{caption}</figcaption></figure>\n'
    player = f'<{kind} src="{url}" controls preload="metadata"></{kind}>'
    return f'<figure class="{kind}">{player}<figcaption>{link}</figcaption></figure>\n'


def render_picture(
    _self: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Return a picture that was sent along."""
    described = description(tokens[index])
    flag = f' class="{UNDESCRIBED}"' if described is None else ""
    source, alt = escapeHtml(str(tokens[index].attrGet("src"))), escapeHtml(described or "")
    return f'<img src="{source}" alt="{alt}" loading="lazy"{flag}>'


def description(picture: Token) -> str | None:
    """Return what a text says that a picture shows: empty for decoration, None where it says nothing."""
    if picture.type != "image":
        return None
    is_decorative = picture.attrGet("title") == DECORATIVE
    return picture.content.strip() or ("" if is_decorative else None)
