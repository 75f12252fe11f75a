package practice_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/rights"
)

func TestValidate(t *testing.T) {
	k := &desk{edition: "e"}
	for _, test := range []struct {
		name   string
		change func(*practice.Practice)
		field  string
		key    string
	}{
		{"a whole practice", func(*practice.Practice) {}, "", ""},
		{"no title", func(p *practice.Practice) { p.Title = i18n.Text{} }, "title_pl", "practice.title_missing"},
		{"as many words as fit", func(p *practice.Practice) { p.Before = many(practice.BeforeWords) }, "", ""},
		{"a word too many", func(p *practice.Practice) { p.Before = many(practice.BeforeWords + 1) }, "before_pl", "practice.too_many_words"},
		{"a word too many in English only", func(p *practice.Practice) { p.Failed.EN = many(practice.FailedWords + 1).PL }, "failed_en", "practice.too_many_words"},
		{"marks of formatting are no words", func(p *practice.Practice) {
			p.Before = i18n.Text{PL: "- " + strings.ReplaceAll(many(practice.BeforeWords).PL, " ", "\n- ")}
		}, "", ""},
		{"a block without a name", func(p *practice.Practice) { p.Blocks[1].Name = i18n.Text{} }, "block_name_pl-1", "practice.name_missing"},
		{"a long block", func(p *practice.Practice) { p.Blocks[0].Watch = many(practice.PartWords + 1) }, "block_watch_pl-0", "practice.too_many_words"},
		{"an address that is a script", func(p *practice.Practice) {
			p.Links = []practice.Link{{Title: i18n.Both("Film"), URL: "javascript:alert(1)"}}
		}, "link_url-0", "people.url"},
		{"a picture that nobody describes", func(p *practice.Practice) { p.Pictures = []practice.Picture{{ID: "x"}} }, "picture_alt_pl-0", "practice.name_missing"},
		{"a month that is none", func(p *practice.Practice) { p.From = "2019-13" }, "from", "practice.period"},
		{"an end before the beginning", func(p *practice.Practice) { p.From, p.Until = "2019-05", "2019-04" }, "until", "practice.period_order"},
		{"a year and a month of it", func(p *practice.Practice) { p.From, p.Until = "2019", "2019-04" }, "", ""},
		{"a place at sea", func(p *practice.Practice) { p.Position = &practice.Position{Lat: 10, Lon: 19} }, "position", "practice.position"},
		{"a region that is none", func(p *practice.Practice) { p.Region = "03" }, "region", "practice.choose"},
		{"a licence that is none", func(p *practice.Practice) { p.Licence = "MINE" }, "licence", "practice.licence"},
		{"a contact without an address", func(p *practice.Practice) { p.Contact.Email = "ewa" }, "contact_email", "practice.email"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := k.whole()
			test.change(&p)
			err := p.Validate()
			var problems errs.Problems
			errors.As(err, &problems)
			if test.field == "" {
				if err != nil {
					t.Errorf("Validate = %v, want nothing", err)
				}
				return
			}
			if got := problems.Of(test.field); len(problems) != 1 || got == nil || got.Key != test.key {
				t.Errorf("Validate = %v, want %s: %s", err, test.field, test.key)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	k := &desk{edition: "e"}
	for _, test := range []struct {
		name   string
		change func(*practice.Practice)
		want   []string
	}{
		{"nothing", func(*practice.Practice) {}, nil},
		{"what did not work", func(p *practice.Practice) { p.Failed = i18n.Text{} }, []string{"failed"}},
		{"one language is enough", func(p *practice.Practice) { p.Failed = i18n.Text{EN: "Water."} }, nil},
		{"in the order of the form", func(p *practice.Practice) {
			p.Licence, p.Blocks, p.Summary, p.Contact = "", nil, i18n.Text{}, practice.Contact{}
		}, []string{"summary", "blocks", "licence", "contact_name", "contact_email"}},
		{"a functional area is no city", func(p *practice.Practice) { p.City, p.Size = i18n.Text{}, practice.Area }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := k.whole()
			test.change(&p)
			if diff := cmp.Diff(test.want, p.Missing()); diff != "" {
				t.Errorf("Missing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePosition(t *testing.T) {
	for _, test := range []struct {
		name, typed, want string
		fails             bool
	}{
		{"as maps write it", "50.2649, 19.0238", "50.2649, 19.0238", false},
		{"without a space", "50.26,19.02", "50.26, 19.02", false},
		{"one number", "50.26", "", true},
		{"words", "Katowice", "", true},
		{"not a number", "NaN, NaN", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := practice.ParsePosition(test.typed)
			if (err != nil) != test.fails {
				t.Fatalf("ParsePosition(%q) = %v, %v, want an error: %v", test.typed, got, err, test.fails)
			}
			if err == nil && got.String() != test.want {
				t.Errorf("ParsePosition(%q) = %s, want %s", test.typed, got, test.want)
			}
		})
	}
}

func TestAPracticeIsReadByThePublicOncePublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p, err := k.service.Save(t.Context(), "editor", k.whole())
		k.must(err)
		if n := len(k.public().Practices); n != 0 {
			t.Errorf("the public reads %d practices, want none before the first is published", n)
		}
		p, err = k.service.Publish(t.Context(), "editor", p.ID, p.Revision)
		k.must(err)
		p.Title = i18n.Both("Inny tytuł")
		p, err = k.service.Save(t.Context(), "editor", p)
		k.must(err)
		shown, err := k.public().Practice("skwer")
		k.must(err)
		if shown.Title.PL != "Skwer zamiast parkingu" {
			t.Errorf("the public reads %q, want the release and not what is being typed", shown.Title.PL)
		}
		if _, err = k.service.Publish(t.Context(), "editor", p.ID, p.Revision); err != nil {
			t.Fatal(err)
		}
		if shown, err = k.public().Practice("skwer"); err != nil || shown.Title.PL != "Inny tytuł" || shown.Number != 2 {
			t.Errorf("the public reads %q, release %d, %v, want the second", shown.Title.PL, shown.Number, err)
		}
		k.healthy()
	})
}

func TestWhatLacksSomethingIsNotPublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		half := k.whole()
		half.Failed, half.Contact = i18n.Text{}, practice.Contact{}
		p, err := k.service.Save(t.Context(), "editor", half)
		k.must(err)
		_, err = k.service.Publish(t.Context(), "editor", p.ID, p.Revision)
		var problems errs.Problems
		if !errors.As(err, &problems) || problems.Of("failed") == nil || problems.Of("contact_email") == nil {
			t.Errorf("Publish = %v, want what is missing", err)
		}
		if n := len(k.public().Practices); n != 0 {
			t.Errorf("the public reads %d practices, want none", n)
		}
	})
}

