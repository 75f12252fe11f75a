-- +goose Up
-- Who is signed in. The token itself is in the visitor's cookie and nowhere else.
CREATE TABLE web_session (
	token_sum  TEXT PRIMARY KEY,
	data       BYTEA NOT NULL,
	seen_at    TIMESTAMPTZ NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX web_session_expires_at ON web_session (expires_at);
