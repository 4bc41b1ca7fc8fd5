"""What the drafts of notes are called."""

import uuid


def new_place(post_id: uuid.UUID | None) -> str:
    """Return the name of the draft for a new note, about a post or about nothing."""
    return f"note {post_id}" if post_id else "note"


def edit_place(note_id: uuid.UUID) -> str:
    """Return the name of the draft for a change of a note."""
    return f"edit note {note_id}"


def share_place(note_id: uuid.UUID) -> str:
    """Return the name of the draft for a thread that begins with a copy of a note."""
    return f"share {note_id}"
