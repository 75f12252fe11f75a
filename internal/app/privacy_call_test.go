package app_test

import "obrady/internal/people"

// callRows are a draft of the person, and their part in what others sent and the council judged.
func callRows(s people.Subject, of string) []row {
	at := noon()
	account := string(s.Account)
	said := `{"q":"` + canary + `"}`
	rows := []row{
		{"call", map[string]any{
			"id": "call-1", "edition_id": of, "slug": "nabor-proby", "mark": "PROBA", "kind": "abstract", "title": `{}`, "lead": `{}`, "body": `{}`, "terms": `{}`,
			"anonymity": "open", "senders": "anybody", "languages": `["pl"]`, "paths": `[]`, "formats": `[]`, "checklist": `[]`, "opens_at": at,
			"closes_at": at.AddDate(0, 0, 1), "updated_at": at,
		}},
		{"call_submission", map[string]any{
			"id": "sent-1", "call_id": "call-1", "edition_id": of, "code": "PROBA-1", "state": "returned", "title": canary, "answers": said, "form_version": 0,
			"began_at": at, "submitted_at": at, "updated_at": at,
		}},
		{"call_version", map[string]any{
			"submission_id": "sent-1", "revision": 1, "call_id": "call-1", "terms": `{}`, "path": "", "format": "", "language": "pl", "title": canary, "answers": said,
			"form_version": 0, "sent_at": at,
		}},
		{"call_owner", map[string]any{"submission_id": "sent-1", "account_id": account}},
		{"call_step", map[string]any{
			"id": "step-1", "submission_id": "sent-1", "at": at, "made_by": "desk", "from_state": "submitted", "to_state": "returned", "why": canary, "unmet": `[]`,
		}},
		{"attachment", map[string]any{
			"id": "file-1", "submission_id": "sent-1", "name": canary, "kind": "application/pdf", "size": len(canary), "sum": canary, "content": []byte(canary),
			"added_by": account, "added_at": at,
		}},
		{"call_submission", map[string]any{
			"id": "sent-2", "call_id": "call-1", "edition_id": of, "code": "PROBA-2", "state": "confirmed", "title": "Rzeka", "answers": `{}`, "form_version": 0,
			"began_at": at, "updated_at": at,
		}},
		{"call_owner", map[string]any{"submission_id": "sent-2", "account_id": "colleague"}},
		{"call_step", map[string]any{
			"id": "step-2", "submission_id": "sent-2", "at": at, "made_by": account, "from_state": "accepted", "to_state": "confirmed", "why": canary, "unmet": `[]`,
		}},
	}
	for i, submission := range []string{"sent-1", "sent-2"} {
		rows = append(rows, row{"call_contributor", map[string]any{
			"id": "part-" + submission, "submission_id": submission, "position": i, "roles": `["author"]`, "account_id": account, "name": "Zofia " + canary,
			"email": canaryEmail, "affiliation": canary, "orcid": canary, "hash": canary + submission, "state": "agreed", "invited_at": at,
		}})
	}
	return rows
}
