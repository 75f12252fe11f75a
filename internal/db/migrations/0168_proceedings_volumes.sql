-- +goose Up
CREATE TABLE proceedings_volume (
    id         TEXT        NOT NULL PRIMARY KEY,
    call_id    TEXT        NOT NULL UNIQUE REFERENCES call (id) DEFERRABLE,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    slug       TEXT        NOT NULL,
    about      JSONB       NOT NULL,
    version    INTEGER     NOT NULL DEFAULT 0 CHECK (version >= 0),
    example    BOOLEAN     NOT NULL DEFAULT FALSE,
    revision   INTEGER     NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug)
);

CREATE TABLE proceedings_entry (
    volume_id     TEXT NOT NULL REFERENCES proceedings_volume (id) ON DELETE CASCADE DEFERRABLE,
    submission_id TEXT NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    doi           TEXT NOT NULL DEFAULT '',
    pages         TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (volume_id, submission_id)
);

CREATE INDEX proceedings_entry_submission ON proceedings_entry (submission_id);

CREATE TABLE proceedings_version (
    volume_id    TEXT        NOT NULL REFERENCES proceedings_volume (id) ON DELETE CASCADE DEFERRABLE,
    number       INTEGER     NOT NULL,
    document     JSONB       NOT NULL,
    changes      JSONB       NOT NULL,
    digest       TEXT        NOT NULL,
    published_by TEXT        NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (volume_id, number)
);
