package notify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	netmail "net/mail"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/campaign"
	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// congress is an edition with a block and a partner's workspace, and the worker that writes its letters.
type congress struct {
	*notify.Letters
	t       testing.TB
	db      *db.DB
	worker  *outbox.Worker
	edition edition.ID
	block   programme.BlockID
	space   rights.WorkspaceID
	rights  *rights.Service
}

func newCongress(t testing.TB, d *db.DB) *congress {
	t.Helper()
	now := func() time.Time { return noon }
	words, err := i18n.Load(notify.Locale, rights.Locale, partner.Locale, edition.Locale, campaign.Locale)
	c := &congress{t: t, db: d, rights: rights.NewService(d, now)}
	c.must(err)
	c.Letters = &notify.Letters{DB: d, Now: now, Words: words, Address: func(lang i18n.Lang, route string, args ...any) (string, error) {
		path := "/" + string(lang) + "/" + route
		for _, arg := range args {
			path += fmt.Sprintf("/%v", arg)
		}
		return path, nil
	}}
	c.worker = &outbox.Worker{DB: d, Now: now, Handlers: c.Handlers(), Lanes: []outbox.Lane{outbox.Except(mail.Events...)}}
	ctx := t.Context()
	e, err := edition.NewService(d, now).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2027", Name: i18n.Text{PL: "Kongres", EN: "Congress"}, StartsOn: "2027-06-07", EndsOn: "2027-06-08", TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	c.must(err)
	c.edition = e.ID
	b, err := programme.NewService(d, now).SaveBlock(ctx, "desk", programme.Block{
		Edition: e.ID, Slug: "gzm", Kind: programme.General, Mark: "M", Colour: 1, Name: i18n.Text{PL: "Pytanie metropolitalne", EN: "Metropolitan question"},
	})
	c.must(err)
	w, err := c.rights.SaveSpace(ctx, "desk", rights.Space{Edition: e.ID, Kind: rights.Event, Slug: "gzm", Name: i18n.Both("Metropolia"), Block: b.ID})
	c.must(err)
	c.block, c.space = b.ID, w.ID
	_, err = c.rights.Appoint(ctx, people.Account{Email: "host@example.org", Name: "Gospodyni"}, rights.Organiser, rights.OfCongress(e.ID), e.ID)
	c.must(err)
	return c
}

func (c *congress) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *congress) account(email string, lang i18n.Lang) people.Account {
	c.t.Helper()
	var a people.Account
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(c.t.Context(), tx, people.Account{Email: email, Name: "Ewa Żółć", Lang: lang, CreatedAt: noon})
		return err
	}))
	return a
}

func (c *congress) host() rights.Standing {
	c.t.Helper()
	a, err := people.AccountOf(c.t.Context(), c.db, "host@example.org")
	c.must(err)
	s, err := c.rights.Standing(c.t.Context(), a.ID)
	c.must(err)
	return s
}

// letters has everything written that is due and returns what came since it was called last, the oldest first.
func (c *congress) letters() []mail.Kept {
	c.t.Helper()
	for {
		n, err := c.worker.Once(c.t.Context())
		c.must(err)
		if n == 0 {
			break
		}
	}
	dead, err := outbox.Dead(c.t.Context(), c.db)
	if err != nil || len(dead) > 0 {
		c.t.Errorf("promises that were given up: %v, %v", dead, err)
	}
	all, err := mail.NewService(c.db, c.Now).Letters(c.t.Context(), mail.Filter{})
	c.must(err)
	slices.Reverse(all)
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		for _, l := range all {
			if _, err := mail.Erase(c.t.Context(), tx, mail.Owner{Email: l.To}); err != nil {
				return err
			}
		}
		return nil
	}))
	return all
}

// said is a letter as one text.
func said(l mail.Kept) string {
	all := []string{l.To, string(l.Lang), l.Subject}
	for _, p := range l.Body.Paragraphs {
		all = append(all, p.Text)
		if p.Quote != "" {
			all = append(all, "> "+p.Quote)
		}
		if p.Button != nil {
			all = append(all, "["+p.Button.Label+"] "+p.Button.Address)
		}
	}
	return strings.Join(append(all, l.Body.Why), "\n")
}

