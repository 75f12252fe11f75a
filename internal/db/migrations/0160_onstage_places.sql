-- +goose Up
-- Where in the programme something stands that was sent in and accepted: a session, or one segment of it (segment_id is
-- '' for the whole session). A session that is deleted gives up what it was made of.
CREATE TABLE onstage_place (
    submission_id TEXT        NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    edition_id    TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    session_id    TEXT        NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    segment_id    TEXT        NOT NULL DEFAULT '',
    position      INTEGER     NOT NULL DEFAULT 0,
    placed_by     TEXT        NOT NULL,
    placed_at     TIMESTAMPTZ NOT NULL
);

CREATE INDEX onstage_place_edition ON onstage_place (edition_id);
CREATE INDEX onstage_place_session ON onstage_place (session_id, segment_id);
