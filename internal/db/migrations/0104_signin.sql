-- +goose Up
-- How people come in. Every secret is kept as its SHA-256 only.

-- Somebody asked for a letter with a link and a code. What is in the letter is made when the letter is.
CREATE TABLE signin_request (
    id         TEXT        NOT NULL PRIMARY KEY,
    email      TEXT        NOT NULL,
    browser    TEXT        NOT NULL,
    lang       TEXT        NOT NULL,
    next       TEXT        NOT NULL DEFAULT '',
    silent     BOOLEAN     NOT NULL DEFAULT FALSE,
    issuer     TEXT        NOT NULL DEFAULT '',
    subject    TEXT        NOT NULL DEFAULT '',
    token_sum  TEXT        UNIQUE,
    code_sum   TEXT        NOT NULL DEFAULT '',
    tries      INTEGER     NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    asked_at   TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

CREATE INDEX signin_request_email ON signin_request (email, asked_at);
CREATE INDEX signin_request_browser ON signin_request (browser, asked_at);
CREATE INDEX signin_request_asked ON signin_request (asked_at);

CREATE TABLE signin_passkey (
    id         TEXT        NOT NULL PRIMARY KEY,
    account_id TEXT        NOT NULL REFERENCES account (id) ON DELETE CASCADE DEFERRABLE,
    name       TEXT        NOT NULL,
    credential JSONB       NOT NULL,
    counter    BIGINT      NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

CREATE INDEX signin_passkey_account ON signin_passkey (account_id);

-- Who somebody is for an identity provider.
CREATE TABLE signin_identity (
    issuer     TEXT        NOT NULL,
    subject    TEXT        NOT NULL,
    account_id TEXT        NOT NULL REFERENCES account (id) ON DELETE CASCADE DEFERRABLE,
    created_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX signin_identity_account ON signin_identity (account_id);

-- What a browser has begun with a passkey or a provider and must finish itself, once.
CREATE TABLE signin_ceremony (
    ticket     TEXT        NOT NULL PRIMARY KEY,
    kind       TEXT        NOT NULL,
    browser    TEXT        NOT NULL,
    account_id TEXT        REFERENCES account (id) ON DELETE CASCADE DEFERRABLE,
    data       JSONB       NOT NULL,
    begun_at   TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX signin_ceremony_browser ON signin_ceremony (browser, begun_at);
CREATE INDEX signin_ceremony_account ON signin_ceremony (account_id);

-- An account moves to another address: confirmed at the new one, told to the old one, which can take it back for a while.
CREATE TABLE signin_address (
    id           TEXT        NOT NULL PRIMARY KEY,
    account_id   TEXT        NOT NULL REFERENCES account (id) ON DELETE CASCADE DEFERRABLE,
    old_email    TEXT        NOT NULL,
    new_email    TEXT        NOT NULL,
    lang         TEXT        NOT NULL,
    token_sum    TEXT        UNIQUE,
    undo_sum     TEXT        UNIQUE,
    asked_at     TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ,
    undo_until   TIMESTAMPTZ,
    undone_at    TIMESTAMPTZ
);

CREATE INDEX signin_address_account ON signin_address (account_id, asked_at);
