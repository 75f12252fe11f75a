-- +goose Up
-- How people get into sessions that not everybody fits into.
CREATE TABLE admission_settings (
    edition_id TEXT        NOT NULL PRIMARY KEY REFERENCES edition (id) DEFERRABLE,
    held       BOOLEAN     NOT NULL DEFAULT FALSE,
    overlap    BOOLEAN     NOT NULL DEFAULT FALSE,
    walking    BOOLEAN     NOT NULL DEFAULT TRUE,
    margin     INTEGER     NOT NULL DEFAULT 0 CHECK (margin BETWEEN 0 AND 240),
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

-- When and how one signs up for a group of sessions.
CREATE TABLE admission_window (
    id            TEXT        NOT NULL PRIMARY KEY,
    edition_id    TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    workspace_id  TEXT        NOT NULL DEFAULT '',
    name          JSONB       NOT NULL,
    mode          TEXT        NOT NULL,
    opens_at      TIMESTAMPTZ NOT NULL,
    decides_at    TIMESTAMPTZ,
    announces_at  TIMESTAMPTZ,
    closes_at     TIMESTAMPTZ NOT NULL,
    waiting       BOOLEAN     NOT NULL DEFAULT TRUE,
    sure_hours    INTEGER     NOT NULL DEFAULT 24 CHECK (sure_hours >= 0),
    offer_minutes INTEGER     NOT NULL DEFAULT 120 CHECK (offer_minutes > 0),
    door_hours    INTEGER     NOT NULL DEFAULT 2 CHECK (door_hours >= 0),
    decided_at    TIMESTAMPTZ,
    revision      INTEGER     NOT NULL DEFAULT 1,
    updated_at    TIMESTAMPTZ NOT NULL,
    CHECK (opens_at < closes_at)
);

CREATE INDEX admission_window_edition ON admission_window (edition_id);

-- A session that one signs up for, with the hours that the public knows.
CREATE TABLE admission_session (
    session_id TEXT        NOT NULL PRIMARY KEY REFERENCES session (id) DEFERRABLE,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    window_id  TEXT        NOT NULL REFERENCES admission_window (id) DEFERRABLE,
    hours      JSONB       NOT NULL,
    starts_at  TIMESTAMPTZ,
    cancelled  BOOLEAN     NOT NULL DEFAULT FALSE,
    waiting    INTEGER     NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX admission_session_window ON admission_session (window_id);
CREATE INDEX admission_session_edition ON admission_session (edition_id);

CREATE TABLE admission_pool (
    session_id TEXT    NOT NULL REFERENCES admission_session (session_id) ON DELETE CASCADE DEFERRABLE,
    number     INTEGER NOT NULL CHECK (number > 0),
    kind       TEXT    NOT NULL,
    target     TEXT    NOT NULL DEFAULT '',
    name       JSONB   NOT NULL,
    capacity   INTEGER NOT NULL CHECK (capacity >= 0),
    taken      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, number),
    CHECK (taken BETWEEN 0 AND capacity)
);

CREATE TABLE admission_rule (
    id           TEXT        NOT NULL PRIMARY KEY,
    edition_id   TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    workspace_id TEXT        NOT NULL DEFAULT '',
    kind         TEXT        NOT NULL,
    most         INTEGER     NOT NULL CHECK (most > 0),
    about        TEXT        NOT NULL,
    keys         JSONB       NOT NULL,
    name         JSONB       NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL
);

CREATE INDEX admission_rule_edition ON admission_rule (edition_id);
