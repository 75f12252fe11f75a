-- +goose Up
-- Everybody may read what was noted of themselves, and officers what somebody did.
CREATE INDEX journal_actor ON journal (actor, seq);
