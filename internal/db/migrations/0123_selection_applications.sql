-- +goose Up
-- What applicants are asked: for all sessions of a window, or for one session besides.
CREATE TABLE selection_form (
    window_id  TEXT        NOT NULL REFERENCES admission_window (id) ON DELETE CASCADE DEFERRABLE,
    session_id TEXT        NOT NULL DEFAULT '',
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    questions  JSONB       NOT NULL,
    revision   INTEGER     NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (window_id, session_id)
);

-- One row for each window that has been applied to. Whoever changes an application or a verdict writes it first, so
-- that nothing changes while the verdicts are being announced.
CREATE TABLE selection_window (
    window_id   TEXT   NOT NULL PRIMARY KEY REFERENCES admission_window (id) ON DELETE CASCADE DEFERRABLE,
    turns       BIGINT NOT NULL DEFAULT 0,
    reminded_at TIMESTAMPTZ
);

-- What somebody answered for one session, and what its leader made of it.
CREATE TABLE selection_application (
    id         TEXT        NOT NULL PRIMARY KEY,
    window_id  TEXT        NOT NULL REFERENCES admission_window (id) DEFERRABLE,
    session_id TEXT        NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    edition_id TEXT        NOT NULL,
    preference INTEGER     NOT NULL,
    answers    JSONB       NOT NULL,
    needs      TEXT        NOT NULL DEFAULT '',
    verdict    TEXT        NOT NULL DEFAULT '',
    place      INTEGER     NOT NULL DEFAULT 0,
    note       TEXT        NOT NULL DEFAULT '',
    decided_by TEXT        NOT NULL DEFAULT '',
    decided_at TIMESTAMPTZ,
    revision   INTEGER     NOT NULL,
    sent_at    TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (account_id, session_id)
);

CREATE INDEX selection_application_session ON selection_application (session_id);
CREATE INDEX selection_application_window ON selection_application (window_id);
