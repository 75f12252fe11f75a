-- +goose Up
-- A letter to many people, on behalf of one part of an edition: the whole congress, a block, a stage, a workspace.
CREATE TABLE campaign (
    id          TEXT        NOT NULL PRIMARY KEY,
    edition_id  TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    node_kind   TEXT        NOT NULL,
    node_id     TEXT        NOT NULL,
    kind        TEXT        NOT NULL,
    reason      TEXT        NOT NULL DEFAULT '',
    subject     JSONB       NOT NULL,
    words       JSONB       NOT NULL,
    label       JSONB       NOT NULL,
    link        JSONB       NOT NULL,
    audience    JSONB       NOT NULL,
    state       TEXT        NOT NULL,
    recipients  INTEGER     NOT NULL DEFAULT 0 CHECK (recipients >= 0),
    made_by     TEXT        NOT NULL,
    prepared_by TEXT        NOT NULL DEFAULT '',
    prepared_at TIMESTAMPTZ,
    sent_by     TEXT        NOT NULL DEFAULT '',
    begun_at    TIMESTAMPTZ,
    ended_at    TIMESTAMPTZ,
    revision    INTEGER     NOT NULL DEFAULT 1,
    updated_at  TIMESTAMPTZ NOT NULL
);

CREATE INDEX campaign_edition ON campaign (edition_id);

-- Who gets it, frozen when it is prepared. The primary key lets nobody get one letter twice.
CREATE TABLE campaign_recipient (
    campaign_id TEXT        NOT NULL REFERENCES campaign (id) ON DELETE CASCADE DEFERRABLE,
    account_id  TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    state       TEXT        NOT NULL DEFAULT 'waiting',
    stop_sum    TEXT        UNIQUE,
    settled_at  TIMESTAMPTZ,
    PRIMARY KEY (campaign_id, account_id)
);

CREATE INDEX campaign_recipient_account ON campaign_recipient (account_id);
CREATE INDEX campaign_recipient_state ON campaign_recipient (campaign_id, state);
