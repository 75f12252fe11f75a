-- +goose Up
-- What has changed since somebody last looked is asked for by every page of the council.
CREATE INDEX call_submission_changed ON call_submission (call_id, updated_at);
-- Who was given what and how it was scored, without the reasons that stand beside it.
CREATE INDEX review_assignment_figures ON review_assignment (call_id, submission_id, state, account_id, score);
