from tests.connector.threads.members import *  # noqa: F403 -- fixtures
