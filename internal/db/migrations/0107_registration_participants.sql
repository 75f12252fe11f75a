-- +goose Up
-- Who takes part in an edition. What somebody needs is in a table of its own, which few see and which goes first.
CREATE TABLE registration_settings (
    edition_id TEXT        NOT NULL PRIMARY KEY REFERENCES edition (id) DEFERRABLE,
    opens_at   TIMESTAMPTZ NOT NULL,
    closes_at  TIMESTAMPTZ,
    seats      INTEGER     NOT NULL DEFAULT 0 CHECK (seats >= 0),
    taken      INTEGER     NOT NULL DEFAULT 0 CHECK (taken >= 0),
    note       JSONB       NOT NULL,
    tally      JSONB       NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE participant (
    id             TEXT        NOT NULL PRIMARY KEY,
    edition_id     TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    account_id     TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    form           TEXT        NOT NULL,
    badge          TEXT        NOT NULL,
    institution_id TEXT        REFERENCES institution (id) DEFERRABLE,
    affiliation    TEXT        NOT NULL DEFAULT '',
    city           TEXT        NOT NULL DEFAULT '',
    sector         TEXT        NOT NULL DEFAULT '',
    state          TEXT        NOT NULL,
    told           JSONB       NOT NULL,
    registered_at  TIMESTAMPTZ NOT NULL,
    cancelled_at   TIMESTAMPTZ,
    revision       INTEGER     NOT NULL DEFAULT 1,
    updated_at     TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX participant_once ON participant (edition_id, account_id);
CREATE INDEX participant_account ON participant (account_id);
CREATE INDEX participant_institution ON participant (institution_id);

CREATE TABLE participant_need (
    participant_id TEXT        NOT NULL PRIMARY KEY REFERENCES participant (id) ON DELETE CASCADE DEFERRABLE,
    kinds          JSONB       NOT NULL,
    note           TEXT        NOT NULL DEFAULT '',
    saved_at       TIMESTAMPTZ NOT NULL
);

-- How often somebody at the door has looked for names; kept for a minute's counting, not for the record.
CREATE TABLE participant_lookup (
    id         TEXT        NOT NULL PRIMARY KEY,
    account_id TEXT        NOT NULL,
    looked_at  TIMESTAMPTZ NOT NULL
);

CREATE INDEX participant_lookup_account ON participant_lookup (account_id, looked_at);
