-- +goose Up
-- Calls: what people are asked to send in, until when, and how much of it.
CREATE TABLE call (
    id              TEXT        NOT NULL PRIMARY KEY,
    edition_id      TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    block_id        TEXT        REFERENCES block (id) DEFERRABLE,
    slug            TEXT        NOT NULL,
    mark            TEXT        NOT NULL,
    kind            TEXT        NOT NULL,
    title           JSONB       NOT NULL,
    lead            JSONB       NOT NULL,
    body            JSONB       NOT NULL,
    terms           JSONB       NOT NULL,
    anonymity       TEXT        NOT NULL,
    senders         TEXT        NOT NULL,
    languages       JSONB       NOT NULL,
    paths           JSONB       NOT NULL,
    formats         JSONB       NOT NULL,
    checklist       JSONB       NOT NULL,
    per_person      INTEGER     NOT NULL DEFAULT 0 CHECK (per_person >= 0),
    per_institution INTEGER     NOT NULL DEFAULT 0 CHECK (per_institution >= 0),
    opens_at        TIMESTAMPTZ NOT NULL,
    closes_at       TIMESTAMPTZ NOT NULL,
    form_version    INTEGER     NOT NULL DEFAULT 0,
    published_at    TIMESTAMPTZ,
    cancelled_at    TIMESTAMPTZ,
    archived_at     TIMESTAMPTZ,
    last_number     INTEGER     NOT NULL DEFAULT 0,
    turns           BIGINT      NOT NULL DEFAULT 0,
    revision        INTEGER     NOT NULL DEFAULT 1,
    updated_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug),
    UNIQUE (edition_id, mark),
    CHECK (opens_at < closes_at)
);

CREATE INDEX call_block ON call (block_id);

-- Every wording that the questions of a call have had, so that a submission can always be read beside what was asked.
CREATE TABLE call_form (
    call_id   TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    version   INTEGER     NOT NULL,
    questions JSONB       NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    made_by   TEXT        NOT NULL,
    PRIMARY KEY (call_id, version)
);

-- Each time a deadline was moved: the call's page tells it.
CREATE TABLE call_extension (
    call_id TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    at      TIMESTAMPTZ NOT NULL,
    was     TIMESTAMPTZ NOT NULL,
    until   TIMESTAMPTZ NOT NULL,
    why     JSONB       NOT NULL,
    made_by TEXT        NOT NULL,
    PRIMARY KEY (call_id, at)
);

-- Who may still send something in after the deadline.
CREATE TABLE call_code (
    id         TEXT        NOT NULL PRIMARY KEY,
    call_id    TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    code       TEXT        NOT NULL,
    note       TEXT        NOT NULL DEFAULT '',
    until      TIMESTAMPTZ NOT NULL,
    uses       INTEGER     NOT NULL CHECK (uses >= 1),
    used       INTEGER     NOT NULL DEFAULT 0 CHECK (used >= 0),
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    UNIQUE (call_id, code),
    CHECK (used <= uses)
);
