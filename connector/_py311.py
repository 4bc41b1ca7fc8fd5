"""Keeps CPython 3.11 from crashing under SQLAlchemy's ORM and threads; does nothing on 3.12 and newer.

SQLAlchemy's `InstanceState` gets `_strong_obj` only when a session closes. By then the class's shared-key table is full,
so 3.11 turns the inline attribute values into a dict; that allocation may start a garbage collection whose weakref
callback writes to the same half-converted object, and the process dies (`get_index_from_order` in a debug build).
Naming every attribute once while the table is empty keeps the values inline. 3.12 collects only between bytecodes.
Import this before any model.
"""

import sys

if sys.version_info < (3, 12):
    from sqlalchemy.orm.state import InstanceState

    _state: InstanceState[object] = InstanceState.__new__(InstanceState)
    for _name in (
        "session_id",
        "key",
        "runid",
        "_strong_obj",
        "load_options",
        "load_path",
        "insert_order",
        "_instance_dict",
        "_load_pending",
        "_deleted",
        "modified",
        "expired",
        "callables",
        "class_",
        "manager",
        "obj",
        "committed_state",
        "expired_attributes",
    ):
        setattr(_state, _name, None)
    del _state
