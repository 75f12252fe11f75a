package practice_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
)

// fail is a story that nobody but its teller can be recognised in.
func (k *desk) fail(level practice.Level) practice.Story {
	return practice.Story{
		Edition: k.edition, Slug: "aplikacja", Level: level,
		Tale: practice.Tale{
			Title: i18n.Both("Aplikacja, której nikt nie pobrał"), Owner: i18n.Both("Urząd Miasta Kanarkowo"), City: i18n.Both("Kanarkowo"),
			Wanted: i18n.Both("Chcieliśmy zgłoszeń przez telefon."), Did: i18n.Both("Zamówiliśmy aplikację."), Happened: i18n.Both("Pobrano ją 40 razy."),
			Noticed: i18n.Both("Po roku."), Conditions: i18n.Both("Nikt nie zapytał mieszkańców."), Cost: i18n.Both("300 tys. zł"),
			Changed: i18n.Both("Najpierw pytamy."), Advice: i18n.Both("Zadzwoń do dziesięciu osób."),
		},
		Teller: practice.Teller{Email: "teller@kanarkowo.example", Name: "Zenobia Kanarek"},
	}
}

func (k *desk) saved(s practice.Story) practice.Story {
	k.t.Helper()
	s, err := k.service.SaveStory(k.t.Context(), "editor", s)
	k.must(err)
	return s
}

func (k *desk) cleared(s practice.Story) practice.Story {
	k.t.Helper()
	k.must(k.service.CheckStory(k.t.Context(), "second", s.ID, practice.Clearance{Revision: s.Revision}))
	k.must(k.service.ApproveStory(k.t.Context(), s.Teller.Account, s.ID, s.Revision))
	return s
}

// read is everything the public reads of stories.
func (k *desk) read() string {
	k.t.Helper()
	written, err := json.Marshal(k.public().Stories)
	k.must(err)
	return string(written)
}

func TestTellingSaysNoMoreThanTheLevelAllows(t *testing.T) {
	k := &desk{edition: "e"}
	for _, test := range []struct {
		level       practice.Level
		name, place bool
		err         error
	}{
		{practice.Named, true, true, nil},
		{practice.Hidden, true, false, nil},
		{practice.Anonymous, false, false, nil},
		{practice.RoomOnly, false, false, practice.ErrRoomOnly},
		{"", false, false, practice.ErrRoomOnly},
	} {
		t.Run("level "+string(test.level), func(t *testing.T) {
			told, err := k.fail(test.level).Telling()
			if !errors.Is(err, test.err) {
				t.Fatalf("Telling = %v, want %v", err, test.err)
			}
			written, err := json.Marshal(told)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(written), "Zenobia"); got != test.name {
				t.Errorf("the teller is named: %v, want %v", got, test.name)
			}
			if got := strings.Contains(string(written), "Kanarkowo"); got != test.place {
				t.Errorf("the institution is named: %v, want %v", got, test.place)
			}
		})
	}
}

func TestTraces(t *testing.T) {
	k := &desk{edition: "e"}
	for _, test := range []struct {
		name  string
		level practice.Level
		text  string
		want  []string
	}{
		{"nothing", practice.Anonymous, "Zamówiliśmy aplikację w urzędzie miasta.", nil},
		{"the city in another case", practice.Anonymous, "W Kanarkowie nikt jej nie pobrał.", []string{"Kanarkowie"}},
		{"without Polish letters, small", practice.Hidden, "w kanarkowie", []string{"kanarkowie"}},
		{"the teller", practice.Anonymous, "Zenobii było wstyd.", []string{"Zenobii"}},
		{"the teller, who is named anyway", practice.Hidden, "Zenobii było wstyd.", nil},
		{"everything, where all is open", practice.Named, "Zenobia z Kanarkowa", nil},
		{"behind formatting", practice.Anonymous, "**Kanarkowo**", []string{"Kanarkowo"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := k.fail(test.level)
			s.Happened = i18n.Text{PL: test.text}
			var got []string
			for _, trace := range s.Traces() {
				got = append(got, trace.Word)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("Traces = %v, want %v", got, test.want)
			}
		})
	}
}

