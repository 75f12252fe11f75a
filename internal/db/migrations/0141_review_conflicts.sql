-- +goose Up
-- A stake that somebody has in a submission, or may have. While it is suspected or confirmed they do not read it.
CREATE TABLE review_conflict (
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id    TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    call_id       TEXT        NOT NULL,
    sources       JSONB       NOT NULL,
    state         TEXT        NOT NULL,
    cleared       JSONB       NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (submission_id, account_id)
);

CREATE INDEX review_conflict_account ON review_conflict (account_id, state);
CREATE INDEX review_conflict_call ON review_conflict (call_id, state);

-- The life of each conflict: who found, confirmed, dismissed or ended it, when, and why.
CREATE TABLE review_conflict_step (
    id            TEXT        NOT NULL PRIMARY KEY,
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id    TEXT        NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    made_by       TEXT        NOT NULL,
    from_state    TEXT        NOT NULL,
    to_state      TEXT        NOT NULL,
    sources       JSONB       NOT NULL,
    why           TEXT        NOT NULL DEFAULT ''
);

CREATE INDEX review_conflict_step_of ON review_conflict_step (submission_id, account_id, at);
CREATE INDEX review_conflict_step_account ON review_conflict_step (account_id);

-- When the rules last looked for conflicts of somebody in a call. What has changed since is not shown to them.
CREATE TABLE review_look (
    call_id    TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    facts      TEXT        NOT NULL,
    checked_at TIMESTAMPTZ NOT NULL,
    whole_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (call_id, account_id)
);

CREATE INDEX review_look_account ON review_look (account_id);

-- A conflicted file that somebody had to open all the same (wgląd nadzwyczajny). The council reads this list.
CREATE TABLE review_glass (
    id            TEXT        NOT NULL PRIMARY KEY,
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id    TEXT        NOT NULL,
    reason        TEXT        NOT NULL,
    opened_at     TIMESTAMPTZ NOT NULL,
    until_at      TIMESTAMPTZ NOT NULL
);

CREATE INDEX review_glass_submission ON review_glass (submission_id, account_id);
CREATE INDEX review_glass_account ON review_glass (account_id);
