package app_test

import (
	"encoding/json"

	"obrady/internal/call"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/proceedings"
)

// proceedingsRows are a volume in which the person is an author, once by their account and once by the entry of a call;
// they stand on those of callRows.
func proceedingsRows(s people.Subject, of string) []row {
	document := proceedings.Document{About: proceedings.About{Title: i18n.Both("Tom"), Year: 2030, Abstract: "q"}, Entries: []proceedings.Entry{
		{Code: "PROBA-2", Title: "Rzeka", Language: i18n.Polish, Authors: []proceedings.Author{
			{Account: s.Account, Name: "Zofia " + canary, Affiliation: canary, ORCID: canary},
			{Contributor: call.ContributorID("part-sent-2"), Name: "Zofia " + canary, Affiliation: canary, ORCID: canary},
			{Name: "Kto Inny"},
		}},
	}}
	content, err := json.Marshal(document)
	if err != nil { // texts and lists of them
		panic(err)
	}
	return []row{
		{"proceedings_volume", map[string]any{
			"id": "volume-1", "call_id": "call-1", "edition_id": of, "slug": "nabor-proby", "about": `{}`, "version": 1, "revision": 1, "updated_at": noon(),
		}},
		{"proceedings_version", map[string]any{
			"volume_id": "volume-1", "number": 1, "document": string(content), "changes": `[]`, "digest": document.Digest(), "published_by": "desk", "published_at": noon(),
		}},
	}
}
