-- +goose Up
-- What somebody has typed into a form and not saved yet.
CREATE TABLE draft (
    owner    TEXT        NOT NULL,
    form     TEXT        NOT NULL,
    base     INTEGER     NOT NULL,
    fields   JSONB       NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (owner, form)
);

CREATE INDEX draft_saved ON draft (saved_at);
