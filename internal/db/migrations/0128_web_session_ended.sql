-- +goose Up
-- Which sessions have ended in the last moments: sign-ups ask for each batch of claims.
CREATE INDEX web_session_ended ON web_session (ended_at) WHERE ended_at IS NOT NULL;
