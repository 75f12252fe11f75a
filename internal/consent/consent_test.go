package consent

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC)

// office is where texts about data are kept, in a congress with an edition.
type office struct {
	*Service
	t       *testing.T
	db      *db.DB
	edition edition.ID
	at      time.Time
}

func newOffice(t *testing.T, d *db.DB) *office {
	t.Helper()
	o := &office{t: t, db: d, at: noon}
	now := func() time.Time { return o.at }
	o.Service = NewService(d, now)
	e, err := edition.NewService(d, now).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Text{PL: "III Kongres"}, StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.edition = e.ID
	return o
}

// agreement is a clause that somebody can agree to.
func (o *office) agreement(use Use) Clause {
	o.t.Helper()
	c, err := o.SaveClause(o.t.Context(), "desk", Clause{
		Edition: o.edition, Place: AtRegistration, Kind: Consent, Allows: use,
		Title: i18n.Text{PL: "Zgoda", EN: "Consent"}, Body: i18n.Text{PL: "Pierwsza treść."},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) give(who people.AccountID, answers ...Answer) error {
	return o.db.Tx(o.t.Context(), func(tx *db.Tx) error {
		return Give(o.t.Context(), tx, people.Change{By: who, At: o.at}, answers)
	})
}

func (o *office) withdraw(who people.AccountID, clause ClauseID) error {
	return o.db.Tx(o.t.Context(), func(tx *db.Tx) error {
		_, err := Withdraw(o.t.Context(), tx, people.Change{By: who, At: o.at}, clause)
		return err
	})
}

func TestNoticeComesBackAsItWent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		if n, err := o.Notice(t.Context(), o.edition); err != nil || !n.Empty() {
			t.Errorf("before anything is said: %+v, %v, want it empty", n, err)
		}
		one, err := o.SaveController(t.Context(), "desk", Controller{
			Edition: o.edition, Name: i18n.Text{PL: "Instytut"}, Address: "ul. Targowa 45, Warszawa", Email: "biuro@example.org",
		})
		if err != nil {
			t.Fatal(err)
		}
		two, err := o.SaveController(t.Context(), "desk", Controller{
			Edition: o.edition, Name: i18n.Text{PL: "Miasto"}, Address: "Rynek 1, Katowice", Position: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		officer, err := o.SaveOfficer(t.Context(), "desk", Officer{
			Edition: o.edition, Name: "Inspektor", Email: "iod@example.org", Arrangement: i18n.Text{PL: "Razem."},
		})
		if err != nil {
			t.Fatal(err)
		}
		purpose, err := o.SavePurpose(t.Context(), "desk", Purpose{
			Edition: o.edition, Name: i18n.Text{PL: "Organizacja"}, Basis: PublicTask, Whose: i18n.Text{PL: "uczestników"},
			Period: i18n.Text{PL: "6 miesięcy"}, Afterwards: i18n.Text{PL: "usuwamy"},
		})
		if err != nil {
			t.Fatal(err)
		}
		clause := o.agreement(Image)
		retired := o.agreement(Newsletter)
		retired.Retired = true
		if _, err := o.SaveClause(t.Context(), "desk", retired); err != nil {
			t.Fatal(err)
		}
		got, err := o.Notice(t.Context(), o.edition)
		want := Notice{[]Controller{one, two}, officer, []Purpose{purpose}, []Clause{clause}}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("the notice came back changed, %v (-went +came):\n%s", err, diff)
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
		if err := o.RemoveController(t.Context(), "desk", o.edition, two.ID); err != nil {
			t.Error(err)
		}
		if err := o.RemoveController(t.Context(), "desk", o.edition, two.ID); !errors.Is(err, ErrNoController) {
			t.Errorf("removed twice: %v, want ErrNoController", err)
		}
		if err := o.RemovePurpose(t.Context(), "desk", "another edition", purpose.ID); !errors.Is(err, ErrNoPurpose) {
			t.Errorf("removed from another edition: %v, want ErrNoPurpose", err)
		}
	})
}

func TestTextsSavedByTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		officer := Officer{Edition: o.edition, Name: "Inspektor", Email: "iod@example.org"}
		if _, err := o.SaveOfficer(t.Context(), "ada", officer); err != nil {
			t.Fatal(err)
		}
		if _, err := o.SaveOfficer(t.Context(), "ola", officer); !errors.Is(err, ErrChanged) {
			t.Errorf("the first officer saved twice: %v, want ErrChanged", err)
		}
		clause := o.agreement(Image)
		if _, err := o.SaveClause(t.Context(), "ada", clause); err != nil {
			t.Fatal(err)
		}
		if _, err := o.SaveClause(t.Context(), "ola", clause); !errors.Is(err, ErrChanged) {
			t.Errorf("an old revision of a clause: %v, want ErrChanged", err)
		}
	})
}

