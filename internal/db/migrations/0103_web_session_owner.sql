-- +goose Up
-- Whose session it is, so that its owner sees it in a list and can end it. A session that has ended keeps its row for a
-- while: a request that was under way when it ended must not bring it back.
ALTER TABLE web_session ADD COLUMN account_id TEXT REFERENCES account (id) ON DELETE CASCADE DEFERRABLE;
ALTER TABLE web_session ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE web_session ADD COLUMN created_at TIMESTAMPTZ;
ALTER TABLE web_session ADD COLUMN authenticated_at TIMESTAMPTZ;
ALTER TABLE web_session ADD COLUMN ended_at TIMESTAMPTZ;

CREATE INDEX web_session_account ON web_session (account_id);
