-- +goose Up
-- One row: the last sequence number given, and the revision of all rules. Whoever changes a seat writes it first, so
-- that seats are decided one transaction after another and the order of the numbers is the order of the commits.
CREATE TABLE signup_ledger (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    last     BIGINT  NOT NULL,
    revision BIGINT  NOT NULL
);

CREATE TABLE signup_settings (
    edition_id TEXT        NOT NULL PRIMARY KEY REFERENCES edition (id) DEFERRABLE,
    held       BOOLEAN     NOT NULL DEFAULT FALSE,
    overlap    BOOLEAN     NOT NULL DEFAULT FALSE,
    walking    BOOLEAN     NOT NULL DEFAULT TRUE,
    margin     INTEGER     NOT NULL DEFAULT 0 CHECK (margin BETWEEN 0 AND 240),
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

-- When and how one signs up for a group of sessions.
CREATE TABLE signup_window (
    id            TEXT        NOT NULL PRIMARY KEY,
    edition_id    TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    workspace_id  TEXT        NOT NULL DEFAULT '',
    name          JSONB       NOT NULL,
    mode          TEXT        NOT NULL,
    opens_at      TIMESTAMPTZ NOT NULL,
    decides_at    TIMESTAMPTZ,
    announces_at  TIMESTAMPTZ,
    closes_at     TIMESTAMPTZ NOT NULL,
    waiting       BOOLEAN     NOT NULL DEFAULT TRUE,
    sure_hours    INTEGER     NOT NULL DEFAULT 24 CHECK (sure_hours >= 0),
    offer_minutes INTEGER     NOT NULL DEFAULT 120 CHECK (offer_minutes > 0),
    door_hours    INTEGER     NOT NULL DEFAULT 2 CHECK (door_hours >= 0),
    decided_at    TIMESTAMPTZ,
    revision      INTEGER     NOT NULL DEFAULT 1,
    updated_at    TIMESTAMPTZ NOT NULL,
    CHECK (opens_at < closes_at)
);

CREATE INDEX signup_window_edition ON signup_window (edition_id);

-- A session that one signs up for, with the hours that the public knows.
CREATE TABLE signup_session (
    session_id TEXT        NOT NULL PRIMARY KEY REFERENCES session (id) DEFERRABLE,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    window_id  TEXT        NOT NULL REFERENCES signup_window (id) DEFERRABLE,
    hours      JSONB       NOT NULL,
    starts_at  TIMESTAMPTZ,
    cancelled  BOOLEAN     NOT NULL DEFAULT FALSE,
    waiting    INTEGER     NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX signup_session_window ON signup_session (window_id);
CREATE INDEX signup_session_edition ON signup_session (edition_id);

CREATE TABLE signup_pool (
    session_id TEXT    NOT NULL REFERENCES signup_session (session_id) ON DELETE CASCADE DEFERRABLE,
    number     INTEGER NOT NULL CHECK (number > 0),
    kind       TEXT    NOT NULL,
    target     TEXT    NOT NULL DEFAULT '',
    name       JSONB   NOT NULL,
    capacity   INTEGER NOT NULL CHECK (capacity >= 0),
    taken      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, number),
    CHECK (taken BETWEEN 0 AND capacity)
);

CREATE TABLE signup_rule (
    id           TEXT        NOT NULL PRIMARY KEY,
    edition_id   TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    workspace_id TEXT        NOT NULL DEFAULT '',
    kind         TEXT        NOT NULL,
    most         INTEGER     NOT NULL CHECK (most > 0),
    over         TEXT        NOT NULL,
    keys         JSONB       NOT NULL,
    name         JSONB       NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL
);

CREATE INDEX signup_rule_edition ON signup_rule (edition_id);

-- Where somebody stands with a session: holds a seat, has been offered one, waits for one, or no longer does.
CREATE TABLE signup_seat (
    session_id     TEXT        NOT NULL REFERENCES signup_session (session_id) DEFERRABLE,
    account_id     TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    edition_id     TEXT        NOT NULL,
    state          TEXT        NOT NULL,
    seq            BIGINT      NOT NULL,
    place_in_line  BIGINT      NOT NULL,
    pools          TEXT        NOT NULL DEFAULT '',
    needs          TEXT        NOT NULL DEFAULT '',
    instead        TEXT        NOT NULL DEFAULT '',
    via            TEXT        NOT NULL DEFAULT '',
    institution_id TEXT        NOT NULL DEFAULT '',
    until          TIMESTAMPTZ,
    moved_at       TIMESTAMPTZ,
    since          TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, session_id)
);

CREATE INDEX signup_seat_held ON signup_seat (session_id) WHERE state IN ('held', 'offered');
CREATE INDEX signup_seat_waiting ON signup_seat (session_id, place_in_line) WHERE state = 'waiting';

-- Everything that was decided, in its order; nothing here is changed.
CREATE TABLE signup_event (
    seq         BIGINT      NOT NULL PRIMARY KEY,
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

CREATE INDEX signup_event_request ON signup_event (request) WHERE request <> '';
CREATE INDEX signup_event_session ON signup_event (session_id, seq);

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
    window_id  TEXT        NOT NULL REFERENCES signup_window (id) ON DELETE CASCADE DEFERRABLE,
    account_id TEXT        NOT NULL REFERENCES account (id) DEFERRABLE,
    code       TEXT        NOT NULL UNIQUE,
    made_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (window_id, account_id)
);

CREATE INDEX signup_entry_account ON signup_entry (account_id);

CREATE TABLE signup_draw (
    window_id   TEXT        NOT NULL PRIMARY KEY REFERENCES signup_window (id) ON DELETE CASCADE DEFERRABLE,
    commitment  TEXT        NOT NULL,
    seed        TEXT        NOT NULL,
    fingerprint TEXT        NOT NULL DEFAULT '',
    record      BYTEA,
    drawn_at    TIMESTAMPTZ
);

-- Who may come to what is not for everybody: by a code, by an address (kept as its sum) or by the domain of an institution.
CREATE TABLE signup_invitation (
    id         TEXT        NOT NULL PRIMARY KEY,
    window_id  TEXT        NOT NULL REFERENCES signup_window (id) ON DELETE CASCADE DEFERRABLE,
    kind       TEXT        NOT NULL,
    target     TEXT        NOT NULL,
    note       TEXT        NOT NULL DEFAULT '',
    uses       INTEGER     NOT NULL DEFAULT 0 CHECK (uses >= 0),
    used       INTEGER     NOT NULL DEFAULT 0 CHECK (used >= 0),
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    UNIQUE (window_id, kind, target)
);
