-- +goose Up
-- How the submissions of a call are judged: by what criteria, by how many, and what there is to give.
CREATE TABLE review_setup (
    call_id      TEXT        NOT NULL PRIMARY KEY REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    edition_id   TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    each_gets    INTEGER     NOT NULL CHECK (each_gets BETWEEN 1 AND 12),
    stretch      INTEGER     NOT NULL DEFAULT 0,
    criteria     JSONB       NOT NULL,
    places       JSONB       NOT NULL,
    consulted    JSONB       NOT NULL,
    opens_at     TIMESTAMPTZ NOT NULL,
    closes_at    TIMESTAMPTZ NOT NULL,
    appeal_days  INTEGER     NOT NULL DEFAULT 0 CHECK (appeal_days BETWEEN 0 AND 90),
    quorum       INTEGER     NOT NULL DEFAULT 0 CHECK (quorum >= 0),
    turns        BIGINT      NOT NULL DEFAULT 0,
    revision     INTEGER     NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    CHECK (opens_at < closes_at)
);

-- What a reviewer of a call reads, and how much. Who is one, the grants say.
CREATE TABLE review_reader (
    call_id    TEXT        NOT NULL REFERENCES call (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    most       INTEGER     NOT NULL CHECK (most >= 0),
    skills     JSONB       NOT NULL,
    languages  JSONB       NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (call_id, account_id)
);

CREATE INDEX review_reader_account ON review_reader (account_id);
