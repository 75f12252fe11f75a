-- +goose Up
-- Institutions and persons of every edition, and who may sign in.
CREATE TABLE institution (
    id         TEXT        NOT NULL PRIMARY KEY,
    slug       TEXT        NOT NULL UNIQUE,
    name       JSONB       NOT NULL,
    short      TEXT        NOT NULL DEFAULT '',
    sector     TEXT        NOT NULL,
    part_of    TEXT        REFERENCES institution (id) DEFERRABLE,
    url        TEXT        NOT NULL DEFAULT '',
    example    BOOLEAN     NOT NULL DEFAULT FALSE,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (part_of <> id)
);

CREATE INDEX institution_part_of ON institution (part_of);

CREATE TABLE person (
    id         TEXT        NOT NULL PRIMARY KEY,
    slug       TEXT        NOT NULL UNIQUE,
    name       TEXT        NOT NULL,
    sort_name  TEXT        NOT NULL,
    bio        JSONB       NOT NULL,
    origin     TEXT        UNIQUE,
    example    BOOLEAN     NOT NULL DEFAULT FALSE,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE affiliation (
    person_id      TEXT    NOT NULL REFERENCES person (id) ON DELETE CASCADE DEFERRABLE,
    position       INTEGER NOT NULL,
    institution_id TEXT    NOT NULL REFERENCES institution (id) DEFERRABLE,
    title          JSONB   NOT NULL,
    from_date      TEXT    NOT NULL DEFAULT '',
    until_date     TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (person_id, position)
);

CREATE INDEX affiliation_institution ON affiliation (institution_id);

CREATE TABLE account (
    id         TEXT        NOT NULL PRIMARY KEY,
    email      TEXT        NOT NULL UNIQUE,
    name       TEXT        NOT NULL,
    lang       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- One-time links: only the hash of the token is kept.
CREATE TABLE account_link (
    hash       TEXT        NOT NULL PRIMARY KEY,
    account_id TEXT        NOT NULL REFERENCES account (id) ON DELETE CASCADE DEFERRABLE,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

CREATE INDEX account_link_account ON account_link (account_id);
