-- +goose Up
-- What the congress consists of: blocks, stages, sessions, their segments and the people in them.
CREATE TABLE block (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug       TEXT        NOT NULL,
    parent_id  TEXT        REFERENCES block (id) DEFERRABLE,
    kind       TEXT        NOT NULL,
    mark       TEXT        NOT NULL,
    colour     INTEGER     NOT NULL CHECK (colour BETWEEN 1 AND 10),
    name       JSONB       NOT NULL,
    lead       JSONB       NOT NULL,
    body       JSONB       NOT NULL,
    notice     JSONB       NOT NULL,
    url        TEXT        NOT NULL DEFAULT '',
    position   INTEGER     NOT NULL,
    examples   JSONB       NOT NULL,
    sources    JSONB       NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug),
    CHECK (parent_id <> id)
);

CREATE INDEX block_parent ON block (parent_id);

CREATE TABLE stage (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug       TEXT        NOT NULL,
    block_id   TEXT        REFERENCES block (id) DEFERRABLE,
    mark       TEXT        NOT NULL,
    colour     INTEGER     NOT NULL CHECK (colour BETWEEN 1 AND 10),
    name       JSONB       NOT NULL,
    lead       JSONB       NOT NULL,
    url        TEXT        NOT NULL DEFAULT '',
    position   INTEGER     NOT NULL,
    examples   JSONB       NOT NULL,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug)
);

CREATE INDEX stage_block ON stage (block_id);

CREATE TABLE session (
    id             TEXT        NOT NULL PRIMARY KEY,
    edition_id     TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug           TEXT        NOT NULL,
    guid           TEXT        NOT NULL,
    block_id       TEXT        NOT NULL REFERENCES block (id) DEFERRABLE,
    stage_id       TEXT        REFERENCES stage (id) DEFERRABLE,
    parent_id      TEXT        REFERENCES session (id) DEFERRABLE,
    title          JSONB       NOT NULL,
    lead           JSONB       NOT NULL,
    body           JSONB       NOT NULL,
    format         TEXT        NOT NULL,
    form           TEXT        NOT NULL,
    languages      JSONB       NOT NULL,
    interpretation JSONB       NOT NULL,
    captions       BOOLEAN     NOT NULL DEFAULT FALSE,
    sign_language  BOOLEAN     NOT NULL DEFAULT FALSE,
    recording      TEXT        NOT NULL DEFAULT '',
    capacity       INTEGER     NOT NULL DEFAULT 0 CHECK (capacity >= 0),
    entry          TEXT        NOT NULL DEFAULT '',
    audience       JSONB       NOT NULL,
    links          JSONB       NOT NULL,
    status         TEXT        NOT NULL,
    reason         JSONB       NOT NULL,
    examples       JSONB       NOT NULL,
    sources        JSONB       NOT NULL,
    origin         JSONB       NOT NULL,
    revision       INTEGER     NOT NULL DEFAULT 1,
    updated_at     TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug),
    UNIQUE (edition_id, guid),
    CHECK (parent_id <> id)
);

CREATE INDEX session_block ON session (block_id);
CREATE INDEX session_stage ON session (stage_id);
CREATE INDEX session_parent ON session (parent_id);

CREATE TABLE session_term (
    session_id TEXT    NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    position   INTEGER NOT NULL,
    term_id    TEXT    NOT NULL REFERENCES term (id) DEFERRABLE,
    PRIMARY KEY (session_id, position),
    UNIQUE (session_id, term_id)
);

CREATE INDEX session_term_term ON session_term (term_id);

CREATE TABLE session_follows (
    session_id TEXT    NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    position   INTEGER NOT NULL,
    follows_id TEXT    NOT NULL REFERENCES session (id) DEFERRABLE,
    PRIMARY KEY (session_id, position),
    UNIQUE (session_id, follows_id),
    CHECK (session_id <> follows_id)
);

CREATE INDEX session_follows_follows ON session_follows (follows_id);

CREATE TABLE segment (
    id         TEXT    NOT NULL PRIMARY KEY,
    session_id TEXT    NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    position   INTEGER NOT NULL CHECK (position >= 0),
    cycle      INTEGER NOT NULL DEFAULT 0 CHECK (cycle >= 0),
    kind       TEXT    NOT NULL,
    title      JSONB   NOT NULL,
    body       JSONB   NOT NULL,
    minutes    INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    examples   JSONB   NOT NULL,
    UNIQUE (session_id, position)
);

-- Who appears in a session, or in one segment of it (segment_id is '' for the whole session).
CREATE TABLE appearance (
    session_id  TEXT    NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    segment_id  TEXT    NOT NULL DEFAULT '',
    position    INTEGER NOT NULL,
    person_id   TEXT    NOT NULL REFERENCES person (id) DEFERRABLE,
    role        TEXT    NOT NULL,
    affiliation JSONB   NOT NULL,
    PRIMARY KEY (session_id, segment_id, position)
);

CREATE INDEX appearance_person ON appearance (person_id);

-- Who stands behind a block, a stage or a session: exactly one of the three is named.
CREATE TABLE credit (
    id             TEXT    NOT NULL PRIMARY KEY,
    block_id       TEXT    REFERENCES block (id) ON DELETE CASCADE DEFERRABLE,
    stage_id       TEXT    REFERENCES stage (id) ON DELETE CASCADE DEFERRABLE,
    session_id     TEXT    REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    position       INTEGER NOT NULL,
    institution_id TEXT    NOT NULL REFERENCES institution (id) DEFERRABLE,
    role           TEXT    NOT NULL,
    CHECK ((block_id IS NULL AND stage_id IS NULL AND session_id IS NOT NULL)
        OR (block_id IS NULL AND stage_id IS NOT NULL AND session_id IS NULL)
        OR (block_id IS NOT NULL AND stage_id IS NULL AND session_id IS NULL))
);

CREATE INDEX credit_block ON credit (block_id);
CREATE INDEX credit_stage ON credit (stage_id);
CREATE INDEX credit_session ON credit (session_id);
CREATE INDEX credit_institution ON credit (institution_id);
