from tests import make


def test_rows_can_be_built_on_each_engine(session):
    member = make.member(session)
    assert member.course.deployment.platform is member.person.platform


def test_times_come_back_aware(session, database):
    made = make.tenant(session)
    session.commit()
    with database.session(writes=False) as other:
        assert other.get(type(made), made.id).created_at == make.NOW
