-- +goose Up
-- What the host gave a partner to fill: how many seats and entries, which ways in, and which places when. 0 is no limit.
CREATE TABLE allotment (
    workspace_id TEXT        NOT NULL PRIMARY KEY REFERENCES workspace (id) DEFERRABLE,
    seats_each   INTEGER     NOT NULL DEFAULT 0 CHECK (seats_each >= 0),
    seats_all    INTEGER     NOT NULL DEFAULT 0 CHECK (seats_all >= 0),
    entries      INTEGER     NOT NULL DEFAULT 0 CHECK (entries >= 0),
    modes        JSONB       NOT NULL,
    revision     INTEGER     NOT NULL DEFAULT 1,
    updated_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE allotment_window (
    workspace_id TEXT        NOT NULL REFERENCES allotment (workspace_id) ON DELETE CASCADE DEFERRABLE,
    position     INTEGER     NOT NULL,
    place_id     TEXT        NOT NULL REFERENCES place (id) DEFERRABLE,
    starts_at    TIMESTAMPTZ NOT NULL,
    ends_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, position),
    CHECK (starts_at < ends_at)
);

CREATE INDEX allotment_window_place ON allotment_window (place_id);

-- How a partner shows itself on the pages of its part. Legal texts stay as they once stood.
CREATE TABLE brand (
    workspace_id TEXT        NOT NULL PRIMARY KEY REFERENCES workspace (id) DEFERRABLE,
    url          TEXT        NOT NULL DEFAULT '',
    legal        JSONB       NOT NULL,
    revision     INTEGER     NOT NULL DEFAULT 1,
    updated_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE brand_version (
    workspace_id TEXT        NOT NULL REFERENCES brand (workspace_id) ON DELETE CASCADE DEFERRABLE,
    revision     INTEGER     NOT NULL,
    legal        JSONB       NOT NULL,
    made_at      TIMESTAMPTZ NOT NULL,
    made_by      TEXT        NOT NULL,
    PRIMARY KEY (workspace_id, revision)
);

CREATE TABLE brand_mark (
    id           TEXT    NOT NULL PRIMARY KEY,
    workspace_id TEXT    NOT NULL REFERENCES brand (workspace_id) ON DELETE CASCADE DEFERRABLE,
    role         TEXT    NOT NULL,
    name         JSONB   NOT NULL,
    url          TEXT    NOT NULL DEFAULT '',
    media_type   TEXT    NOT NULL DEFAULT '',
    image        BYTEA   NOT NULL,
    position     INTEGER NOT NULL
);

CREATE INDEX brand_mark_workspace ON brand_mark (workspace_id);

-- What a partner asks of the host beyond its allotment, and the answer.
CREATE TABLE partner_request (
    id           TEXT        NOT NULL PRIMARY KEY,
    workspace_id TEXT        NOT NULL REFERENCES workspace (id) DEFERRABLE,
    kind         TEXT        NOT NULL,
    words        TEXT        NOT NULL,
    place_id     TEXT        REFERENCES place (id) DEFERRABLE,
    starts_at    TIMESTAMPTZ,
    ends_at      TIMESTAMPTZ,
    amount       INTEGER     NOT NULL DEFAULT 0 CHECK (amount >= 0),
    mode         TEXT        NOT NULL DEFAULT '',
    state        TEXT        NOT NULL,
    reason       TEXT        NOT NULL DEFAULT '',
    filed_by     TEXT        NOT NULL,
    filed_at     TIMESTAMPTZ NOT NULL,
    decided_by   TEXT        NOT NULL DEFAULT '',
    decided_at   TIMESTAMPTZ
);

CREATE INDEX partner_request_workspace ON partner_request (workspace_id);
CREATE INDEX partner_request_place ON partner_request (place_id);

-- Whether a partner's part stands in the main programme: asked once, accepted once.
CREATE TABLE placement (
    workspace_id TEXT        NOT NULL PRIMARY KEY REFERENCES workspace (id) DEFERRABLE,
    state        TEXT        NOT NULL,
    reason       TEXT        NOT NULL DEFAULT '',
    asked_by     TEXT        NOT NULL,
    asked_at     TIMESTAMPTZ NOT NULL,
    decided_by   TEXT        NOT NULL DEFAULT '',
    decided_at   TIMESTAMPTZ
);
