-- +goose Up
-- What was worked out for a whole call, until it is put into force.
CREATE TABLE review_proposal (
    id         TEXT        NOT NULL PRIMARY KEY,
    call_id    TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    result     JSONB       NOT NULL,
    applied_at TIMESTAMPTZ
);

CREATE INDEX review_proposal_call ON review_proposal (call_id, made_at);

-- Who reads what, with the score of the review once it was sent, so that lists read one table.
CREATE TABLE review_assignment (
    submission_id TEXT             NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id    TEXT             NOT NULL REFERENCES account (id) DEFERRABLE,
    call_id       TEXT             NOT NULL,
    state         TEXT             NOT NULL,
    score         DOUBLE PRECISION,
    source        TEXT             NOT NULL,
    why           JSONB            NOT NULL,
    reason        TEXT             NOT NULL DEFAULT '',
    made_by       TEXT             NOT NULL,
    made_at       TIMESTAMPTZ      NOT NULL,
    updated_at    TIMESTAMPTZ      NOT NULL,
    PRIMARY KEY (submission_id, account_id)
);

CREATE INDEX review_assignment_account ON review_assignment (account_id, state);
CREATE INDEX review_assignment_call ON review_assignment (call_id, state);

-- A review, as it stands. Each criterion that its writer cannot judge has a 0.
CREATE TABLE review_review (
    submission_id TEXT             NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    account_id    TEXT             NOT NULL REFERENCES account (id) DEFERRABLE,
    call_id       TEXT             NOT NULL,
    scores        JSONB            NOT NULL,
    score         DOUBLE PRECISION,
    confidence    INTEGER          NOT NULL DEFAULT 0,
    advice        TEXT             NOT NULL DEFAULT '',
    to_author     TEXT             NOT NULL DEFAULT '',
    to_council    TEXT             NOT NULL DEFAULT '',
    revision      INTEGER          NOT NULL,
    sent_at       TIMESTAMPTZ,
    updated_at    TIMESTAMPTZ      NOT NULL,
    PRIMARY KEY (submission_id, account_id)
);

CREATE INDEX review_review_account ON review_review (account_id);
CREATE INDEX review_review_call ON review_review (call_id, sent_at);

-- A review as it was each time it was sent.
CREATE TABLE review_version (
    submission_id TEXT        NOT NULL,
    account_id    TEXT        NOT NULL,
    revision      INTEGER     NOT NULL,
    scores        JSONB       NOT NULL,
    confidence    INTEGER     NOT NULL,
    advice        TEXT        NOT NULL,
    to_author     TEXT        NOT NULL,
    to_council    TEXT        NOT NULL,
    sent_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (submission_id, account_id, revision),
    FOREIGN KEY (submission_id, account_id) REFERENCES review_review (submission_id, account_id) ON DELETE CASCADE DEFERRABLE
);

-- What a body that was consulted says of a submission. It binds nobody.
CREATE TABLE review_opinion (
    submission_id  TEXT        NOT NULL REFERENCES call_submission (id) ON DELETE CASCADE DEFERRABLE,
    institution_id TEXT        NOT NULL REFERENCES institution (id) DEFERRABLE,
    stance         TEXT        NOT NULL,
    words          TEXT        NOT NULL DEFAULT '',
    given_by       TEXT        NOT NULL,
    given_at       TIMESTAMPTZ NOT NULL,
    revision       INTEGER     NOT NULL,
    PRIMARY KEY (submission_id, institution_id)
);

CREATE INDEX review_opinion_institution ON review_opinion (institution_id);
