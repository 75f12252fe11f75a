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
		{"admission_window", map[string]any{
			"id": "w-choice", "edition_id": of, "name": `{}`, "mode": "selection", "opens_at": at, "closes_at": at.AddDate(0, 0, 1), "updated_at": at,
		}},
		{"selection_application", map[string]any{
			"id": canary, "window_id": "w-choice", "session_id": session, "account_id": account, "edition_id": of, "preference": 1,
			"answers": `{"why":"` + canary + `"}`, "needs": canary, "verdict": canary, "note": canary, "decided_by": "desk", "revision": 1,
			"sent_at": at, "updated_at": at,
		}},
	}
}
