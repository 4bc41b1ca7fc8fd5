from tests.connector.threads.members import *  # noqa: F403 -- the fixtures of everybody who tests threads
