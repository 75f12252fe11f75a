-- +goose Up
-- Requests of people to be erased. They hold ids and no names, because they outlive what they are about: the outcomes
-- are numbers, by part of the house.
CREATE TABLE privacy_case (
    id          TEXT        NOT NULL PRIMARY KEY,
    number      INTEGER     NOT NULL UNIQUE CHECK (number > 0),
    account_id  TEXT        NOT NULL DEFAULT '',
    person_id   TEXT        NOT NULL DEFAULT '',
    edition_id  TEXT        NOT NULL DEFAULT '',
    state       TEXT        NOT NULL,
    opened_by   TEXT        NOT NULL,
    opened_at   TIMESTAMPTZ NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL,
    closed_by   TEXT        NOT NULL DEFAULT '',
    closed_at   TIMESTAMPTZ,
    why         TEXT        NOT NULL DEFAULT '',
    outcomes    JSONB       NOT NULL,
    scrubbed_at TIMESTAMPTZ,
    CHECK (account_id <> '' OR person_id <> '')
);

-- Somebody who asks again while a request is open gets the same number.
CREATE UNIQUE INDEX privacy_case_open ON privacy_case (account_id, person_id) WHERE state = 'open';
CREATE INDEX privacy_case_account ON privacy_case (account_id);
CREATE INDEX privacy_case_person ON privacy_case (person_id);
CREATE INDEX privacy_case_due ON privacy_case (due_at) WHERE state = 'open';

-- When the retention of which kind of data last ran, and what went then.
CREATE TABLE privacy_retention (
    rule    TEXT        NOT NULL PRIMARY KEY,
    ran_at  TIMESTAMPTZ NOT NULL,
    removed BIGINT      NOT NULL,
    total   BIGINT      NOT NULL
);