func TestAStoryIsPublishedAfterASecondPersonAndItsTeller(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		s := k.saved(k.fail(practice.Anonymous))
		publish := func() error { return k.service.PublishStory(t.Context(), "editor", s.ID) }
		if err := publish(); !errors.Is(err, practice.ErrUnchecked) {
			t.Errorf("unchecked: %v, want ErrUnchecked", err)
		}
		if err := k.service.ApproveStory(t.Context(), s.Teller.Account, s.ID, s.Revision); !errors.Is(err, practice.ErrUnchecked) {
			t.Errorf("approved before the check: %v, want ErrUnchecked", err)
		}
		for _, who := range []people.AccountID{"editor", s.Teller.Account} {
			if err := k.service.CheckStory(t.Context(), who, s.ID, practice.Clearance{Revision: s.Revision}); !errors.Is(err, practice.ErrSameEyes) {
				t.Errorf("checked by %s: %v, want ErrSameEyes", who, err)
			}
		}
		k.must(k.service.CheckStory(t.Context(), "second", s.ID, practice.Clearance{Revision: s.Revision}))
		if err := publish(); !errors.Is(err, practice.ErrUnapproved) {
			t.Errorf("unapproved: %v, want ErrUnapproved", err)
		}
		if err := k.service.ApproveStory(t.Context(), k.account("ktos@example.org"), s.ID, s.Revision); !errors.Is(err, practice.ErrNoStory) {
			t.Errorf("approved by a stranger: %v, want ErrNoStory", err)
		}
		k.must(k.service.ApproveStory(t.Context(), s.Teller.Account, s.ID, s.Revision))
		k.must(publish())
		if got := k.read(); !strings.Contains(got, "40 razy") || strings.Contains(got, "Kanark") || strings.Contains(got, "Zenobia") {
			t.Errorf("the public reads %s, want the story without names", got)
		}
		k.healthy()
	})
}

func TestOtherWordsAreCheckedAndApprovedAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		s := k.cleared(k.saved(k.fail(practice.Named)))
		k.must(k.service.PublishStory(t.Context(), "editor", s.ID))
		s, err := k.service.Story(t.Context(), s.ID)
		k.must(err)
		s.Happened = i18n.Both("Pobrano ją 41 razy.")
		s = k.saved(s)
		if got := k.read(); !strings.Contains(got, "40 razy") || strings.Contains(got, "41 razy") {
			t.Errorf("the public reads %s, want what was approved", got)
		}
		if err := k.service.PublishStory(t.Context(), "editor", s.ID); !errors.Is(err, practice.ErrUnchecked) {
			t.Errorf("publishing other words: %v, want ErrUnchecked", err)
		}
		k.cleared(s)
		k.must(k.service.PublishStory(t.Context(), "editor", s.ID))
		if got := k.read(); !strings.Contains(got, "41 razy") {
			t.Errorf("the public reads %s, want the new words", got)
		}
		k.healthy()
	})
}

func TestTracesNeedAWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		s := k.fail(practice.Anonymous)
		s.Happened = i18n.Both("Kanarek na logo nie pomógł.")
		s = k.saved(s)
		c := practice.Clearance{Revision: s.Revision}
		if err := k.service.CheckStory(t.Context(), "second", s.ID, c); !errors.Is(err, practice.ErrTraces) {
			t.Errorf("CheckStory = %v, want ErrTraces", err)
		}
		c.Despite = true
		k.must(k.service.CheckStory(t.Context(), "second", s.ID, c))
	})
}

func TestTheTellerDecides(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(k *desk, s practice.Story) error
		want string // what the public may still read; nothing if empty
	}{
		{"withdraws", func(k *desk, s practice.Story) error {
			return k.service.WithdrawStory(k.t.Context(), s.Teller.Account, s.ID)
		}, ""},
		{"lets less out", func(k *desk, s practice.Story) error {
			return k.service.TightenStory(k.t.Context(), s.Teller.Account, s.ID, practice.Anonymous)
		}, ""},
		{"keeps it in the room", func(k *desk, s practice.Story) error {
			return k.service.TightenStory(k.t.Context(), s.Teller.Account, s.ID, practice.RoomOnly)
		}, ""},
		{"wishes for changes of what is published", func(k *desk, s practice.Story) error {
			return k.service.WishStory(k.t.Context(), s.Teller.Account, s.ID, "bez kwoty")
		}, "40 razy"},
		{"has it kept by the editors", func(k *desk, s practice.Story) error { return k.service.KeepStory(k.t.Context(), "editor", s.ID) }, ""},
		{"tells it in the room only after all, and the editors type it in", func(k *desk, s practice.Story) error {
			s, err := k.service.Story(k.t.Context(), s.ID)
			k.must(err)
			s.Level = practice.RoomOnly
			_, err = k.service.SaveStory(k.t.Context(), "editor", s)
			return err
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				k := open(t, d)
				s := k.cleared(k.saved(k.fail(practice.Named)))
				k.must(k.service.PublishStory(t.Context(), "editor", s.ID))
				if got := k.read(); !strings.Contains(got, "40 razy") || !strings.Contains(got, "Zenobia") {
					t.Fatalf("the public reads %s, want the story", got)
				}
				k.must(test.do(k, s))
				switch got := k.read(); {
				case test.want == "" && got != "null":
					t.Errorf("the public reads %s, want nothing", got)
				case !strings.Contains(got, test.want):
					t.Errorf("the public reads %s, want %q", got, test.want)
				}
				k.healthy()
			})
		})
	}
}

func TestWhatIsToldInTheRoomStaysThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		s := k.cleared(k.saved(k.fail(practice.RoomOnly)))
		if err := k.service.PublishStory(t.Context(), "editor", s.ID); !errors.Is(err, practice.ErrRoomOnly) {
			t.Errorf("PublishStory = %v, want ErrRoomOnly", err)
		}
		var promises int
		k.must(d.QueryRow(t.Context(), `SELECT COUNT(*) FROM outbox WHERE CAST(payload AS TEXT) LIKE '%Kanark%' OR CAST(payload AS TEXT) LIKE '%plikacj%'`).Scan(&promises))
		if got := k.read(); got != "null" || promises != 0 {
			t.Errorf("the public reads %s, and %d promises tell of it, want nothing", got, promises)
		}
		if err := k.service.TightenStory(t.Context(), s.Teller.Account, s.ID, practice.Named); !errors.Is(err, practice.ErrLooserLevel) {
			t.Errorf("loosened by the teller's page: %v, want ErrLooserLevel", err)
		}
		k.healthy()
	})
}

func TestAWithdrawnStoryCanComeBackForAWhileAndThenIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		s := k.cleared(k.saved(k.fail(practice.Named)))
		k.must(k.service.WithdrawStory(t.Context(), s.Teller.Account, s.ID))
		if _, err := k.service.SaveStory(t.Context(), "editor", s); !errors.Is(err, practice.ErrWithdrawn) {
			t.Errorf("an editor changes it: %v, want ErrWithdrawn", err)
		}
		k.must(k.service.ResumeStory(t.Context(), s.Teller.Account, s.ID))
		if err := k.service.PublishStory(t.Context(), "editor", s.ID); !errors.Is(err, practice.ErrUnchecked) {
			t.Errorf("published without another check: %v, want ErrUnchecked", err)
		}
		k.must(k.service.WithdrawStory(t.Context(), s.Teller.Account, s.ID))
		for _, test := range []struct {
			before time.Time
			held   []people.AccountID
			want   int64
		}{{k.at, nil, 0}, {k.at.Add(time.Hour), []people.AccountID{s.Teller.Account}, 0}, {k.at.Add(time.Hour), nil, 1}} {
			n, err := practice.SweepStories(t.Context(), d, test.before, test.held...)
			if err != nil || n != test.want {
				t.Errorf("SweepStories before %s = %d, %v, want %d", test.before, n, err, test.want)
			}
		}
		if _, err := k.service.Story(t.Context(), s.ID); !errors.Is(err, practice.ErrNoStory) {
			t.Errorf("Story = %v, want ErrNoStory", err)
		}
	})
}

func TestSomebodyReadsAndErasesWhatIsKeptOfThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		s := k.fail(practice.Named)
		s.Teller = practice.Teller{Email: p.Contact.Email, Name: "Ewa Przykładna"}
		s = k.cleared(k.saved(s))
		k.must(k.service.PublishStory(t.Context(), "editor", s.ID))
		who := people.Subject{Account: p.Contact.Account, Email: p.Contact.Email}
		got, err := practice.Collect(t.Context(), d, who)
		written, _ := json.Marshal(got)
		if err != nil || !strings.Contains(string(written), "ogrodniczka") || !strings.Contains(string(written), "40 razy") {
			t.Errorf("Collect = %s, %v, want the contact and the story", written, err)
		}
		k.public()
		k.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := practice.Erase(t.Context(), tx, who, k.at)
			return err
		}))
		if got := k.read(); got != "null" {
			t.Errorf("the public reads %s, want nothing of a story whose teller is erased", got)
		}
		shown, err := k.public().Practice("skwer")
		if err != nil || shown.HasContact {
			t.Errorf("the practice has a contact: %v, %v, want none", shown.HasContact, err)
		}
		if got, err := practice.Collect(t.Context(), d, who); err != nil || len(got.Rows) != 0 {
			t.Errorf("Collect afterwards = %v, %v, want nothing", got.Rows, err)
		}
		k.healthy()
	})
}
