-- +goose Up
-- A good practice as its editors keep it. What the public reads are its releases.
CREATE TABLE practice (
    id              TEXT        NOT NULL PRIMARY KEY,
    edition_id      TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug            TEXT        NOT NULL,
    state           TEXT        NOT NULL,
    institution_id  TEXT        REFERENCES institution (id) DEFERRABLE,
    origin_kind     TEXT        NOT NULL DEFAULT '',
    origin_id       TEXT        NOT NULL DEFAULT '',
    content         JSONB       NOT NULL,
    contact_account TEXT        REFERENCES account (id) DEFERRABLE,
    contact_name    TEXT        NOT NULL DEFAULT '',
    contact_office  TEXT        NOT NULL DEFAULT '',
    release         INTEGER     NOT NULL DEFAULT 0,
    published_at    TIMESTAMPTZ,
    check_at        TIMESTAMPTZ,
    asked_at        TIMESTAMPTZ,
    revision        INTEGER     NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug)
);

CREATE INDEX practice_contact ON practice (contact_account);
CREATE INDEX practice_due ON practice (check_at) WHERE state = 'published';

-- What was published, word by word; nothing here is changed.
CREATE TABLE practice_release (
    practice_id  TEXT        NOT NULL REFERENCES practice (id) ON DELETE CASCADE DEFERRABLE,
    number       INTEGER     NOT NULL,
    content      JSONB       NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    published_by TEXT        NOT NULL,
    PRIMARY KEY (practice_id, number)
);

-- Pictures of practices, drawn anew. What describes them stands in the content.
CREATE TABLE practice_picture (
    id          TEXT        NOT NULL PRIMARY KEY,
    practice_id TEXT        NOT NULL REFERENCES practice (id) ON DELETE CASCADE DEFERRABLE,
    media_type  TEXT        NOT NULL,
    image       BYTEA       NOT NULL,
    added_at    TIMESTAMPTZ NOT NULL
);

CREATE INDEX practice_picture_practice ON practice_picture (practice_id);

-- Who took a practice over, which parts of it, and with what result. Both sides confirm it before the public reads it.
CREATE TABLE practice_adoption (
    id              TEXT        NOT NULL PRIMARY KEY,
    practice_id     TEXT        NOT NULL REFERENCES practice (id) ON DELETE CASCADE DEFERRABLE,
    state           TEXT        NOT NULL,
    content         JSONB       NOT NULL,
    adopter_account TEXT        REFERENCES account (id) DEFERRABLE,
    adopter_at      TIMESTAMPTZ,
    origin_by       TEXT        NOT NULL DEFAULT '',
    origin_at       TIMESTAMPTZ,
    reason          TEXT        NOT NULL DEFAULT '',
    claimed_by      TEXT        NOT NULL,
    claimed_at      TIMESTAMPTZ NOT NULL,
    revision        INTEGER     NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL
);

CREATE INDEX practice_adoption_practice ON practice_adoption (practice_id);
CREATE INDEX practice_adoption_adopter ON practice_adoption (adopter_account);

-- A story of what went wrong. What the public reads is in released, which holds no more than the level of release
-- allows, and nothing at all of what is told in the room only.
CREATE TABLE practice_story (
    id                TEXT        NOT NULL PRIMARY KEY,
    edition_id        TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug              TEXT        NOT NULL,
    state             TEXT        NOT NULL,
    level             TEXT        NOT NULL,
    origin_kind       TEXT        NOT NULL DEFAULT '',
    origin_id         TEXT        NOT NULL DEFAULT '',
    content           JSONB       NOT NULL,
    teller_account    TEXT        REFERENCES account (id) DEFERRABLE,
    teller_name       TEXT        NOT NULL DEFAULT '',
    edited_by         TEXT        NOT NULL DEFAULT '',
    checked_by        TEXT        NOT NULL DEFAULT '',
    checked_at        TIMESTAMPTZ,
    checked_revision  INTEGER     NOT NULL DEFAULT 0,
    check_note        TEXT        NOT NULL DEFAULT '',
    approved_at       TIMESTAMPTZ,
    approved_revision INTEGER     NOT NULL DEFAULT 0,
    wish              TEXT        NOT NULL DEFAULT '',
    released          JSONB,
    released_at       TIMESTAMPTZ,
    withdrawn_at      TIMESTAMPTZ,
    revision          INTEGER     NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug)
);

CREATE INDEX practice_story_teller ON practice_story (teller_account);

-- What was done with a practice, an adoption or a story, by whom and why. Nothing here is changed, but an erasure empties
-- reasons, and the steps of a story that is taken out go with it.
CREATE TABLE practice_step (
    id     TEXT        NOT NULL PRIMARY KEY,
    object TEXT        NOT NULL,
    at     TIMESTAMPTZ NOT NULL,
    actor  TEXT        NOT NULL,
    step   TEXT        NOT NULL,
    reason TEXT        NOT NULL DEFAULT ''
);

CREATE INDEX practice_step_object ON practice_step (object);

-- One row for each edition of which the public reads practices or stories: the number grows with every change of what
-- it reads.
CREATE TABLE practice_shelf (
    edition_id TEXT   NOT NULL PRIMARY KEY REFERENCES edition (id) DEFERRABLE,
    revision   BIGINT NOT NULL
);
