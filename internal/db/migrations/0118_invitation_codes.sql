-- +goose Up
-- Who may come to what is not for everybody: by a code, by an address (kept as its sum) or by the domain of an institution.
CREATE TABLE invitation (
    id         TEXT        NOT NULL PRIMARY KEY,
    window_id  TEXT        NOT NULL REFERENCES admission_window (id) ON DELETE CASCADE DEFERRABLE,
    kind       TEXT        NOT NULL,
    target     TEXT        NOT NULL,
    note       TEXT        NOT NULL DEFAULT '',
    uses       INTEGER     NOT NULL DEFAULT 0 CHECK (uses >= 0),
    used       INTEGER     NOT NULL DEFAULT 0 CHECK (used >= 0),
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    UNIQUE (window_id, kind, target)
);
