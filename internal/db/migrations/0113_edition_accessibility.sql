-- +goose Up
-- What the accessibility statement of an edition is made of. It tells by whom its organiser can be reached about
-- accessibility; reminded is the last year in which the yearly review was asked for.
CREATE TABLE edition_accessibility (
    edition_id   TEXT        NOT NULL PRIMARY KEY REFERENCES edition (id) DEFERRABLE,
    body         JSONB       NOT NULL,
    site         TEXT        NOT NULL DEFAULT '',
    published_on TEXT        NOT NULL DEFAULT '',
    updated_on   TEXT        NOT NULL DEFAULT '',
    status       TEXT        NOT NULL,
    failings     JSONB       NOT NULL,
    made_on      TEXT        NOT NULL DEFAULT '',
    reviewed_on  TEXT        NOT NULL DEFAULT '',
    assessed     TEXT        NOT NULL,
    auditor      JSONB       NOT NULL,
    contact      JSONB       NOT NULL,
    email        TEXT        NOT NULL DEFAULT '',
    phone        TEXT        NOT NULL DEFAULT '',
    complaints   JSONB       NOT NULL,
    building     JSONB       NOT NULL,
    apps         JSONB       NOT NULL,
    reminded     INTEGER     NOT NULL DEFAULT 0,
    revision     INTEGER     NOT NULL DEFAULT 1,
    updated_at   TIMESTAMPTZ NOT NULL
);
