package app_test

import "obrady/internal/people"

// presenceRows are rows of the person at the door of a session and among its applicants.
func presenceRows(s people.Subject, of, session string) []row {
	at := noon()
	account := string(s.Account)
	return []row{
		{"attendance_answer", map[string]any{
			"session_id": session, "account_id": account, "edition_id": of, "asked_at": at, "hash": canary, "coming_at": at,
		}},
		{"attendance_mark", map[string]any{
			"session_id": session, "account_id": account, "edition_id": of, "presence": canary, "marked_at": at, "marked_by": "desk",
		}},
	}
}
