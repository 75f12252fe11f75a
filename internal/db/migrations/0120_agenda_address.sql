-- +goose Up
-- The secret address of somebody's own calendar. It stands here as it is, because they must be able to read it
-- again; it opens nothing but what stands in this database beside it.
CREATE TABLE agenda_address (
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    token      TEXT        NOT NULL UNIQUE,
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, edition_id)
);
