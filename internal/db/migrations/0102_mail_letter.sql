-- +goose Up
-- Letters to people, before and after a mail server has taken them. The text of a secret one is emptied then.
CREATE TABLE letter (
    id          TEXT        NOT NULL PRIMARY KEY,
    kind        TEXT        NOT NULL,
    to_address  TEXT        NOT NULL,
    to_name     TEXT        NOT NULL DEFAULT '',
    account_id  TEXT        NOT NULL DEFAULT '',
    edition_id  TEXT        NOT NULL DEFAULT '',
    lang        TEXT        NOT NULL,
    subject     TEXT        NOT NULL,
    body        JSONB       NOT NULL,
    unsubscribe TEXT        NOT NULL DEFAULT '',
    secret      BOOLEAN     NOT NULL DEFAULT FALSE,
    bulk        BOOLEAN     NOT NULL DEFAULT FALSE,
    dedupe      TEXT        UNIQUE,
    posted_at   TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ,
    state       TEXT        NOT NULL DEFAULT 'waiting',
    attempts    INTEGER     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    code        INTEGER     NOT NULL DEFAULT 0,
    message_id  TEXT        NOT NULL DEFAULT '',
    settled_at  TIMESTAMPTZ
);

CREATE INDEX letter_account ON letter (account_id, id);
CREATE INDEX letter_edition ON letter (edition_id, id);
CREATE INDEX letter_state ON letter (state, id);
CREATE INDEX letter_address ON letter (to_address);
