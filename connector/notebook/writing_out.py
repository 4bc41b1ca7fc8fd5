"""A notebook as one text, for its owner to take along."""

from collections.abc import Sequence

from connector.courses.models import Membership
from connector.notebook.reading import SeenNote
from connector.threads.bylines import byline
from connector.web.i18n import gettext as _
from connector.web.pages import in_words


def write_out(notes: Sequence[SeenNote], member: Membership) -> str:
    """Return notes as Markdown, the oldest first, with what they quote as far as their owner may read it."""
    title = _("My notebook in %(course)s", course=member.course.title)
    return "\n\n".join([f"# {title}", *(_one(seen, member) for seen in notes)]) + "\n"


def _one(seen: SeenNote, member: Membership) -> str:
    parts = [f"## {in_words(seen.note.created_at)}"]
    if seen.post is not None:
        name, thread = byline(seen.post, member).name, seen.post.thread.title
        parts.append(_("On a post by %(name)s in “%(title)s”", name=name, title=thread))
    if seen.quotation:
        parts.append("\n".join(f"> {line}" for line in seen.quotation.splitlines()))
    return "\n\n".join([*parts, seen.note.body])
