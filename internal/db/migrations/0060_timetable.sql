-- +goose Up
-- Where and when: places, walks between them, slots of sessions, and the releases the public sees.
CREATE TABLE place (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug       TEXT        NOT NULL,
    kind       TEXT        NOT NULL,
    name       JSONB       NOT NULL,
    building   JSONB       NOT NULL,
    capacity   INTEGER     NOT NULL DEFAULT 0 CHECK (capacity >= 0),
    access     JSONB       NOT NULL,
    shared     BOOLEAN     NOT NULL DEFAULT FALSE,
    position   INTEGER     NOT NULL,
    examples   JSONB       NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug)
);

CREATE TABLE walk (
    from_id TEXT    NOT NULL REFERENCES place (id) ON DELETE CASCADE DEFERRABLE,
    to_id   TEXT    NOT NULL REFERENCES place (id) ON DELETE CASCADE DEFERRABLE,
    minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 240),
    PRIMARY KEY (from_id, to_id),
    CHECK (from_id < to_id)
);

CREATE INDEX walk_to ON walk (to_id);

CREATE TABLE slot (
    id         TEXT        NOT NULL PRIMARY KEY,
    session_id TEXT        NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    place_id   TEXT        REFERENCES place (id) DEFERRABLE,
    starts_at  TIMESTAMPTZ NOT NULL,
    ends_at    TIMESTAMPTZ NOT NULL,
    examples   JSONB       NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (starts_at < ends_at)
);

CREATE INDEX slot_session ON slot (session_id);
CREATE INDEX slot_place ON slot (place_id);

-- Integers for the files that need them: one for each slot, one for each talk of a slot, never given twice.
CREATE TABLE timetable_number (
    edition_id TEXT    NOT NULL REFERENCES edition (id) DEFERRABLE,
    object     TEXT    NOT NULL,
    number     INTEGER NOT NULL CHECK (number > 0),
    PRIMARY KEY (edition_id, object),
    UNIQUE (edition_id, number)
);

CREATE TABLE release (
    id           TEXT        NOT NULL PRIMARY KEY,
    edition_id   TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    number       INTEGER     NOT NULL CHECK (number > 0),
    name         TEXT        NOT NULL,
    name_en      TEXT        NOT NULL DEFAULT '',
    note         JSONB       NOT NULL,
    scope_kind   TEXT        NOT NULL,
    scope_id     TEXT        NOT NULL DEFAULT '',
    published_at TIMESTAMPTZ NOT NULL,
    published_by TEXT        NOT NULL,
    changes      JSONB       NOT NULL,
    document     BYTEA       NOT NULL,
    hash         TEXT        NOT NULL,
    UNIQUE (edition_id, number),
    UNIQUE (edition_id, name)
);
