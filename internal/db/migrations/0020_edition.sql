-- +goose Up
-- Editions of the congress, which stay side by side for ever, with their pages, marks and taxonomies.
CREATE TABLE edition (
    id         TEXT        NOT NULL PRIMARY KEY,
    slug       TEXT        NOT NULL UNIQUE,
    number     INTEGER     NOT NULL DEFAULT 0 CHECK (number >= 0),
    name       JSONB       NOT NULL,
    motto      JSONB       NOT NULL,
    about      JSONB       NOT NULL,
    city       JSONB       NOT NULL,
    venue      JSONB       NOT NULL,
    starts_on  TEXT        NOT NULL,
    ends_on    TEXT        NOT NULL,
    time_zone  TEXT        NOT NULL,
    form       TEXT        NOT NULL,
    attendance JSONB       NOT NULL,
    licence    TEXT        NOT NULL,
    examples   JSONB       NOT NULL,
    sources    JSONB       NOT NULL,
    public     BOOLEAN     NOT NULL DEFAULT FALSE,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    CHECK (starts_on <= ends_on)
);

CREATE TABLE edition_credit (
    edition_id     TEXT    NOT NULL REFERENCES edition (id) ON DELETE CASCADE DEFERRABLE,
    position       INTEGER NOT NULL,
    institution_id TEXT    NOT NULL REFERENCES institution (id) DEFERRABLE,
    role           TEXT    NOT NULL,
    PRIMARY KEY (edition_id, position)
);

CREATE INDEX edition_credit_institution ON edition_credit (institution_id);

CREATE TABLE edition_page (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug       TEXT        NOT NULL,
    kind       TEXT        NOT NULL,
    title      JSONB       NOT NULL,
    body       JSONB       NOT NULL,
    position   INTEGER     NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug)
);

-- What a page said before, so that a legal text can always be shown as it stood.
CREATE TABLE edition_page_version (
    page_id  TEXT        NOT NULL REFERENCES edition_page (id) ON DELETE CASCADE DEFERRABLE,
    revision INTEGER     NOT NULL,
    title    JSONB       NOT NULL,
    body     JSONB       NOT NULL,
    made_at  TIMESTAMPTZ NOT NULL,
    made_by  TEXT        NOT NULL,
    PRIMARY KEY (page_id, revision)
);

CREATE TABLE edition_logo (
    id         TEXT    NOT NULL PRIMARY KEY,
    edition_id TEXT    NOT NULL REFERENCES edition (id) DEFERRABLE,
    role       TEXT    NOT NULL,
    name       JSONB   NOT NULL,
    url        TEXT    NOT NULL DEFAULT '',
    media_type TEXT    NOT NULL DEFAULT '',
    image      BYTEA   NOT NULL,
    position   INTEGER NOT NULL
);

CREATE INDEX edition_logo_edition ON edition_logo (edition_id);

CREATE TABLE taxonomy (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    kind       TEXT        NOT NULL,
    name       JSONB       NOT NULL,
    version    INTEGER     NOT NULL DEFAULT 1 CHECK (version >= 1),
    position   INTEGER     NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, kind)
);

-- A term holds from one version of its taxonomy until another (0: it still holds).
CREATE TABLE term (
    id          TEXT    NOT NULL PRIMARY KEY,
    taxonomy_id TEXT    NOT NULL REFERENCES taxonomy (id) DEFERRABLE,
    slug        TEXT    NOT NULL,
    name        JSONB   NOT NULL,
    description JSONB   NOT NULL,
    since       INTEGER NOT NULL DEFAULT 1,
    until       INTEGER NOT NULL DEFAULT 0,
    continues   TEXT    REFERENCES term (id) DEFERRABLE,
    position    INTEGER NOT NULL,
    UNIQUE (taxonomy_id, slug),
    CHECK (until = 0 OR until >= since),
    CHECK (continues <> id)
);

CREATE INDEX term_continues ON term (continues);
