-- +goose Up
-- Who has registered, changed it or left in the last moments: sign-ups ask for each batch of claims.
CREATE INDEX participant_changed ON participant (edition_id, updated_at);
