-- +goose Up
-- Nobody corrects the journal afterwards, not even by mistake.
-- +goose StatementBegin
CREATE FUNCTION journal_refuse() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only added to';
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_no_delete BEFORE DELETE OR TRUNCATE ON journal EXECUTE FUNCTION journal_refuse();
