-- +goose Up
-- Who has claimed a person of the programme, who works for an institution by the word of an organiser, and which
-- edition or workspace brought a person or an institution into the register ('': the installation itself).
ALTER TABLE account ADD COLUMN person_id TEXT REFERENCES person (id) DEFERRABLE;
ALTER TABLE account ADD COLUMN verified_at TIMESTAMPTZ;
CREATE UNIQUE INDEX account_person ON account (person_id);

ALTER TABLE person ADD COLUMN home TEXT NOT NULL DEFAULT '';
ALTER TABLE institution ADD COLUMN home TEXT NOT NULL DEFAULT '';

-- Unlike an affiliation, which is a public text, a membership gives rights: those of the institution's grants.
CREATE TABLE member (
    account_id     TEXT        NOT NULL REFERENCES account (id) ON DELETE CASCADE DEFERRABLE,
    institution_id TEXT        NOT NULL REFERENCES institution (id) DEFERRABLE,
    granted_by     TEXT        NOT NULL,
    granted_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, institution_id)
);

CREATE INDEX member_institution ON member (institution_id);
