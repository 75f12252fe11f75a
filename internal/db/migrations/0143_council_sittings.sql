-- +goose Up
-- A meeting of the council (posiedzenie).
CREATE TABLE council_sitting (
    id          TEXT        NOT NULL PRIMARY KEY,
    call_id     TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    number      INTEGER     NOT NULL,
    place       TEXT        NOT NULL DEFAULT '',
    begins_at   TIMESTAMPTZ NOT NULL,
    state       TEXT        NOT NULL,
    notes       TEXT        NOT NULL DEFAULT '',
    opened_at   TIMESTAMPTZ,
    closed_at   TIMESTAMPTZ,
    approved_at TIMESTAMPTZ,
    approved_by TEXT        NOT NULL DEFAULT '',
    turns       BIGINT      NOT NULL DEFAULT 0,
    revision    INTEGER     NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (call_id, number)
);

CREATE TABLE council_present (
    sitting_id TEXT NOT NULL REFERENCES council_sitting (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT NOT NULL REFERENCES account (id) DEFERRABLE,
    part       TEXT NOT NULL,
    PRIMARY KEY (sitting_id, account_id)
);

CREATE INDEX council_present_account ON council_present (account_id);

CREATE TABLE council_item (
    sitting_id    TEXT        NOT NULL REFERENCES council_sitting (id) ON DELETE CASCADE DEFERRABLE,
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    position      INTEGER     NOT NULL,
    state         TEXT        NOT NULL,
    begun_at      TIMESTAMPTZ,
    ended_at      TIMESTAMPTZ,
    PRIMARY KEY (sitting_id, submission_id)
);

CREATE INDEX council_item_submission ON council_item (submission_id);

-- What the council decided about a submission. Nobody learns of it before it is announced.
CREATE TABLE council_decision (
    submission_id TEXT        NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    call_id       TEXT        NOT NULL,
    sitting_id    TEXT        REFERENCES council_sitting (id) DEFERRABLE,
    outcome       TEXT        NOT NULL,
    path          TEXT        NOT NULL DEFAULT '',
    format        TEXT        NOT NULL DEFAULT '',
    place         INTEGER     NOT NULL DEFAULT 0,
    to_author     TEXT        NOT NULL DEFAULT '',
    inside        TEXT        NOT NULL DEFAULT '',
    in_favour     INTEGER     NOT NULL DEFAULT 0 CHECK (in_favour >= 0),
    against       INTEGER     NOT NULL DEFAULT 0 CHECK (against >= 0),
    abstained     INTEGER     NOT NULL DEFAULT 0 CHECK (abstained >= 0),
    recused       JSONB       NOT NULL,
    snapshot      JSONB       NOT NULL,
    made_by       TEXT        NOT NULL,
    made_at       TIMESTAMPTZ NOT NULL,
    batch_id      TEXT,
    announced_at  TIMESTAMPTZ,
    revision      INTEGER     NOT NULL
);

CREATE INDEX council_decision_call ON council_decision (call_id, announced_at);
CREATE INDEX council_decision_sitting ON council_decision (sitting_id);

-- Each wording that a decision has had.
CREATE TABLE council_decision_version (
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    revision      INTEGER     NOT NULL,
    outcome       TEXT        NOT NULL,
    path          TEXT        NOT NULL,
    format        TEXT        NOT NULL,
    place         INTEGER     NOT NULL,
    to_author     TEXT        NOT NULL,
    made_by       TEXT        NOT NULL,
    made_at       TIMESTAMPTZ NOT NULL,
    announced_at  TIMESTAMPTZ,
    PRIMARY KEY (submission_id, revision)
);

-- A member of the council who sees it differently (zdanie odrębne).
CREATE TABLE council_dissent (
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id    TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    words         TEXT        NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (submission_id, account_id)
);

CREATE INDEX council_dissent_account ON council_dissent (account_id);

-- Decisions that were announced together.
CREATE TABLE council_batch (
    id        TEXT        NOT NULL PRIMARY KEY,
    call_id   TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    made_by   TEXT        NOT NULL,
    made_at   TIMESTAMPTZ NOT NULL,
    decisions INTEGER     NOT NULL,
    digest    TEXT        NOT NULL
);

CREATE INDEX council_batch_call ON council_batch (call_id, made_at);

-- An author who asks the council to look again (odwołanie).
CREATE TABLE council_appeal (
    id            TEXT        NOT NULL PRIMARY KEY,
    submission_id TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    call_id       TEXT        NOT NULL,
    of_revision   INTEGER     NOT NULL,
    words         TEXT        NOT NULL,
    filed_by      TEXT        NOT NULL,
    filed_at      TIMESTAMPTZ NOT NULL,
    verdict       TEXT        NOT NULL DEFAULT '',
    answer        TEXT        NOT NULL DEFAULT '',
    answered_by   TEXT        NOT NULL DEFAULT '',
    answered_at   TIMESTAMPTZ,
    UNIQUE (submission_id, of_revision)
);

CREATE INDEX council_appeal_call ON council_appeal (call_id, answered_at);

-- Whose place went to whom on the reserve list: once for each that became free.
CREATE TABLE council_advance (
    declined_id TEXT        NOT NULL PRIMARY KEY REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    moved_id    TEXT        REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    at          TIMESTAMPTZ NOT NULL
);

CREATE INDEX council_advance_moved ON council_advance (moved_id);
