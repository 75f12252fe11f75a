-- +goose Up
-- A worker that looks at some kinds alone does not leaf through all the others.
CREATE INDEX outbox_lane ON outbox (kind, due_at, id) WHERE done_at IS NULL AND dead_at IS NULL;
