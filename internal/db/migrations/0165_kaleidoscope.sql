-- +goose Up
-- How a session of short talks is divided, and what its cycles are filled from: one path and format of one call, or
-- all of it ('' each). before holds the cycles as they were before the last change, for whoever takes it back.
CREATE TABLE kaleidoscope_composition (
    session_id        TEXT        NOT NULL PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    edition_id        TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    call_id           TEXT        NOT NULL REFERENCES call (id) DEFERRABLE,
    path              TEXT        NOT NULL DEFAULT '',
    format            TEXT        NOT NULL DEFAULT '',
    shape             JSONB       NOT NULL,
    before            JSONB       NOT NULL,
    composed_revision INTEGER     NOT NULL DEFAULT 0,
    composed_at       TIMESTAMPTZ,
    revision          INTEGER     NOT NULL,
    updated_by        TEXT        NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL
);

CREATE INDEX kaleidoscope_composition_edition ON kaleidoscope_composition (edition_id);

-- Which talk stands in which cycle, both counted from 1. A talk stands in one session at most.
CREATE TABLE kaleidoscope_item (
    submission_id TEXT    NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    session_id    TEXT    NOT NULL REFERENCES kaleidoscope_composition (session_id) ON DELETE CASCADE DEFERRABLE,
    cycle         INTEGER NOT NULL CHECK (cycle >= 1),
    position      INTEGER NOT NULL CHECK (position >= 1),
    UNIQUE (session_id, cycle, position)
);

-- When the presenters of a talk can speak, and how their names are said.
CREATE TABLE kaleidoscope_talk (
    submission_id TEXT        NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    times         JSONB       NOT NULL,
    say           TEXT        NOT NULL DEFAULT '',
    updated_by    TEXT        NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL
);