// hears fails the test unless the letters say the words, one list for each letter.
func (c *congress) hears(what string, want ...[]string) {
	c.t.Helper()
	got := c.letters()
	if len(got) != len(want) {
		c.t.Errorf("%s: %d letters, want %d", what, len(got), len(want))
		return
	}
	for i, words := range want {
		for _, word := range words {
			if !strings.Contains(said(got[i]), word) {
				c.t.Errorf("%s: the letter does not say %q:\n%s", what, word, said(got[i]))
			}
		}
		if strings.ContainsAny(said(got[i]), "{}") || strings.Contains(said(got[i]), "notify.") {
			c.t.Errorf("%s: the letter is not filled in:\n%s", what, said(got[i]))
		}
	}
}

func TestWhoIsGivenARoleLearnsWhatItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		give := func(o rights.Order) rights.Grant {
			o.By, o.Edition, o.Node = c.host(), c.edition, rights.OfBlock(c.block)
			g, err := c.rights.Give(ctx, o)
			c.must(err)
			return g
		}
		c.account("ada@example.org", i18n.English)
		give(rights.Order{Email: "ewa@example.org", Name: "Ewa Żółć", Lang: i18n.Polish, Role: rights.Coordinator, Until: time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)})
		give(rights.Order{Email: "ada@example.org", Role: rights.Moderator})
		c.hears("two roles",
			[]string{"ewa@example.org", "Nowa rola: koordynator", "Dzień dobry, Ewa Żółć!", "Pytanie metropolitalne", "układać sesje", "30 czerwca 2027", "Gospodyni", "/pl/mine.start", "podaj na stronie logowania"},
			[]string{"ada@example.org", "en", "New role: moderator", "Metropolitan question", "until: it is taken back", "/en/mine.start"})
		gone := give(rights.Order{Email: "ola@example.org", Role: rights.Moderator})
		c.must(c.rights.Revoke(ctx, c.host(), gone.ID))
		c.hears("a role that was taken back at once")

		office, err := people.NewService(d, c.Now).SaveInstitution(ctx, "desk", people.Institution{Slug: "gzm", Name: i18n.Both("GZM"), Sector: people.LocalGovernment})
		c.must(err)
		c.must(d.Tx(ctx, func(tx *db.Tx) error {
			a, err := people.AccountOf(ctx, tx, "ada@example.org")
			if err != nil {
				return err
			}
			return people.AddMember(ctx, tx, people.Member{Account: a.ID, Institution: office.ID, GrantedBy: "desk", GrantedAt: noon})
		}))
		give(rights.Order{Institution: office.ID, Role: rights.CheckIn})
		c.hears("a role of an institution", []string{"ada@example.org", "check-in"})
	})
}

func TestTakingPartIsConfirmedChangedAndCancelled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		who := c.account("ewa@example.org", i18n.Polish)
		clause, err := consent.NewService(d, c.Now).SaveClause(ctx, "desk", consent.Clause{
			Edition: c.edition, Place: consent.AtRegistration, Kind: consent.Information, Title: i18n.Text{PL: "Informacja"}, Body: i18n.Text{PL: "Dane."},
		})
		c.must(err)
		desk := registration.NewService(d, c.Now)
		_, err = desk.SaveSettings(ctx, "desk", registration.Settings{Edition: c.edition, OpensAt: noon})
		c.must(err)
		entry := registration.Entry{Form: edition.Online, Badge: "Ewa", Told: []consent.Answer{{Clause: clause.ID, Version: 1}}}
		p, err := desk.Register(ctx, who.ID, c.edition, entry)
		c.must(err)
		c.hears("registered", []string{"Udział potwierdzony: Kongres", "7–8 czerwca 2027", "online", "/pl/registration/kpm-2027"})
		entry.Form, entry.Revision = edition.OnSite, p.Revision
		_, err = desk.Change(ctx, who.ID, c.edition, entry)
		c.must(err)
		c.hears("changed", []string{"Zmieniono dane udziału: Kongres", "na miejscu"})
		c.must(desk.Cancel(ctx, who.ID, c.edition))
		c.hears("cancelled", []string{"Rezygnacja z udziału: Kongres"})
	})
}

func TestPartnersAndTheHostHearOfEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		by := c.account("partner@example.org", i18n.English).ID
		desk := partner.NewService(d, c.Now, timetable.NewService(d, c.Now))
		r, err := desk.File(ctx, by, partner.Request{Workspace: c.space, Kind: partner.ForOther, Words: "Prosimy o mównicę.\nhttps://evil.example"})
		c.must(err)
		c.hears("a request", []string{"host@example.org", "Prośba partnera: Metropolia", "inna sprawa", "> Prosimy o mównicę.", "/pl/desk.request/kpm-2027/gzm/" + string(r.ID)})
		c.must(desk.Decide(ctx, "desk", r.ID, partner.Verdict{State: partner.Declined, Reason: "Nie ma mównic."}))
		c.hears("an answer", []string{"partner@example.org", "Request declined", "> Nie ma mównic.", "/en/desk.workspace/kpm-2027/gzm"})
		c.must(desk.AskPlacement(ctx, by, c.space))
		c.hears("a placement is asked for", []string{"host@example.org", "Metropolia: prośba o miejsce", "/pl/desk.placement/kpm-2027/gzm"})
		c.must(desk.Place(ctx, "desk", c.space, partner.Verdict{State: partner.Accepted}))
		c.hears("a placement", []string{"partner@example.org", "Place in the main programme: request accepted"})
		c.must(d.Tx(ctx, func(tx *db.Tx) error {
			return outbox.Add(ctx, tx, noon, partner.Published{Edition: c.edition, Workspace: c.space, Release: "r"})
		}))
		c.hears("a publication", []string{"host@example.org", "Metropolia: ogłoszone zmiany"})
	})
}

func TestOffersCasesAndReminders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		register := people.NewService(d, c.Now)
		p, err := register.SavePerson(ctx, "desk", people.Person{Slug: "jan", Name: "Jan Mówca"})
		c.must(err)
		_, err = register.OfferClaim(ctx, "desk", p.ID, "jan@example.org")
		c.must(err)
		all := c.letters()
		if len(all) != 1 || !all[0].Secret || all[0].Expires.IsZero() || !strings.Contains(said(all[0]), "Jan Mówca") {
			t.Fatalf("an offer: %v, want one secret letter to the person", all)
		}
		link := regexp.MustCompile(`/pl/claim/(\S+)`).FindStringSubmatch(said(all[0]))
		if link == nil {
			t.Fatalf("the offer has no link: %s", said(all[0]))
		}
		if _, err := register.Claim(ctx, c.account("jan@example.org", i18n.Polish).ID, link[1]); err != nil {
			t.Errorf("the link of the offer: %v", err)
		}
		_, err = c.rights.Appoint(ctx, people.Account{Email: "iod@example.org", Name: "Iga"}, rights.Protection, rights.Whole, "")
		c.must(err)
		one := notify.Case{ID: "7", Account: c.account("ewa@example.org", i18n.Polish).ID, Edition: c.edition, Due: noon.AddDate(0, 1, 0)}
		c.must(c.CaseOpened(ctx, one))
		c.must(c.CaseOpened(ctx, one)) // told twice, written once
		c.hears("a case", []string{"ewa@example.org", "1 lipca 2026", "/pl/mine.data"}, []string{"iod@example.org", "termin: 1 lipca 2026", "/pl/desk.cases/kpm-2027"})
		c.must(d.Tx(ctx, func(tx *db.Tx) error {
			return outbox.Add(ctx, tx, noon, edition.AccessibilityDue{Edition: c.edition, Year: 2027})
		}))
		c.hears("a reminder", []string{"host@example.org", "przegląd do 31 marca 2027", "/pl/desk.statement/kpm-2027"})
	})
}

