package practice_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
)

var noon = time.Date(2021, 6, 1, 12, 0, 0, 0, time.UTC)

// desk is an edition with nothing in its catalogue.
type desk struct {
	t       *testing.T
	db      *db.DB
	at      time.Time
	service *practice.Service
	shelf   *practice.Shelf
	edition edition.ID
}

func (k *desk) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func open(t *testing.T, d *db.DB) *desk {
	t.Helper()
	k := &desk{t: t, db: d, at: noon}
	clock := func() time.Time { return k.at }
	of, err := edition.NewService(d, clock).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	k.must(err)
	k.edition = of.ID
	k.service = practice.NewService(d, clock)
	k.shelf = practice.NewShelf(d, slog.New(slog.DiscardHandler))
	return k
}

// whole is a practice that lacks nothing.
func (k *desk) whole() practice.Practice {
	return practice.Practice{
		Edition: k.edition, Slug: "skwer",
		Content: practice.Content{
			Title: i18n.Both("Skwer zamiast parkingu"), Summary: i18n.Both("Parking stał się skwerem."), Owner: i18n.Both("Urząd Miasta Przykładowa"),
			City: i18n.Both("Przykładowa"), Region: "24", Size: practice.Medium, From: "2018", Stage: practice.Running,
			Before: i18n.Both("Latem było za gorąco."), Done: i18n.Both("Rozebrano asfalt."), Resources: i18n.Both("Pół etatu."),
			Failed: i18n.Both("Zabrakło wody do podlewania."), Transfer: i18n.Both("Trzeba mieć grunt gminy."),
			Blocks:  []practice.Block{{Name: i18n.Both("Rozbiórka asfaltu"), What: i18n.Both("Zdjęcie nawierzchni.")}, {Name: i18n.Both("Studnia")}},
			Results: []practice.Result{{Indicator: i18n.Both("Temperatura w lipcu"), Before: i18n.Both("41"), After: i18n.Both("33"), Source: i18n.Both("pomiar własny")}},
			Licence: "CC-BY-4.0",
		},
		Contact: practice.Contact{Email: "ewa@przykladowa.example", Name: "Ewa Przykładna", Office: "ogrodniczka miejska"},
	}
}

func (k *desk) publish() practice.Practice {
	k.t.Helper()
	p, err := k.service.Save(k.t.Context(), "editor", k.whole())
	k.must(err)
	p, err = k.service.Publish(k.t.Context(), "editor", p.ID, p.Revision)
	k.must(err)
	return p
}

// public is what the public reads now.
func (k *desk) public() *practice.Catalogue {
	k.t.Helper()
	k.must(k.shelf.Refresh(k.t.Context()))
	return k.shelf.Of(k.edition)
}

// healthy fails when fsck would.
func (k *desk) healthy() {
	k.t.Helper()
	faults, err := practice.Check(k.t.Context(), k.db)
	k.must(err)
	if len(faults) > 0 {
		k.t.Errorf("Check = %v, want no fault", faults)
	}
}

func (k *desk) account(email string) people.AccountID {
	k.t.Helper()
	var a people.Account
	k.must(k.db.Tx(k.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(k.t.Context(), tx, people.Account{Email: email, Name: email, CreatedAt: noon})
		return err
	}))
	return a.ID
}

func (k *desk) promised(kind string) (n int) {
	k.t.Helper()
	k.must(k.db.QueryRow(k.t.Context(), `SELECT COUNT(*) FROM outbox WHERE kind = $1`, kind).Scan(&n))
	return n
}

func many(words int) i18n.Text {
	return i18n.Text{PL: strings.TrimSpace(strings.Repeat("słowo ", words))}
}
