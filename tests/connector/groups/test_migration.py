from alembic import command
from sqlalchemy import text

from connector.db import Database
from connector.groups.building import make_set
from connector.groups.placing import place
from connector.migrations import alembic_config, upgrade
from tests.connector.groups import build
from tests.make import NOW


def test_groups_made_here_survive_a_way_back(session, database, database_url, course, trainer, learner):
    teams = build.lms_set(session, course)
    made = make_set(session, trainer, "Here", 1, now=NOW)
    (group,) = build.groups_of_set(session, made)
    place(session, made, {learner: group}, now=NOW)
    build.put(session, teams["Team 1"], learner)
    session.commit()
    session.close()
    database.dispose()
    command.downgrade(alembic_config(database_url), "0003_content")
    older = Database(database_url)
    with older.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, set_name, is_active FROM course_group ORDER BY name")).all()
        members = connection.scalar(text("SELECT count(*) FROM course_group_member"))
    older.dispose()
    assert (rows, members) == ([("Group 1", "Here", False), ("Team 1", "Teams", True), ("Team 2", "Teams", True)], 2)
    upgrade(database_url)
