from tests.connector.delivery.conftest import store

__all__ = ["store"]