func TestOrganisersWriteALetterInTheirOwnWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		templates := &notify.Templates{DB: d, Now: c.Now, Words: c.Words}
		own := notify.Template{
			Edition: c.edition, Kind: "rights.granted", Subject: i18n.Text{PL: "Witamy w zespole: {role}"}, Words: i18n.Text{PL: "{name}, działasz tu: {where}.\n\n{link}"},
		}
		first, err := templates.Save(ctx, "desk", own)
		c.must(err)
		if _, err := templates.Save(ctx, "desk", own); !errors.Is(err, notify.ErrChanged) {
			t.Errorf("Save over a newer template = %v, want ErrChanged", err)
		}
		c.account("ada@example.org", i18n.English)
		give := func(email string, role rights.Role) {
			_, err := c.rights.Give(ctx, rights.Order{By: c.host(), Email: email, Name: "Ewa", Role: role, Node: rights.OfBlock(c.block), Edition: c.edition})
			c.must(err)
		}
		give("ewa@example.org", rights.Moderator)
		give("ada@example.org", rights.Moderator)
		c.hears("in their own words, and in the house's where they have none",
			[]string{"Witamy w zespole: moderator\nEwa, działasz tu: Pytanie metropolitalne.\n\n[Przejdź do swojej pracy] /pl/mine.start\n"}, []string{"New role: moderator"})
		first.Words.EN, first.Subject.EN = "Welcome, {name}.", "Welcome"
		second, err := templates.Save(ctx, "desk", first)
		c.must(err)
		give("ada@example.org", rights.CheckIn)
		c.hears("in English as well", []string{"en\nWelcome\nWelcome, Ewa Żółć."})
		c.must(templates.Reset(ctx, "desk", second))
		give("ewa@example.org", rights.CheckIn)
		c.hears("back to the house's words", []string{"Nowa rola: recepcja"})
		versions, err := templates.Versions(ctx, c.edition, "rights.granted")
		if err != nil || len(versions) != 3 || versions[2].Words.PL != own.Words.PL {
			t.Errorf("Versions = %v, %v, want three, the first one last", versions, err)
		}
		if faults, err := notify.CheckTemplates(ctx, d); err != nil || len(faults) != 0 {
			t.Errorf("CheckTemplates = %v, %v", faults, err)
		}
		if _, err := d.Exec(ctx, `UPDATE letter_template SET words = '{"pl":"{{x}}"}' WHERE revision = 1`); err != nil {
			t.Fatal(err)
		}
		if faults, err := notify.CheckTemplates(ctx, d); err != nil || len(faults) != 1 {
			t.Errorf("CheckTemplates of a broken one = %v, %v, want one fault", faults, err)
		}
	})
}

func TestBadTemplatesAreRefusedByLine(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	c := newCongress(t, d)
	templates := &notify.Templates{DB: d, Now: c.Now, Words: c.Words}
	for name, test := range map[string]struct{ words, en, field, key string }{
		"a word of another kind":    {"Dzień dobry!\n\n{workspace}", "", "words_pl", "campaign.brace.unknown"},
		"a template engine's words": {"{{ .Name }}", "", "words_pl", "campaign.brace.doubled"},
		"an open bracket":           {"{name", "", "words_pl", "campaign.brace.unclosed"},
		"nothing":                   {" ", "", "words_pl", "campaign.missing"},
		"half of English":           {"Tak", "Yes", "words_en", "notify.both_or_none"},
		"a hundred kilobytes":       {strings.Repeat("a", 100<<10), "", "words_pl", "people.too_long"},
	} {
		_, err := templates.Save(t.Context(), "desk", notify.Template{
			Edition: c.edition, Kind: "rights.granted", Subject: i18n.Text{PL: "Temat"}, Words: i18n.Text{PL: test.words, EN: test.en},
		})
		var wrong errs.Problems
		if !errors.As(err, &wrong) || wrong.Of(test.field) == nil || wrong.Of(test.field).Key != test.key {
			t.Errorf("%s: Save = %v, want %s of %s", name, err, test.key, test.field)
		}
	}
	for _, kind := range []string{"signin.link", "people.claim_offered", ""} {
		if _, err := templates.Save(t.Context(), "desk", notify.Template{Edition: c.edition, Kind: kind}); !errors.Is(err, notify.ErrNoKind) {
			t.Errorf("Save of the letter %q = %v, want ErrNoKind: nobody writes it anew", kind, err)
		}
	}
}

