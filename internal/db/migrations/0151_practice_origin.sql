-- +goose Up
-- What was sent in becomes one practice, and one story, whoever presses twice.
CREATE UNIQUE INDEX practice_origin ON practice (origin_kind, origin_id) WHERE origin_id <> '';
CREATE UNIQUE INDEX practice_story_origin ON practice_story (origin_kind, origin_id) WHERE origin_id <> '';
