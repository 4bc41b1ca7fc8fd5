-- `stored` is microseconds since 1970 in UTC: each statement has its own, so it is the order of the store too.
CREATE TABLE statement (
    stored INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,        -- in lower case
    target TEXT,                    -- the id of the statement that the object refers to
    is_voiding INTEGER NOT NULL,
    is_voided INTEGER NOT NULL,
    body TEXT NOT NULL              -- as format=exact returns it
);
CREATE INDEX statement_target ON statement (target) WHERE target IS NOT NULL;

-- What a statement can be found by, also by way of the statements that it refers to.
CREATE TABLE mention (
    kind TEXT NOT NULL,             -- verb, registration, (related_)activity, (related_)agent
    value TEXT NOT NULL,
    stored INTEGER NOT NULL,
    PRIMARY KEY (kind, value, stored)
) WITHOUT ROWID;

-- What the statements say of an activity or a verb, put together: format=canonical returns it.
CREATE TABLE definition (
    kind TEXT NOT NULL,             -- verb, activity
    iri TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, iri)
) WITHOUT ROWID;

PRAGMA user_version = 1;
