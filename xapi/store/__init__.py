"""A small learning record store: statements in one SQLite file, behind the Statement and About resources of xAPI.

It keeps statements and nothing else: no attachment data, no documents. What it does keep, it keeps as xAPI 1.0.3 and
2.0 say. One process serves a file; within it, any number of threads.
"""

from xapi.store.app import create_app
from xapi.store.config import Credential, StoreConfig

__all__ = ["Credential", "StoreConfig", "create_app"]