func TestTwoEditors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		mine, theirs := p, p
		_, err := k.service.Save(t.Context(), "editor", mine)
		k.must(err)
		if _, err := k.service.Save(t.Context(), "other", theirs); !errors.Is(err, practice.ErrChanged) {
			t.Errorf("the slower editor: %v, want ErrChanged", err)
		}
		if _, err := k.service.Publish(t.Context(), "other", p.ID, p.Revision); !errors.Is(err, practice.ErrChanged) {
			t.Errorf("publishing what somebody has changed since: %v, want ErrChanged", err)
		}
		second := k.whole()
		var problems errs.Problems
		if _, err := k.service.Save(t.Context(), "editor", second); !errors.As(err, &problems) || problems.Of("slug") == nil {
			t.Errorf("a second practice at the same address: %v, want a problem of the address", err)
		}
	})
}

func TestACheckIsDueAfterTwoYears(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		k.at = noon.AddDate(0, 24, 0).Add(-time.Second)
		n, err := k.service.RemindDue(t.Context())
		k.must(err)
		if p.Due(k.at) || n != 0 {
			t.Errorf("a second before 24 months: due %v, %d reminders, want none", p.Due(k.at), n)
		}
		k.at = noon.AddDate(0, 24, 0)
		for range 2 {
			_, err = k.service.RemindDue(t.Context())
			k.must(err)
		}
		if !p.Due(k.at) || k.promised("practice.due") != 1 {
			t.Errorf("after 24 months: due %v, %d reminders, want one", p.Due(k.at), k.promised("practice.due"))
		}
		k.at = k.at.Add(31 * 24 * time.Hour)
		_, err = k.service.RemindDue(t.Context())
		k.must(err)
		if got := k.promised("practice.due"); got != 2 {
			t.Errorf("a month later there are %d reminders, want a second", got)
		}
		k.must(k.service.Confirm(t.Context(), "editor", p.ID, "telefon do urzędu"))
		shown, err := k.public().Practice("skwer")
		k.must(err)
		if want := k.at.AddDate(0, 24, 0); !shown.CheckAt.Equal(want) || shown.Due(k.at) {
			t.Errorf("after it was confirmed the next check is %s, want %s", shown.CheckAt, want)
		}
	})
}

func TestAnArchivedPracticeComesBackAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		k.must(k.service.Archive(t.Context(), "editor", p.ID, "skwer zabudowano"))
		if _, err := k.public().Practice("skwer"); !errors.Is(err, practice.ErrNone) {
			t.Errorf("an archived practice: %v, want ErrNone", err)
		}
		if err := k.service.Archive(t.Context(), "editor", p.ID, ""); !errors.Is(err, practice.ErrChanged) {
			t.Errorf("archiving it twice: %v, want ErrChanged", err)
		}
		k.must(k.service.Restore(t.Context(), "editor", p.ID, "pomyłka"))
		if _, err := k.public().Practice("skwer"); err != nil {
			t.Errorf("a restored practice: %v, want it", err)
		}
		steps, err := k.service.Steps(t.Context(), string(p.ID))
		k.must(err)
		var got []practice.Action
		for _, s := range steps {
			got = append(got, s.What)
		}
		if want := []practice.Action{practice.Saved, practice.Released, practice.Shelved, practice.Restored}; !slices.Equal(got, want) || steps[2].Reason != "skwer zabudowano" {
			t.Errorf("steps = %v, want %v with the reason", got, want)
		}
		k.healthy()
	})
}

func TestOnlyEditorsChangeTheCatalogue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		k.service.Guard = func(_ context.Context, _ db.Querier, _ people.AccountID, a rights.Action, _ []rights.Node) error {
			return rights.ErrRole.With(string(a))
		}
		_, saved := k.service.Save(t.Context(), "nobody", p)
		_, published := k.service.Publish(t.Context(), "nobody", p.ID, p.Revision)
		for what, err := range map[string]error{
			"Save": saved, "Publish": published, "Archive": k.service.Archive(t.Context(), "nobody", p.ID, ""), "Confirm": k.service.Confirm(t.Context(), "nobody", p.ID, ""),
		} {
			if !errors.Is(err, rights.ErrRole) {
				t.Errorf("%s by nobody in particular = %v, want ErrRole", what, err)
			}
		}
	})
}

func TestThePublicNeverReadsTheContactFromTheShelf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		shown, err := k.public().Practice("skwer")
		k.must(err)
		if !shown.HasContact {
			t.Error("the shelf does not know that there is a contact")
		}
		who, err := k.service.Contact(t.Context(), p.ID)
		if err != nil || who.Name != "Ewa Przykładna" || who.Email != "ewa@przykladowa.example" {
			t.Errorf("Contact = %+v, %v, want Ewa", who, err)
		}
		k.must(k.service.Archive(t.Context(), "editor", p.ID, ""))
		if _, err := k.service.Contact(t.Context(), p.ID); !errors.Is(err, practice.ErrNone) {
			t.Errorf("the contact of an archived practice: %v, want ErrNone", err)
		}
	})
}

func TestPictures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		p := k.publish()
		bytes := practice.Image{Type: "image/png", Bytes: []byte("png")}
		if _, err := k.service.AddPicture(t.Context(), "editor", p.ID, bytes, practice.Picture{}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a picture that nobody describes: %v, want a problem", err)
		}
		p, err := k.service.AddPicture(t.Context(), "editor", p.ID, bytes, practice.Picture{Alt: i18n.Both("Skwer z trawą")})
		k.must(err)
		picture := p.Pictures[0].ID
		if _, err := k.public().Picture(picture); !errors.Is(err, practice.ErrNoPicture) {
			t.Errorf("a picture before the next release: %v, want ErrNoPicture", err)
		}
		p, err = k.service.Publish(t.Context(), "editor", p.ID, p.Revision)
		k.must(err)
		if _, err := k.public().Picture(picture); err != nil {
			t.Errorf("a published picture: %v, want it", err)
		}
		if one, err := k.service.Image(t.Context(), picture); err != nil || string(one.Bytes) != "png" || one.Practice != p.ID {
			t.Errorf("Image = %+v, %v, want what was sent", one, err)
		}
		p, err = k.service.RemovePicture(t.Context(), "editor", p.ID, picture)
		if err != nil || len(p.Pictures) != 0 {
			t.Errorf("RemovePicture leaves %v, %v, want none", p.Pictures, err)
		}
		k.healthy()
	})
}

func TestSearchFindsPolishWordsInAnyForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.publish()
		for _, query := range []string{"skwerów", "asfaltu", "studnia", "przykladowa", "rozbiorka"} {
			hits := k.public().Search(i18n.Polish, practice.FoundPractice).Find(query, 5)
			if len(hits) != 1 || hits[0].ID != "skwer" {
				t.Errorf("Find(%q) = %v, want the practice", query, hits)
			}
		}
	})
}
