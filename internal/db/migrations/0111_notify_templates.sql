-- +goose Up
-- What the organisers of an edition write in place of the house's letters. The latest revision holds; an empty one goes
-- back to the house's words.
CREATE TABLE letter_template (
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    kind       TEXT        NOT NULL,
    revision   INTEGER     NOT NULL,
    subject    JSONB       NOT NULL,
    words      JSONB       NOT NULL,
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (edition_id, kind, revision)
);