// Editing a clause makes a version; an answer keeps the one that it was given to.
func TestAnswersKeepTheWordsTheyWereGivenTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		clause := o.agreement(Image)
		if err := o.give("zofia", Answer{clause.ID, 1}); err != nil {
			t.Fatal(err)
		}
		moved := clause
		moved.Position = 7
		if moved, err := o.SaveClause(t.Context(), "desk", moved); err != nil || moved.Version != 1 {
			t.Errorf("another place on the list: version %d, %v, want still 1", moved.Version, err)
		}
		clause.Revision, clause.Body = 2, i18n.Text{PL: "Druga treść."}
		clause, err := o.SaveClause(t.Context(), "desk", clause)
		if err != nil || clause.Version != 2 {
			t.Fatalf("new words: version %d, %v, want 2", clause.Version, err)
		}
		if err := o.give("jan", Answer{clause.ID, 1}); !errors.Is(err, ErrNewWords) {
			t.Errorf("agreement to old words: %v, want ErrNewWords", err)
		}
		given, err := o.Of(t.Context(), "zofia", o.edition)
		if err != nil || len(given) != 1 || given[0].Version != 1 || !given[0].InForce() {
			t.Errorf("Of = %+v, %v, want the consent to version 1", given, err)
		}
		all, err := o.Versions(t.Context(), clause.ID)
		if err != nil || len(all) != 2 || all[1].Body.PL != "Pierwsza treść." {
			t.Errorf("Versions = %+v, %v, want both wordings", all, err)
		}
		extract, err := Collect(t.Context(), d, people.Subject{Account: "zofia"})
		if err != nil || len(extract.Rows) != 1 || extract.Rows[0]["text"] != (i18n.Text{PL: "Pierwsza treść."}) {
			t.Errorf("Collect = %+v, %v, want the words that were agreed to", extract, err)
		}
		o.at = noon.Add(time.Hour)
		if err := o.give("zofia", Answer{clause.ID, 2}); err != nil {
			t.Fatal(err)
		}
		if given, err = o.Of(t.Context(), "zofia", o.edition); err != nil || len(given) != 2 || given[0].InForce() || !given[1].InForce() {
			t.Errorf("after agreeing to the new words: %+v, %v, want the old consent ended", given, err)
		}
	})
}

func TestConsentIsTakenBackAsEasily(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		image, news := o.agreement(Image), o.agreement(Newsletter)
		if err := o.give("zofia", Answer{image.ID, 1}, Answer{news.ID, 1}); err != nil {
			t.Fatal(err)
		}
		if err := o.give("zofia", Answer{image.ID, 1}); err != nil {
			t.Errorf("given once more: %v, want it to stay as it is", err)
		}
		if err := o.withdraw("zofia", image.ID); err != nil {
			t.Fatal(err)
		}
		if err := o.withdraw("zofia", image.ID); !errors.Is(err, ErrNoConsent) {
			t.Errorf("withdrawn twice: %v, want ErrNoConsent", err)
		}
		if err := o.withdraw("jan", news.ID); !errors.Is(err, ErrNoConsent) {
			t.Errorf("somebody else's consent: %v, want ErrNoConsent", err)
		}
		given, err := o.Of(t.Context(), "zofia", o.edition)
		if err != nil || Allowed(given, Image) || !Allowed(given, Newsletter) {
			t.Errorf("Of = %+v, %v, want one in force, the other not", given, err)
		}
		if who, err := Who(t.Context(), d, o.edition, Newsletter); err != nil || len(who) != 1 || who[0] != "zofia" {
			t.Errorf("Who = %v, %v, want zofia", who, err)
		}
		if who, err := Who(t.Context(), d, o.edition, Image); err != nil || len(who) != 0 {
			t.Errorf("Who = %v, %v, want nobody", who, err)
		}
		told, err := o.SaveClause(t.Context(), "desk", Clause{
			Edition: o.edition, Place: AtCall, Kind: Information, Title: i18n.Text{PL: "Klauzula"}, Body: i18n.Text{PL: "Treść"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := o.give("zofia", Answer{told.ID, 1}); !errors.Is(err, ErrNoClause) {
			t.Errorf("agreement to what is only information: %v, want ErrNoClause", err)
		}
	})
}

// However often the button is pressed at once, one consent comes of it; without the index there would be more.
func TestConsentsInACrowd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		clause := o.agreement(Image)
		press := func() (refused int32) {
			var no atomic.Int32
			var crowd sync.WaitGroup
			for range 16 {
				crowd.Go(func() {
					if err := o.give("zofia", Answer{clause.ID, 1}); errors.Is(err, db.ErrExists) {
						no.Add(1)
					} else if err != nil {
						t.Errorf("Give = %v, want nil or ErrExists", err)
					}
				})
			}
			crowd.Wait()
			return no.Load()
		}
		press()
		given, err := o.Of(t.Context(), "zofia", o.edition)
		if err != nil || len(given) != 1 {
			t.Errorf("%d consents, %v, want 1", len(given), err)
		}
		if _, err := d.Exec(t.Context(), `DROP INDEX consent_in_force`); err != nil {
			t.Fatal(err)
		}
		again := Given{ID: "twice", Account: "zofia", Clause: clause.ID, Version: 1, GivenAt: noon}
		if err := insertConsent(t.Context(), d, again); err != nil {
			t.Errorf("without the index: %v, want a second consent", err)
		}
	})
}

