"""How a stored text is shown: with addresses of the reader's own visit, and words in the reader's language."""

import re
from collections.abc import Callable

from flask import url_for
from markupsafe import Markup

from connector.content.embedding import ATTACHMENT, UNDESCRIBED
from connector.web.i18n import gettext as _

_ADDRESS = re.compile(rf'(<(?:a href|img src|audio src|video src)="){ATTACHMENT.pattern}"')
_UNDESCRIBED = re.compile(rf'(<img src="[^"]*" alt=")(" loading="lazy" class="{UNDESCRIBED}">)')


def prose(html: str, *, address: Callable[[str], str] | None = None) -> Markup:
    """Return a text's stored HTML, ready for a page: the Jinja filter `prose`.

    Args:
        html: Sanitised when it was rendered: `body_html`, or what `markdown.render` returned.
        address: Gives the address of a file by its id; that of the reader's visit where left out.
    """
    place = address or _in_visit
    shown = _ADDRESS.sub(lambda found: f'{found[1]}{place(found[2])}"', html)
    if f'class="{UNDESCRIBED}"' in shown:
        said = Markup.escape(_("A picture without a description"))
        shown = _UNDESCRIBED.sub(lambda found: f"{found[1]}{said}{found[2]}", shown)
    return Markup(shown)  # noqa: S704 -- sanitised when it was rendered


def _in_visit(attachment_id: str) -> str:
    return url_for("files.show", attachment_id=attachment_id)
