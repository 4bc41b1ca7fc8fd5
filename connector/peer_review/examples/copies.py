"""Examples in a copied course: with their keys and files, without what anybody said of them."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.content.attachments import list_attached
from connector.content.doors import file_store
from connector.content.models import Attachment
from connector.peer_review.examples.examples import HOLDER, list_examples
from connector.peer_review.models.examples import Checking, Example, Use


def copy_examples(session: Session, origin: Activity, copy: Activity, now: datetime) -> None:
    """Give `copy` the examples to practise on, and the choice of spot-checks.

    Hidden examples stay behind: they are somebody's work in the disguise of a submission, and there is no such person in
    the copy yet.
    """
    checking = session.get(Checking, origin.id)
    if checking is not None:
        session.add(Checking(activity_id=copy.id, is_on=checking.is_on))
    examples = list_examples(session, origin, Use.PRACTICE)
    files = list_attached(session, HOLDER, [each.id for each in examples])
    for each in examples:
        id_, body = uuid.uuid4(), each.body
        made = Example(
            id=id_,
            activity_id=copy.id,
            position=each.position,
            iri=f"{copy.iri}/submissions/{id_}",
            use=each.use,
            link=each.link,
            language=each.language,
            key=[dict(entry) for entry in each.key],
            rationale=each.rationale,
            created_at=now,
        )
        for file in files.get(each.id, ()):
            body = body.replace(str(file.id), str(copy_file(session, file, copy, (HOLDER, id_), now).id))
        made.write(body)
        session.add(made)
    session.flush()


def copy_file(
    session: Session, file: Attachment, copy: Activity, holder: tuple[str, uuid.UUID], now: datetime
) -> Attachment:
    """Store a file once more, since each goes with its own row.

    Args:
        holder: The kind and the id of what the new one belongs to.
    """
    id_, store = uuid.uuid4(), file_store()
    key = f"{id_.hex[:2]}/{id_}"
    values = {
        column.key: getattr(file, column.key)
        for column in Attachment.__table__.columns
        if column.key not in {"id", "course_id", "holder_kind", "holder_id", "storage_key", "created_at"}
    }
    made = Attachment(
        id=id_,
        course_id=copy.course_id,
        holder_kind=holder[0],
        holder_id=holder[1],
        storage_key=key,
        created_at=now,
        **values,
    )
    session.add(made)
    store.put(key, b"".join(store.read(file.storage_key, 0, file.size)))
    return made