func TestErasingEndsConsentsAndKeepsTheProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		clause := o.agreement(Image)
		if err := o.give("zofia", Answer{clause.ID, 1}); err != nil {
			t.Fatal(err)
		}
		var done []people.Outcome
		err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			done, err = Erase(t.Context(), tx, people.Subject{Account: "zofia"}, noon)
			return err
		})
		want := []people.Outcome{{Part: "consent.data.part", Kept: 1, Why: "consent.data.kept", Until: noon.Add(ProofKept)}}
		if diff := cmp.Diff(want, done); err != nil || diff != "" {
			t.Errorf("Erase, %v (-want +got):\n%s", err, diff)
		}
		if given, err := o.Of(t.Context(), "zofia", o.edition); err != nil || Allowed(given, Image) {
			t.Errorf("after the erasure: %+v, %v, want nothing in force", given, err)
		}
		if n, err := Sweep(t.Context(), d, noon); err != nil || n != 0 {
			t.Errorf("Sweep on the day = %d, %v, want the proof kept", n, err)
		}
		if n, err := Sweep(t.Context(), d, noon.Add(time.Second)); err != nil || n != 1 {
			t.Errorf("Sweep when its time has passed = %d, %v, want it gone", n, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"a controller without an address", Controller{Name: i18n.Both("X")}.Validate(), "address"},
		{"an officer nobody can write to", Officer{Name: "X", Email: "x"}.Validate(), "email"},
		{"a purpose on no basis", Purpose{Name: i18n.Both("X"), Whose: i18n.Both("X"), Period: i18n.Both("X")}.Validate(), "basis"},
		{"a purpose for ever and a day", Purpose{Name: i18n.Both("X"), Whose: i18n.Both("X"), Basis: Duty}.Validate(), "period_pl"},
		{"information that says nothing", Clause{Title: i18n.Both("X"), Place: AtCall, Kind: Information}.Validate(), "body_pl"},
		{"a clause nowhere", Clause{Title: i18n.Both("X"), Body: i18n.Both("X"), Kind: Information}.Validate(), "place"},
		{"a consent to nothing", Clause{Title: i18n.Both("X"), Body: i18n.Both("X"), Place: AtCall, Kind: Consent}.Validate(), "allows"},
	} {
		var wrong errs.Problems
		if !errors.As(test.err, &wrong) || wrong.Of(test.want) == nil {
			t.Errorf("%s: %v, want a problem with %s", test.name, test.err, test.want)
		}
	}
}

// Each kind of damage is done behind the package's back and must be found.
func TestCheckFindsDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"a clause of no place":          `UPDATE clause SET place = 'nowhere'`,
		"words that are missing":        `UPDATE clause SET version = 9`,
		"consent to information":        `UPDATE clause SET kind = 'information'`,
		"a purpose on no legal basis":   `UPDATE purpose SET basis = 'none'`,
		"a controller without a street": `UPDATE controller SET address = ''`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o := newOffice(t, d)
				if err := o.give("zofia", Answer{o.agreement(Image).ID, 1}); err != nil {
					t.Fatal(err)
				}
				if _, err := o.SavePurpose(t.Context(), "desk", Purpose{Edition: o.edition, Name: i18n.Both("X"), Whose: i18n.Both("X"), Period: i18n.Both("X"), Basis: Duty}); err != nil {
					t.Fatal(err)
				}
				if _, err := o.SaveController(t.Context(), "desk", Controller{Edition: o.edition, Name: i18n.Both("X"), Address: "X"}); err != nil {
					t.Fatal(err)
				}
				if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
					t.Fatalf("before: %v, %v, want no fault", faults, err)
				}
				if _, err := d.Exec(t.Context(), damage); err != nil {
					t.Fatal(err)
				}
				if faults, err := Check(t.Context(), d); err != nil || len(faults) == 0 {
					t.Errorf("Check = %v, %v, want the damage found", faults, err)
				}
			})
		})
	}
}
