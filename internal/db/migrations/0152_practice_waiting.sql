-- +goose Up
-- Nobody asks twice while the first answer is still to come.
CREATE UNIQUE INDEX practice_adoption_waiting ON practice_adoption (practice_id, adopter_account) WHERE state = 'claimed';
