-- +goose Up
-- Who did what, in an order that cannot be changed afterwards. The detail is
-- text and not JSONB, which could come back in another spelling than was hashed.
CREATE TABLE journal (
    seq     BIGINT      NOT NULL PRIMARY KEY,
    at      TIMESTAMPTZ NOT NULL,
    actor   TEXT        NOT NULL,
    action  TEXT        NOT NULL,
    edition TEXT        NOT NULL,
    object  TEXT        NOT NULL,
    reason  TEXT        NOT NULL,
    detail  TEXT        NOT NULL,
    hash    TEXT        NOT NULL UNIQUE
);

CREATE INDEX journal_object ON journal (object, seq);
CREATE INDEX journal_edition ON journal (edition, seq);

-- The newest entry. There is at most one row; to lock it is to have the turn.
CREATE TABLE journal_head (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq  BIGINT  NOT NULL,
    hash TEXT    NOT NULL
);
