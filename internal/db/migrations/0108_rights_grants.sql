-- +goose Up
-- Parts of an edition that are run by somebody else: a partner's event stands on a block or on a stage; an expert
-- group and a council stand on nothing but themselves.
CREATE TABLE workspace (
    id         TEXT        NOT NULL PRIMARY KEY,
    edition_id TEXT        NOT NULL REFERENCES edition (id) DEFERRABLE,
    kind       TEXT        NOT NULL,
    slug       TEXT        NOT NULL,
    name       JSONB       NOT NULL,
    block_id   TEXT        UNIQUE REFERENCES block (id) DEFERRABLE,
    stage_id   TEXT        UNIQUE REFERENCES stage (id) DEFERRABLE,
    revision   INTEGER     NOT NULL DEFAULT 1,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (edition_id, slug),
    CHECK (block_id IS NULL OR stage_id IS NULL)
);

-- Who may do what, where, and by whose word. A grant is taken back and never deleted. node_id is '' for the whole
-- installation, edition_id as well.
CREATE TABLE rights_grant (
    id             TEXT        NOT NULL PRIMARY KEY,
    account_id     TEXT        REFERENCES account (id) DEFERRABLE,
    institution_id TEXT        REFERENCES institution (id) DEFERRABLE,
    role           TEXT        NOT NULL,
    node_kind      TEXT        NOT NULL,
    node_id        TEXT        NOT NULL DEFAULT '',
    edition_id     TEXT        NOT NULL DEFAULT '',
    from_at        TIMESTAMPTZ NOT NULL,
    until_at       TIMESTAMPTZ,
    granted_by     TEXT        NOT NULL,
    granted_at     TIMESTAMPTZ NOT NULL,
    revoked_by     TEXT        NOT NULL DEFAULT '',
    revoked_at     TIMESTAMPTZ,
    CHECK ((account_id IS NULL AND institution_id IS NOT NULL) OR (account_id IS NOT NULL AND institution_id IS NULL)),
    CHECK (until_at IS NULL OR until_at > from_at)
);

CREATE INDEX rights_grant_account ON rights_grant (account_id);
CREATE INDEX rights_grant_institution ON rights_grant (institution_id);
CREATE INDEX rights_grant_node ON rights_grant (node_kind, node_id);

-- What beats every grant: a conflict of interest of one account, the blind phase of a node, a legal hold on a person.
CREATE TABLE rights_refusal (
    id         TEXT        NOT NULL PRIMARY KEY,
    kind       TEXT        NOT NULL,
    account_id TEXT        REFERENCES account (id) DEFERRABLE,
    node_kind  TEXT        NOT NULL,
    node_id    TEXT        NOT NULL DEFAULT '',
    edition_id TEXT        NOT NULL DEFAULT '',
    reason     TEXT        NOT NULL,
    from_at    TIMESTAMPTZ NOT NULL,
    until_at   TIMESTAMPTZ,
    made_by    TEXT        NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    lifted_by  TEXT        NOT NULL DEFAULT '',
    lifted_at  TIMESTAMPTZ
);

CREATE INDEX rights_refusal_account ON rights_refusal (account_id);
CREATE INDEX rights_refusal_node ON rights_refusal (node_kind, node_id);

-- Until now whoever could sign in could do everything; those people keep what they could do.
INSERT INTO rights_grant (id, account_id, role, node_kind, from_at, granted_by, granted_at)
SELECT id, id, 'organiser', 'site', created_at, 'system', created_at FROM account;
