package edition

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// whole is a statement that says everything that the act wants.
func whole(of ID) Statement {
	return Statement{
		Edition: of, Body: i18n.Both("Instytut"), PublishedOn: "2021-04-20", UpdatedOn: "2021-06-05",
		Status: PartlyCompliant, Failings: i18n.Both("- mapa"), MadeOn: "2021-04-20", Assessed: SelfAssessed,
		Contact: i18n.Both("koordynacja dostępności"), Email: "dostepnosc@przyklad.example", Phone: "00 000 00 00",
		Building: i18n.Both("winda"),
	}
}

func TestAStatementSaysWhatTheActWants(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Statement)
		wrong  string // the field; "" for a good one
	}{
		{"a whole one", func(*Statement) {}, ""},
		{"no apps is an answer", func(s *Statement) { s.Apps = i18n.Text{} }, ""},
		{"nothing fails where all is well", func(s *Statement) { s.Status, s.Failings = Compliant, i18n.Text{} }, ""},
		{"something must fail where not all is well", func(s *Statement) { s.Failings = i18n.Text{} }, "failings_pl"},
		{"an auditor without a name", func(s *Statement) { s.Assessed = ExternallyAssessed }, "auditor_pl"},
		{"no telephone", func(s *Statement) { s.Phone = "" }, "phone"},
		{"no body", func(s *Statement) { s.Body = i18n.Text{EN: "Institute"} }, "body_pl"},
		{"an address that is none", func(s *Statement) { s.Email = "przy kład" }, "email"},
		{"a day that is none", func(s *Statement) { s.MadeOn = "2021-02-30" }, "made_on"},
		{"a site that is a script", func(s *Statement) { s.Site = "javascript:alert(1)" }, "site"},
		{"a state of its own", func(s *Statement) { s.Status = "splendid" }, "status"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := whole("e")
			test.change(&s)
			err := s.Validate()
			var wrong errs.Problems
			errors.As(err, &wrong)
			if test.wrong == "" && err != nil || test.wrong != "" && wrong.Of(test.wrong) == nil {
				t.Errorf("Validate = %v, want a problem of %q", err, test.wrong)
			}
		})
	}
}

func TestTheReviewIsDueEachYear(t *testing.T) {
	for _, test := range []struct {
		name           string
		made, reviewed civil.Date
		today          civil.Date
		due            bool
	}{
		{"the year it was made", "2026-01-10", "", "2026-03-15", false},
		{"the last day of February", "2025-06-01", "", "2026-02-28", false},
		{"the first of March", "2025-06-01", "", "2026-03-01", true},
		{"reviewed in January", "2025-06-01", "2026-01-02", "2026-03-01", false},
		{"reviewed last year", "2024-06-01", "2025-03-20", "2026-12-31", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Statement{MadeOn: test.made, ReviewedOn: test.reviewed}
			if got := s.ReviewDue(test.today); got != test.due {
				t.Errorf("ReviewDue = %v, want %v", got, test.due)
			}
		})
	}
}

func TestTheReminderComesOnceAYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2021, 6, 1, 9, 0, 0, 0, time.UTC)
		s := NewService(d, func() time.Time { return now })
		e := saveEdition(t, s)
		saved, err := s.SaveStatement(t.Context(), "desk", whole(e.ID))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := s.Statement(t.Context(), e.ID); err != nil || !cmp.Equal(back, saved) {
			t.Errorf("the statement came back as %+v, %v, want %+v", back, err, saved)
		}
		var asked []int64
		for _, at := range []string{"2021-12-31", "2022-02-28", "2022-03-01", "2022-03-02", "2023-03-05"} {
			if now, err = time.Parse(time.DateOnly, at); err != nil {
				t.Fatal(err)
			}
			n, err := s.RemindOfStatements(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			asked = append(asked, n)
		}
		if want := []int64{0, 0, 1, 0, 1}; !slices.Equal(asked, want) {
			t.Errorf("reminders = %v, want %v", asked, want)
		}
		promised, err := outbox.Claim(t.Context(), d, now.AddDate(1, 0, 0), time.Minute, 10)
		if err != nil || len(promised) != 2 || promised[0].Kind != "edition.accessibility_due" {
			t.Errorf("promised are %v, %v, want two reminders", promised, err)
		}
	})
}

func TestTwoWhoSaveTheStatementAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, func() time.Time { return time.Date(2021, 6, 1, 9, 0, 0, 0, time.UTC) })
		e := saveEdition(t, s)
		if _, err := s.Statement(t.Context(), e.ID); !errors.Is(err, ErrNoStatement) {
			t.Errorf("before the first: %v, want ErrNoStatement", err)
		}
		first, err := s.SaveStatement(t.Context(), "desk", whole(e.ID))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveStatement(t.Context(), "desk", whole(e.ID)); !errors.Is(err, ErrChanged) {
			t.Errorf("a second first one: %v, want ErrChanged", err)
		}
		if _, err := s.SaveStatement(t.Context(), "desk", first); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveStatement(t.Context(), "desk", first); !errors.Is(err, ErrChanged) {
			t.Errorf("upon an older revision: %v, want ErrChanged", err)
		}
	})
}

func TestAnErasureTellsThatTheContactStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, func() time.Time { return time.Date(2021, 6, 1, 9, 0, 0, 0, time.UTC) })
		one := whole(saveEdition(t, s).ID)
		one.Email = "Dostepnosc@Przyklad.example"
		if _, err := s.SaveStatement(t.Context(), "desk", one); err != nil {
			t.Fatal(err)
		}
		for address, want := range map[string]int{"dostepnosc@przyklad.example": 1, "inny@przyklad.example": 0} {
			subject := people.Subject{Email: address}
			if got, err := Collect(t.Context(), d, subject); err != nil || len(got.Rows) != want {
				t.Errorf("Collect for %s = %v, %v, want %d", address, got.Rows, err, want)
			}
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				outcomes, err := Erase(t.Context(), tx, subject, s.now())
				if len(outcomes) != want || want > 0 && (outcomes[0].Kept != 1 || outcomes[0].Why == "") {
					t.Errorf("Erase for %s = %+v, want %d kept with a reason", address, outcomes, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func saveEdition(t *testing.T, s *Service) Edition {
	t.Helper()
	e, err := s.Save(t.Context(), "desk", Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: Hybrid,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
