-- +goose Up
-- What was sent in: the content alone. Who is behind it stands in the tables below, which reviews never read.
CREATE TABLE call_submission (
    id           TEXT        NOT NULL PRIMARY KEY,
    call_id      TEXT        NOT NULL REFERENCES call (id) DEFERRABLE,
    edition_id   TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    code         TEXT        NOT NULL,
    state        TEXT        NOT NULL,
    path         TEXT        NOT NULL DEFAULT '',
    format       TEXT        NOT NULL DEFAULT '',
    language     TEXT        NOT NULL DEFAULT '',
    title        TEXT        NOT NULL DEFAULT '',
    answers      JSONB       NOT NULL,
    form_version INTEGER     NOT NULL,
    merged_into  TEXT        REFERENCES call_submission (id) DEFERRABLE,
    due_at       TIMESTAMPTZ,
    late_code    TEXT        REFERENCES call_code (id) DEFERRABLE,
    revision     INTEGER     NOT NULL DEFAULT 1,
    began_at     TIMESTAMPTZ NOT NULL,
    submitted_at TIMESTAMPTZ,
    updated_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, code),
    CHECK (merged_into <> id)
);

CREATE INDEX call_submission_call ON call_submission (call_id, state);
CREATE INDEX call_submission_merged ON call_submission (merged_into);
CREATE INDEX call_submission_late ON call_submission (late_code);

-- The content as it stood each time it was sent, the call it was sent to and the terms that were agreed to.
CREATE TABLE call_version (
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    revision      INTEGER     NOT NULL,
    call_id       TEXT        NOT NULL REFERENCES call (id) DEFERRABLE,
    terms         JSONB       NOT NULL,
    path          TEXT        NOT NULL,
    format        TEXT        NOT NULL,
    language      TEXT        NOT NULL,
    title         TEXT        NOT NULL,
    answers       JSONB       NOT NULL,
    form_version  INTEGER     NOT NULL,
    sent_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (submission_id, revision)
);

CREATE INDEX call_version_call ON call_version (call_id);

-- Whose a submission is: a person's, or an institution's, whose members all work on it.
CREATE TABLE call_owner (
    submission_id  TEXT NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id     TEXT NOT NULL,
    institution_id TEXT REFERENCES institution (id) DEFERRABLE
);

CREATE INDEX call_owner_account ON call_owner (account_id);
CREATE INDEX call_owner_institution ON call_owner (institution_id);

-- Who stands behind a submission, and in what part. Of the link in an invitation only the hash is kept.
CREATE TABLE call_contributor (
    id             TEXT        NOT NULL PRIMARY KEY,
    submission_id  TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    position       INTEGER     NOT NULL,
    roles          JSONB       NOT NULL,
    account_id     TEXT        NOT NULL DEFAULT '',
    name           TEXT        NOT NULL,
    email          TEXT        NOT NULL DEFAULT '',
    institution_id TEXT        REFERENCES institution (id) DEFERRABLE,
    affiliation    TEXT        NOT NULL DEFAULT '',
    orcid          TEXT        NOT NULL DEFAULT '',
    state          TEXT        NOT NULL,
    hash           TEXT        UNIQUE,
    invited_at     TIMESTAMPTZ,
    answered_at    TIMESTAMPTZ
);

CREATE INDEX call_contributor_submission ON call_contributor (submission_id, position);
CREATE INDEX call_contributor_account ON call_contributor (account_id);
CREATE INDEX call_contributor_email ON call_contributor (email);
CREATE INDEX call_contributor_institution ON call_contributor (institution_id);

-- Each change of a submission's state, for ever: who, when, from what to what, and why.
CREATE TABLE call_step (
    id            TEXT        NOT NULL PRIMARY KEY,
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    at            TIMESTAMPTZ NOT NULL,
    made_by       TEXT        NOT NULL,
    from_state    TEXT        NOT NULL,
    to_state      TEXT        NOT NULL,
    why           TEXT        NOT NULL DEFAULT '',
    unmet         JSONB       NOT NULL
);

CREATE INDEX call_step_submission ON call_step (submission_id, at);
