-- +goose Up
-- What a session with sign-ups needs besides its seats: the way in from elsewhere, and how its door is kept.
CREATE TABLE attendance_session (
    session_id  TEXT        NOT NULL PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    edition_id  TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    link        TEXT        NOT NULL DEFAULT '',
    minutes     INTEGER     NOT NULL DEFAULT 15 CHECK (minutes BETWEEN 0 AND 1440),
    automatic   BOOLEAN     NOT NULL DEFAULT FALSE,
    turns       BIGINT      NOT NULL DEFAULT 0,
    asked_at    TIMESTAMPTZ,
    released_at TIMESTAMPTZ,
    figures     JSONB       NOT NULL DEFAULT '{}',
    revision    INTEGER     NOT NULL DEFAULT 0,
    updated_at  TIMESTAMPTZ NOT NULL
);

CREATE INDEX attendance_session_edition ON attendance_session (edition_id);

-- What somebody with a seat was asked the day before, and said.
CREATE TABLE attendance_answer (
    session_id TEXT        NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    edition_id TEXT        NOT NULL,
    asked_at   TIMESTAMPTZ NOT NULL,
    hash       TEXT        NOT NULL DEFAULT '',
    coming_at  TIMESTAMPTZ,
    PRIMARY KEY (session_id, account_id)
);

CREATE INDEX attendance_answer_account ON attendance_answer (account_id);
CREATE UNIQUE INDEX attendance_answer_hash ON attendance_answer (hash) WHERE hash <> '';

-- Who was there, as it was marked at the door.
CREATE TABLE attendance_mark (
    session_id TEXT        NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    edition_id TEXT        NOT NULL,
    presence   TEXT        NOT NULL,
    marked_at  TIMESTAMPTZ NOT NULL,
    marked_by  TEXT        NOT NULL,
    PRIMARY KEY (session_id, account_id)
);

CREATE INDEX attendance_mark_account ON attendance_mark (account_id);
