-- +goose Up
-- What rehearsals of openings found: numbers about made-up people. The last two of each window are kept.
CREATE TABLE rehearsal_report (
    edition_id TEXT        NOT NULL REFERENCES edition (id) ON DELETE CASCADE DEFERRABLE,
    window_id  TEXT        NOT NULL REFERENCES admission_window (id) ON DELETE CASCADE DEFERRABLE,
    made_at    TIMESTAMPTZ NOT NULL,
    report     JSONB       NOT NULL,
    PRIMARY KEY (window_id, made_at)
);

CREATE INDEX rehearsal_report_edition ON rehearsal_report (edition_id, made_at);
