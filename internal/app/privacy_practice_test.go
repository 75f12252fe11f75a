package app_test

import "obrady/internal/people"

// practiceRows are what a person leaves among practices: they are the contact of one, took one over, and tell a story.
func practiceRows(s people.Subject, of string) []row {
	const text, json = canary, `{"` + canary + `":"` + canary + `"}`
	at, account := noon(), string(s.Account)
	return []row{
		{"practice", map[string]any{
			"id": "practice-of-somebody", "edition_id": of, "slug": "praktyka", "state": "draft", "content": "{}", "contact_account": account,
			"contact_name": text, "contact_office": text, "revision": 1, "updated_at": at,
		}},
		{"practice_adoption", map[string]any{
			"id": "adoption-of-somebody", "practice_id": "practice-of-somebody", "state": "declined", "content": "{}", "adopter_account": account,
			"reason": text, "claimed_by": account, "claimed_at": at, "revision": 1, "updated_at": at,
		}},
		{"practice_story", map[string]any{
			"id": text, "edition_id": of, "slug": text, "state": "published", "level": "named", "content": json, "teller_account": account,
			"teller_name": text, "check_note": text, "wish": text, "released": json, "released_at": at, "revision": 1, "updated_at": at,
		}},
		{"practice_step", map[string]any{"id": "step-of-a-story", "object": text, "at": at, "actor": "desk", "step": "story_saved", "reason": text}},
	}
}
