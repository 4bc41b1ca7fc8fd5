import threading

from sqlalchemy import func, select

from connector.activities.models import Activity, Placement
from connector.courses.models import Course, Membership, Person

SEATS = 6


def test_a_class_that_opens_its_first_link_all_at_once(registered, app, platform, session):
    barrier, statuses = threading.Barrier(SEATS), []

    def run(seat):
        def as_somebody(draft):
            draft.claims["sub"] = f"user-{seat % 4}"  # some have two tabs
            return draft.token()

        client = app.test_client()
        login = platform.login(client)
        barrier.wait()
        statuses.append(platform.launch(client, login=login, make=as_somebody).status_code)

    seats = [threading.Thread(target=run, args=(seat,)) for seat in range(SEATS)]
    for seat in seats:
        seat.start()
    for seat in seats:
        seat.join()
    assert statuses == [303] * SEATS
    tables = (Course, Activity, Placement, Person, Membership)
    assert [session.scalar(select(func.count()).select_from(table)) for table in tables] == [1, 1, 1, 4, 4]
