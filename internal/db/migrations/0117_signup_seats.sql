-- +goose Up
-- One row: the last sequence number given, the revision of all rules, and up to which number decisions have been posted
-- to the seats. Whoever changes a seat writes it first, so that seats are decided one transaction after another and the
-- order of the numbers is the order of the commits.
CREATE TABLE signup_ledger (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last     BIGINT  NOT NULL,
    revision BIGINT  NOT NULL,
    posted   BIGINT  NOT NULL
);

-- Where somebody stands with a session: holds a seat, has been offered one, waits for one, no longer does, or was
-- refused; with the key of the request that was answered last, and by which decision.
CREATE TABLE signup_seat (
    session_id     TEXT        NOT NULL,
    account_id     TEXT        NOT NULL,
    edition_id     TEXT        NOT NULL,
    state          TEXT        NOT NULL,
    seq            BIGINT      NOT NULL,
    place_in_line  BIGINT      NOT NULL DEFAULT 0,
    pools          TEXT        NOT NULL DEFAULT '',
    needs          TEXT        NOT NULL DEFAULT '',
    instead        TEXT        NOT NULL DEFAULT '',
    via            TEXT        NOT NULL DEFAULT '',
    request        TEXT        NOT NULL DEFAULT '',
    answered       BIGINT      NOT NULL DEFAULT 0,
    institution_id TEXT        NOT NULL DEFAULT '',
    until          TIMESTAMPTZ,
    moved_at       TIMESTAMPTZ,
    account_key    BIGINT      NOT NULL,
    session_key    BIGINT      NOT NULL,
    PRIMARY KEY (account_key, session_key)
);

-- The keys are numbers of 48 bits that id.Key makes of the ids. People press in no order, so each row goes to another
-- page of the index, and a page holds five times as many numbers as pairs of ids: half as many pages to write.
-- Whoever looks for somebody by the key compares the id too.

-- Thousands of these rows are written in one second, so they refer to accounts and sessions without being checked each
-- time: who claims has been looked up in the same transaction, and fsck looks for rows that lead nowhere.
CREATE INDEX signup_seat_held ON signup_seat (session_id) WHERE state IN ('held', 'offered');
CREATE INDEX signup_seat_waiting ON signup_seat (session_key, place_in_line) WHERE state = 'waiting';

-- Everything that was decided, in its order; nothing here is changed.
CREATE TABLE signup_event (
    seq         INTEGER     NOT NULL PRIMARY KEY,
    at          TIMESTAMPTZ NOT NULL,
    edition_id  TEXT        NOT NULL,
    session_id  TEXT        NOT NULL,
    account_id  TEXT        NOT NULL DEFAULT '',
    request     TEXT        NOT NULL DEFAULT '',
    what        TEXT        NOT NULL,
    why         TEXT        NOT NULL DEFAULT '',
    other       TEXT        NOT NULL DEFAULT '',
    number      BIGINT      NOT NULL DEFAULT 0,
    actor       TEXT        NOT NULL DEFAULT '',
    pools       TEXT,
    account_key BIGINT      NOT NULL DEFAULT 0,
    session_key BIGINT      NOT NULL DEFAULT 0
);

-- What is not an ordinary answer to a press: what was done by hand, who came up from a waiting list. A crowd's decisions
-- cost nothing here.
CREATE INDEX signup_event_rare ON signup_event (session_id, seq) WHERE pools IS NULL;

-- While a crowd presses, decisions that say everything about a seat (those with pools, if only of none) are not posted to
-- signup_seat at once, where each would lie on another page, but many together: until then the decision is the seat.
CREATE VIEW signup_unposted AS
SELECT session_id, account_id, edition_id,
    CASE what WHEN 'granted' THEN 'held' WHEN 'listed' THEN 'waiting' ELSE 'refused' END AS state, CAST(seq AS BIGINT) AS seq,
    CASE what WHEN 'listed' THEN CAST(seq AS BIGINT) * 65536 ELSE 0 END AS place_in_line, pools, '' AS needs, '' AS instead, '' AS via, request,
    CASE request WHEN '' THEN 0 ELSE CAST(seq AS BIGINT) END AS answered, '' AS institution_id,
    CAST(NULL AS TIMESTAMPTZ) AS until, CAST(NULL AS TIMESTAMPTZ) AS moved_at, account_key, session_key
FROM signup_event WHERE seq > (SELECT posted FROM signup_ledger WHERE id = 1) AND pools IS NOT NULL;

-- Where somebody stands with a session, be it posted or not. Whoever reads seats reads them here.
CREATE VIEW signup_standing AS
SELECT session_id, account_id, edition_id, state, seq, place_in_line, pools, needs, instead,
    via, request, answered, institution_id, until, moved_at,
    account_key, session_key
FROM signup_unposted
UNION ALL
SELECT session_id, account_id, edition_id, state, seq, place_in_line, pools, needs, instead,
    via, request, answered, institution_id, until, moved_at,
    account_key, session_key
FROM signup_seat;

-- What somebody would like to take part in, the most wanted first.
CREATE TABLE signup_wish (
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    position   INTEGER     NOT NULL,
    session_id TEXT        NOT NULL REFERENCES session (id) ON DELETE CASCADE DEFERRABLE,
    needs      TEXT        NOT NULL DEFAULT '',
    saved_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, edition_id, position)
);

CREATE INDEX signup_wish_session ON signup_wish (session_id);

-- Who takes part in a draw, by a code that names nobody: ready before a pre-queue, or with a wish list in a lottery.
CREATE TABLE signup_entry (
    window_id  TEXT        NOT NULL REFERENCES admission_window (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    code       TEXT        NOT NULL UNIQUE,
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (window_id, account_id)
);

CREATE INDEX signup_entry_account ON signup_entry (account_id);

CREATE TABLE signup_draw (
    window_id   TEXT        NOT NULL PRIMARY KEY REFERENCES admission_window (id) ON DELETE CASCADE DEFERRABLE,
    commitment  TEXT        NOT NULL,
    seed        TEXT        NOT NULL,
    fingerprint TEXT        NOT NULL DEFAULT '',
    record      BYTEA,
    drawn_at    TIMESTAMPTZ
);
