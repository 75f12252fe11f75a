package app_test

import (
	"slices"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/practice"
	"obrady/internal/rights"
)

// readsEverywhere asks every address that is open to everybody, in both languages, about everything in the world, as the
// public and as somebody who is signed in and holds nothing, and returns the canaries of a story that come out.
func (o *doors) readsEverywhere(story string) (found []string, requests int) {
	o.t.Helper()
	for _, a := range readPolicy(o.t) {
		if !a.safe() || !a.open() && !a.own() || a.action == string(rights.ReadMailbox) {
			continue
		}
		for _, to := range o.w.targets(o.t, a) {
			to = o.resolve(to)
			for _, pattern := range []string{a.pl, a.en} {
				for _, who := range []string{"public", "nobody"} {
					path := a.fill(pattern, to.values) + to.query
					got := o.send(a.method, path, nil, o.cookie(who))
					requests++
					for _, canary := range o.w.found(everything(got)) {
						if strings.HasPrefix(canary, story) && !strings.Contains(strings.ToLower(path), canary) {
							found = append(found, a.name+" as "+who+": "+canary)
						}
					}
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), requests
}

func TestWhatIsToldInTheRoomLeavesNoTrace(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	o := openDoors(t, w, w.db, rights.Policy)
	found, requests := o.readsEverywhere("cnry-c1-room-")
	if len(found) > 0 || requests < 200 {
		t.Errorf("after %d requests the story told in the room stands at %v, want nowhere", requests, found)
	}
	if found, _ = o.readsEverywhere("cnry-c1-named-"); len(found) == 0 {
		t.Error("the story that is open stands nowhere, so this test would see no other either")
	}
	all, err := o.house.Practices.Stories(t.Context(), w.c["c1"].edition.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Level == practice.Named {
			if err := o.house.Practices.TightenStory(t.Context(), one.Teller.Account, one.ID, practice.RoomOnly); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found, _ = o.readsEverywhere("cnry-c1-named-"); len(found) > 0 {
		t.Errorf("its teller has taken it back into the room, and it stands at %v, want nowhere", found)
	}
}