func TestTheHousesOwnWordsAreGoodTemplates(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	templates := &notify.Templates{DB: c.db, Now: c.Now, Words: c.Words}
	for _, k := range notify.Kinds {
		house := templates.House(k)
		one := notify.Template{Edition: c.edition, Kind: k.Name, Subject: house.Subject, Words: house.Words}
		if err := one.Validate(); err != nil {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
}

// autolink is what mail programs make links of by themselves.
var autolink = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s\x{200B}>]|\bwww\.[a-z0-9]|[^\s@<>]@[a-z0-9]|[a-z\d-]+\.(?:example|live|pl)\b`)

var href = regexp.MustCompile(` (?:href|src|on[a-z]+)="([^"]*)"`)

func TestHostileWordsInEverySlotOfEveryTemplate(t *testing.T) {
	var hostile []string
	text, err := os.ReadFile("../campaign/testdata/hostile.json")
	if err == nil {
		err = json.Unmarshal(text, &hostile)
	}
	if err != nil || len(hostile) < 40 {
		t.Fatalf("%d hostile names, %v, want at least 40", len(hostile), err)
	}
	c := newCongress(t, dbtest.New(t, db.SQLite))
	templates := &notify.Templates{DB: c.db, Now: c.Now, Words: c.Words}
	house := mail.Settings{BaseURL: "https://kongres.example.org", From: netmail.Address{Address: "kongres@example.org"}}
	for _, k := range notify.Kinds {
		every := notify.Template{Kind: k.Name, Subject: i18n.Both("S"), Words: i18n.Text{}}
		for _, slot := range k.Slots { // every word there is, in subject and text
			every.Words.PL += slot.Written() + "\n"
			if slot.Kind == campaign.Short {
				every.Subject.PL += slot.Written()
			}
		}
		every.Subject.EN, every.Words.EN = every.Subject.PL, every.Words.PL
		for _, tmpl := range []notify.Template{{Kind: k.Name}, every} {
			for _, lang := range i18n.Langs {
				headers := 0
				for n, name := range append([]string{"Ewa"}, hostile...) {
					l, err := templates.Try(tmpl, notify.Sample{Name: name, Lang: lang, Everywhere: name})
					c.must(err)
					l.ID = "01a2063d-32bd-7000-8000-000000000001"
					raw, err := house.Source(mail.Kept{Letter: l})
					c.must(err)
					m, err := netmail.ReadMessage(bytes.NewReader(raw))
					c.must(err)
					if got := len(http.Header(m.Header)); n > 0 && got != headers {
						t.Errorf("%s to %.30q: %d headers, want %d", k.Name, name, got, headers)
					} else if n == 0 {
						headers = got
					}
					page, err := house.HTML(l)
					c.must(err)
					for _, link := range href.FindAllStringSubmatch(page, -1) {
						if !strings.HasPrefix(link[1], house.BaseURL+"/") {
							t.Errorf("%s to %.30q: a link leads to %q", k.Name, name, link[1])
						}
					}
					plain, err := house.Plain(l)
					c.must(err)
					if found := autolink.FindString(strings.ReplaceAll(plain, house.BaseURL, "")); found != "" {
						t.Errorf("%s to %.30q: the plain part reads as a link at %q", k.Name, name, found)
					}
				}
			}
		}
	}
}

func TestTryingATemplateShowsWhatItsWordsMean(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	templates := &notify.Templates{DB: c.db, Now: c.Now, Words: c.Words}
	l, err := templates.Try(notify.Template{Kind: "registration.cancelled"}, notify.Sample{Name: "Ewa", Lang: i18n.English})
	c.must(err)
	if diff := cmp.Diff("Registration cancelled: name of the edition", l.Subject); diff != "" {
		t.Errorf("the subject (-want +got):\n%s", diff)
	}
}
