-- +goose Up
-- One row: the last sequence number given, and the revision of all rules. Whoever changes a seat writes it first, so
-- that seats are decided one transaction after another and the order of the numbers is the order of the commits.
CREATE TABLE signup_ledger (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last     BIGINT  NOT NULL,
    revision BIGINT  NOT NULL
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
    actor       TEXT        NOT NULL DEFAULT ''
);

CREATE INDEX signup_event_by_hand ON signup_event (session_id, seq) WHERE what IN ('removed', 'shifted', 'admitted', 'resized');
CREATE INDEX signup_event_from_line ON signup_event (session_id) WHERE what IN ('promoted', 'accepted');

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
