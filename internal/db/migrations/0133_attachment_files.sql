-- +goose Up
-- Files that come with a submission: slides, a letter of consent, a map.
CREATE TABLE attachment (
    id            TEXT        NOT NULL PRIMARY KEY,
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    name          TEXT        NOT NULL,
    kind          TEXT        NOT NULL,
    note          TEXT        NOT NULL DEFAULT '',
    size          INTEGER     NOT NULL CHECK (size > 0),
    sum           TEXT        NOT NULL,
    content       BYTEA       NOT NULL,
    added_by      TEXT        NOT NULL,
    added_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (submission_id, sum)
);
