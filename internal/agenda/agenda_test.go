package agenda_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"obrady/internal/agenda"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

var noon = time.Date(2021, 5, 31, 10, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func open(t *testing.T, d *db.DB) (of edition.ID, who, other people.AccountID) {
	t.Helper()
	e, err := edition.NewService(d, clock).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []people.AccountID
	err = d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, email := range []string{"a@example.org", "b@example.org"} {
			a, err := people.OpenAccount(t.Context(), tx, people.Account{Email: email, Name: "p", CreatedAt: noon})
			if err != nil {
				return err
			}
			ids = append(ids, a.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.ID, ids[0], ids[1]
}

func TestAnAddressOpensOneCalendarUntilItIsReplaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		of, who, other := open(t, d)
		s := agenda.NewService(d, clock)
		if _, err := s.Find(t.Context(), who, of); !errors.Is(err, agenda.ErrNone) {
			t.Errorf("before it is made: %v, want ErrNone", err)
		}
		first, err := s.Renew(t.Context(), who, of)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Renew(t.Context(), other, of); err != nil {
			t.Fatal(err)
		}
		got, err := s.Open(t.Context(), first.Token)
		if err != nil || got.Account != who || got.Edition != of || len(got.Token) < 26 {
			t.Errorf("Open = %+v, %v, want the calendar of %s", got, err, who)
		}
		second, err := s.Renew(t.Context(), who, of)
		if err != nil || second.Token == first.Token {
			t.Errorf("Renew = %+v, %v, want another token", second, err)
		}
		for _, token := range []string{first.Token, "", strings.ToLower(second.Token), "' OR 1=1 --"} {
			if _, err := s.Open(t.Context(), token); !errors.Is(err, agenda.ErrNone) {
				t.Errorf("Open(%q) = %v, want ErrNone", token, err)
			}
		}
		if err := s.Revoke(t.Context(), who, of); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(t.Context(), second.Token); !errors.Is(err, agenda.ErrNone) {
			t.Errorf("after it was revoked: %v, want ErrNone", err)
		}
	})
}

func TestAnAddressGoesWithItsOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		of, who, other := open(t, d)
		s := agenda.NewService(d, clock)
		mine, err := s.Renew(t.Context(), who, of)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := s.Renew(t.Context(), other, of)
		if err != nil {
			t.Fatal(err)
		}
		extract, err := agenda.Collect(t.Context(), d, people.Subject{Account: who})
		if err != nil || len(extract.Rows) != 1 || extract.Rows[0]["edition"] != "kpm-2021" {
			t.Errorf("Collect = %+v, %v, want one edition", extract, err)
		}
		for _, value := range extract.Rows[0] {
			if value == mine.Token {
				t.Error("the extract has the key to the calendar")
			}
		}
		err = d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := agenda.Erase(t.Context(), tx, people.Subject{Account: who}, noon)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(t.Context(), mine.Token); !errors.Is(err, agenda.ErrNone) {
			t.Errorf("after the erasure: %v, want ErrNone", err)
		}
		if _, err := s.Open(t.Context(), theirs.Token); err != nil {
			t.Errorf("somebody else's: %v, want it kept", err)
		}
	})
}

func TestACalendarSaysHowSureEachPlaceIs(t *testing.T) {
	entry := func(state agenda.State) agenda.Entry {
		return agenda.Entry{
			UID: string(state) + "@example.org", Sequence: 7, Changed: noon, Start: noon.Add(time.Hour), End: noon.Add(2 * time.Hour),
			State: state, Title: "Miasto; zielone, ciche", Place: "Aula", URL: "https://example.org/pl/x",
		}
	}
	var file strings.Builder
	err := agenda.Write(&file, agenda.Calendar{Name: "Moje zapisy", Entries: []agenda.Entry{
		entry(agenda.Confirmed), entry(agenda.Tentative), entry(agenda.Cancelled),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\n", "METHOD:PUBLISH\r\n", "UID:CONFIRMED@example.org\r\n", "STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n",
		"STATUS:TENTATIVE\r\nTRANSP:TRANSPARENT\r\n", "STATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\n", "SEQUENCE:7\r\n",
		"DTSTART:20210531T110000Z\r\n", "DTEND:20210531T120000Z\r\n", `SUMMARY:Miasto\; zielone\, ciche`, "END:VCALENDAR\r\n",
	} {
		if !strings.Contains(file.String(), want) {
			t.Errorf("the calendar does not say %q:\n%s", want, file.String())
		}
	}
}
