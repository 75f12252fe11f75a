-- +goose Up
-- Who answers for the data of an edition, what for, under which words, and who agreed to which of them.
CREATE TABLE controller (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    name       JSONB       NOT NULL,
    address    TEXT        NOT NULL,
    email      TEXT        NOT NULL DEFAULT '',
    phone      TEXT        NOT NULL DEFAULT '',
    position   INTEGER     NOT NULL DEFAULT 0,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX controller_edition ON controller (edition_id);

CREATE TABLE data_officer (
    edition_id  TEXT        NOT NULL PRIMARY KEY REFERENCES edition (id) DEFERRABLE,
    name        TEXT        NOT NULL,
    email       TEXT        NOT NULL,
    phone       TEXT        NOT NULL DEFAULT '',
    address     TEXT        NOT NULL DEFAULT '',
    arrangement JSONB       NOT NULL,
    revision    INTEGER     NOT NULL DEFAULT 1,
    updated_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE purpose (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    name       JSONB       NOT NULL,
    basis      TEXT        NOT NULL,
    whose      JSONB       NOT NULL,
    recipients JSONB       NOT NULL,
    period     JSONB       NOT NULL,
    afterwards JSONB       NOT NULL,
    position   INTEGER     NOT NULL DEFAULT 0,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX purpose_edition ON purpose (edition_id);

CREATE TABLE clause (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    place      TEXT        NOT NULL,
    kind       TEXT        NOT NULL,
    allows     TEXT        NOT NULL DEFAULT '',
    version    INTEGER     NOT NULL DEFAULT 1 CHECK (version >= 1),
    retired    BOOLEAN     NOT NULL DEFAULT FALSE,
    position   INTEGER     NOT NULL DEFAULT 0,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX clause_edition ON clause (edition_id);

-- Every wording that a clause ever had; none is ever changed.
CREATE TABLE clause_version (
    clause_id TEXT        NOT NULL REFERENCES clause (id) DEFERRABLE,
    version   INTEGER     NOT NULL CHECK (version >= 1),
    title     JSONB       NOT NULL,
    body      JSONB       NOT NULL,
    made_by   TEXT        NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (clause_id, version)
);

-- The account is not referred to: the proof that somebody agreed, and when they took it back, outlives the account.
CREATE TABLE consent (
    id           TEXT        NOT NULL PRIMARY KEY,
    account_id   TEXT        NOT NULL,
    clause_id    TEXT        NOT NULL,
    version      INTEGER     NOT NULL,
    given_at     TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ,
    FOREIGN KEY (clause_id, version) REFERENCES clause_version (clause_id, version) DEFERRABLE,
    CHECK (withdrawn_at >= given_at)
);

CREATE UNIQUE INDEX consent_in_force ON consent (account_id, clause_id) WHERE withdrawn_at IS NULL;
CREATE INDEX consent_clause ON consent (clause_id, version);
