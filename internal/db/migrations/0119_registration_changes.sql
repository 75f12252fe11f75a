-- +goose Up
-- How often anything about who takes part has changed: whoever remembers participants asks this one number whether what
-- they remember still holds.
ALTER TABLE registration_settings ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
