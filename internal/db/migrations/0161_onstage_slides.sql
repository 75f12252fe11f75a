-- +goose Up
-- What the organisers of a call ask of those who present: until when slides are taken in, and what to bring; and which
-- answers say what of a session that is made of a submission.
CREATE TABLE onstage_setting (
    call_id      TEXT        NOT NULL PRIMARY KEY REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    slides_until TIMESTAMPTZ,
    bring        JSONB       NOT NULL,
    answers      JSONB       NOT NULL,
    revision     INTEGER     NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL
);

-- The slides of a talk: one file. Without shared_at they are for the room alone.
CREATE TABLE onstage_slides (
    submission_id TEXT        NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    name          TEXT        NOT NULL,
    kind          TEXT        NOT NULL,
    note          TEXT        NOT NULL DEFAULT '',
    size          INTEGER     NOT NULL CHECK (size > 0),
    sum           TEXT        NOT NULL,
    content       BYTEA       NOT NULL,
    shared_at     TIMESTAMPTZ,
    added_by      TEXT        NOT NULL,
    added_at      TIMESTAMPTZ NOT NULL
);

CREATE INDEX onstage_slides_added ON onstage_slides (added_by);
