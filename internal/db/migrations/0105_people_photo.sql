-- +goose Up
-- The portraits of persons, each with the words that its owner agreed to, and the links by which somebody who speaks
-- takes over the person of the programme that they are.
CREATE TABLE photo (
    person_id TEXT        NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE DEFERRABLE,
    hash      TEXT        NOT NULL UNIQUE,
    large     BYTEA       NOT NULL,
    small     BYTEA       NOT NULL,
    consent   TEXT        NOT NULL,
    saved_by  TEXT        NOT NULL,
    saved_at  TIMESTAMPTZ NOT NULL
);

-- Only the hash of the token is kept, and there is none before the letter with the link is written.
CREATE TABLE claim (
    id         TEXT        NOT NULL PRIMARY KEY,
    person_id  TEXT        NOT NULL REFERENCES person (id) ON DELETE CASCADE DEFERRABLE,
    email      TEXT        NOT NULL,
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    hash       TEXT        UNIQUE,
    used_at    TIMESTAMPTZ
);

CREATE INDEX claim_person ON claim (person_id);
