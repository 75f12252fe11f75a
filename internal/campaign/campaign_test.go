package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/rights"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC)

// congress has two blocks with a partner, a session and a speaker each, and people who take part.
type congress struct {
	*campaign.Service
	t        *testing.T
	db       *db.DB
	at       time.Time
	edition  edition.ID
	blocks   map[string]programme.BlockID
	sessions map[string]programme.SessionID
	spaces   map[string]rights.WorkspaceID
}

func newCongress(t *testing.T, d *db.DB) *congress {
	t.Helper()
	c := &congress{
		t: t, db: d, at: noon, blocks: map[string]programme.BlockID{}, sessions: map[string]programme.SessionID{}, spaces: map[string]rights.WorkspaceID{},
	}
	words, err := i18n.Load(campaign.Locale)
	c.must(err)
	now := func() time.Time { return c.at }
	c.Service = &campaign.Service{DB: d, Now: now, Words: words, Address: func(lang i18n.Lang, route string, args ...any) (string, error) {
		return fmt.Sprintf("/%s/%s/%v", lang, route, args[0]), nil
	}}
	ctx := t.Context()
	e, err := edition.NewService(d, now).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	c.must(err)
	c.edition = e.ID
	content := programme.NewService(d, now)
	for n, name := range []string{"zielen", "ruch"} {
		b, err := content.SaveBlock(ctx, "desk", programme.Block{
			Edition: e.ID, Slug: name, Kind: programme.General, Mark: name[:1], Colour: n + 1, Name: i18n.Both(name),
		})
		c.must(err)
		w, err := rights.NewService(d, now).SaveSpace(ctx, "desk", rights.Space{Edition: e.ID, Kind: rights.Event, Slug: name, Name: i18n.Both(name), Block: b.ID})
		c.must(err)
		c.blocks[name], c.spaces[name] = b.ID, w.ID
		s, err := content.SaveSession(ctx, "desk", programme.Session{
			Edition: e.ID, Slug: name, Block: b.ID, Title: i18n.Both(name), Format: programme.Panel, Form: edition.OnSite, Status: programme.Ready,
			People: []programme.Appearance{
				{Person: c.speaker("prelegent-" + name), Role: programme.Speaker},
				{Person: c.person("bez-konta-" + name), Role: programme.Speaker},
				{Person: c.speaker("moderator-" + name), Role: programme.Moderator},
			},
		})
		c.must(err)
		c.sessions[name] = s.ID
		c.appoint("partner-"+name, rights.Partner, rights.OfWorkspace(w.ID))
	}
	c.appoint("organizator", rights.Organiser, rights.OfCongress(e.ID))
	c.appoint("rada", rights.Council, rights.OfCongress(e.ID))
	return c
}

func (c *congress) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *congress) account(name string) people.Account {
	c.t.Helper()
	var a people.Account
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(c.t.Context(), tx, people.Account{Email: name + "@example.org", Name: "Osoba " + name, CreatedAt: noon.Add(-time.Hour)})
		return err
	}))
	return a
}

func (c *congress) person(slug string) people.PersonID {
	c.t.Helper()
	p, err := people.NewService(c.db, c.Now).SavePerson(c.t.Context(), "desk", people.Person{Slug: slug, Name: "Osoba " + slug})
	c.must(err)
	return p.ID
}

// speaker is a person who has an account.
func (c *congress) speaker(slug string) people.PersonID {
	c.t.Helper()
	person := c.person(slug)
	_, err := c.db.Exec(c.t.Context(), `UPDATE account SET person_id = $1 WHERE id = $2`, person, c.account(slug).ID)
	c.must(err)
	return person
}

func (c *congress) appoint(name string, role rights.Role, at rights.Node) {
	c.t.Helper()
	account := c.account(name)
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		return rights.Write(c.t.Context(), tx, rights.Grant{
			Account: account.ID, Role: role, Node: at, Edition: c.edition, From: account.CreatedAt, GrantedAt: account.CreatedAt,
		})
	}))
}

// as is what the account called name is.
func (c *congress) as(name string) rights.Standing {
	c.t.Helper()
	s, err := rights.Load(c.t.Context(), c.db, c.account(name).ID, c.at)
	c.must(err)
	return s
}

func (c *congress) registers(names ...string) {
	c.t.Helper()
	desk := registration.NewService(c.db, c.Now)
	clauses := consent.NewService(c.db, c.Now)
	if s, err := desk.Settings(c.t.Context(), c.edition); err != nil || s.Revision == 0 {
		_, err := clauses.SaveClause(c.t.Context(), "desk", consent.Clause{
			Edition: c.edition, Place: consent.AtRegistration, Kind: consent.Information, Title: i18n.Text{PL: "Informacja"}, Body: i18n.Text{PL: "Dane."},
		})
		c.must(err)
		_, err = desk.SaveSettings(c.t.Context(), "desk", registration.Settings{Edition: c.edition, OpensAt: noon.Add(-time.Hour)})
		c.must(err)
	}
	all, err := clauses.Clauses(c.t.Context(), c.edition)
	c.must(err)
	var told []consent.Answer
	for _, one := range consent.Shown(all, consent.AtRegistration, consent.Information) {
		told = append(told, consent.Answer{Clause: one.ID, Version: one.Version})
	}
	for _, name := range names {
		_, err := desk.Register(c.t.Context(), c.account(name).ID, c.edition, registration.Entry{Form: edition.OnSite, Badge: name, Sector: people.Science, Told: told})
		c.must(err)
	}
}

// draft is a good letter on behalf of the congress to everybody who appears.
func (c *congress) draft() campaign.Campaign {
	return campaign.Campaign{
		Edition: c.edition, Node: rights.OfCongress(c.edition), Kind: campaign.Organisational, Reason: "Występujesz w programie.",
		Subject: i18n.Text{PL: "Przed kongresem: {edition}"}, Words: i18n.Text{PL: "Dzień dobry, {name}!\n\nDo zobaczenia.\n\n{link}"},
		Label: i18n.Text{PL: "Program"}, Link: i18n.Text{PL: "/pl/kpm-2021/program"},
		Audience: campaign.Audience{Appearing: []rights.Node{rights.OfCongress(c.edition)}},
	}
}

func (c *congress) save(by string, one campaign.Campaign) campaign.Campaign {
	c.t.Helper()
	saved, err := c.Save(c.t.Context(), c.as(by), one)
	c.must(err)
	return saved
}

// deliver handles what was promised until nothing is left, as the worker does.
func (c *congress) deliver() {
	c.t.Helper()
	for {
		entries, err := outbox.Claim(c.t.Context(), c.db, c.at, time.Minute, 100)
		c.must(err)
		if len(entries) == 0 {
			return
		}
		for _, e := range entries {
			if e.Kind == (campaign.Due{}).Kind() {
				c.must(c.Continue(c.t.Context(), e))
			}
			c.must(outbox.Done(c.t.Context(), c.db, c.at, e.ID))
		}
	}
}

// written lists to whom letters of the campaign went.
func (c *congress) written(of campaign.Campaign) (names []string) {
	c.t.Helper()
	all, err := mail.NewService(c.db, c.Now).Letters(c.t.Context(), mail.Filter{Kind: of.LetterKind(), Limit: 5000})
	c.must(err)
	for _, l := range all {
		name, _, _ := strings.Cut(l.To, "@")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// send has an organiser prepare and send one.
func (c *congress) send(one campaign.Campaign) {
	c.t.Helper()
	ready, err := c.Prepare(c.t.Context(), c.as("organizator"), one.ID)
	c.must(err)
	c.must(c.Send(c.t.Context(), one.ID, campaign.Order{By: c.as("organizator"), Typed: ready.Recipients}))
	c.deliver()
}

func TestAudiences(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		c.registers("uczestniczka", "uczestnik", "prelegent-ruch")
		whole, green := rights.OfCongress(c.edition), rights.OfBlock(c.blocks["zielen"])
		space := rights.OfWorkspace(c.spaces["zielen"])
		everybody := campaign.Audience{
			Appearing: []rights.Node{whole, green, rights.OfBlock(c.blocks["ruch"]), rights.OfSession(c.sessions["ruch"])},
			Roles:     []rights.Role{rights.Organiser, rights.Partner, rights.Council}, Teams: []rights.WorkspaceID{c.spaces["ruch"], c.spaces["zielen"]},
		}
		for name, test := range map[string]struct {
			by   string
			node rights.Node
			a    campaign.Audience
			want []string
		}{
			"who appears anywhere":           {"organizator", whole, campaign.Audience{Appearing: []rights.Node{whole}}, []string{"moderator-ruch", "moderator-zielen", "prelegent-ruch", "prelegent-zielen"}},
			"who appears in a block":         {"organizator", whole, campaign.Audience{Appearing: []rights.Node{green}}, []string{"moderator-zielen", "prelegent-zielen"}},
			"who appears in a workspace":     {"organizator", whole, campaign.Audience{Appearing: []rights.Node{space}}, []string{"moderator-zielen", "prelegent-zielen"}},
			"who moderates in a session":     {"organizator", whole, campaign.Audience{Appearing: []rights.Node{rights.OfSession(c.sessions["ruch"])}, Parts: []programme.Role{programme.Moderator}}, []string{"moderator-ruch"}},
			"who has a role":                 {"organizator", whole, campaign.Audience{Roles: []rights.Role{rights.Council, rights.Partner}}, []string{"partner-ruch", "partner-zielen", "rada"}},
			"a team":                         {"organizator", whole, campaign.Audience{Teams: []rights.WorkspaceID{c.spaces["ruch"]}}, []string{"partner-ruch"}},
			"who takes part on site":         {"organizator", whole, campaign.Audience{Taking: []edition.Form{edition.OnSite}}, []string{"prelegent-ruch", "uczestniczka", "uczestnik"}},
			"nobody takes part online":       {"organizator", whole, campaign.Audience{Taking: []edition.Form{edition.Online}}, nil},
			"taking part, of one sector":     {"organizator", whole, campaign.Audience{Taking: []edition.Form{edition.OnSite}, Sectors: []people.Sector{people.Business}}, nil},
			"two parts, everybody once":      {"organizator", whole, campaign.Audience{Taking: []edition.Form{edition.OnSite}, Appearing: []rights.Node{rights.OfBlock(c.blocks["ruch"])}}, []string{"moderator-ruch", "prelegent-ruch", "uczestniczka", "uczestnik"}},
			"a partner asks for everybody":   {"partner-zielen", space, everybody, []string{"moderator-zielen", "partner-zielen", "prelegent-zielen"}},
			"the host writes for a partner":  {"organizator", space, everybody, []string{"moderator-zielen", "partner-zielen", "prelegent-zielen"}},
			"a partner asks for the sibling": {"partner-zielen", space, campaign.Audience{Appearing: []rights.Node{rights.OfBlock(c.blocks["ruch"])}}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				one := c.draft()
				one.ID, one.Node, one.Audience = "x", test.node, test.a
				p, err := c.Preview(t.Context(), c.as(test.by), one)
				if err != nil || p.Recipients != len(test.want) || len(p.Samples) != min(3, len(test.want)) {
					t.Errorf("Preview = %d recipients, %d samples, %v, want %v", p.Recipients, len(p.Samples), err, test.want)
				}
				if len(test.want) == 0 {
					return
				}
				one.ID = ""
				saved := c.save(test.by, one)
				c.send(saved)
				if diff := cmp.Diff(test.want, c.written(saved)); diff != "" {
					t.Errorf("letters went to (-want +got):\n%s", diff)
				}
			})
		}
		if p, err := c.Preview(t.Context(), c.as("organizator"), c.draft()); err != nil || p.Without != 2 {
			t.Errorf("Preview.Without = %d, %v, want the two who have no account", p.Without, err)
		}
	})
}

func TestAPartnerWritesForItsOwnPartAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		theirs := c.draft()
		theirs.Node = rights.OfWorkspace(c.spaces["ruch"])
		saved := c.save("partner-ruch", theirs)
		whole := c.save("organizator", c.draft())
		for name, node := range map[string]rights.Node{
			"the congress": whole.Node, "the sibling's workspace": theirs.Node, "the sibling's block": rights.OfBlock(c.blocks["ruch"]),
			"the installation": rights.Whole, "its own session": rights.OfSession(c.sessions["zielen"]), "nothing": {},
		} {
			one := c.draft()
			one.Node = node
			if _, err := c.Save(ctx, c.as("partner-zielen"), one); !errors.Is(err, campaign.ErrNone) {
				t.Errorf("Save on behalf of %s = %v, want ErrNone", name, err)
			}
		}
		for _, foreign := range []campaign.Campaign{saved, whole} {
			by := c.as("partner-zielen")
			_, preparing := c.Prepare(ctx, by, foreign.ID)
			_, finding := c.Find(ctx, by, c.edition, foreign.ID)
			for what, err := range map[string]error{
				"Prepare": preparing, "Find": finding, "Reopen": c.Reopen(ctx, by, foreign.ID), "Stop": c.Stop(ctx, by, foreign.ID),
				"Send": c.Send(ctx, foreign.ID, campaign.Order{By: by}),
			} {
				if !errors.Is(err, campaign.ErrNone) {
					t.Errorf("%s of somebody else's campaign = %v, want ErrNone", what, err)
				}
			}
			moved := foreign
			moved.Node = rights.OfWorkspace(c.spaces["zielen"])
			if _, err := c.Save(ctx, by, moved); !errors.Is(err, campaign.ErrNone) {
				t.Errorf("Save of somebody else's campaign into one's own part = %v, want ErrNone", err)
			}
		}
		if all, err := c.Campaigns(ctx, c.as("partner-zielen"), c.edition); err != nil || len(all) != 0 {
			t.Errorf("Campaigns = %v, %v, want none of the others'", all, err)
		}
		var wrong errs.Problems
		taking := theirs
		taking.Audience = campaign.Audience{Taking: []edition.Form{edition.OnSite}}
		if _, err := c.Save(ctx, c.as("partner-ruch"), taking); !errors.As(err, &wrong) || wrong.Of("taking") == nil {
			t.Errorf("Save of a letter to all who take part = %v, want a problem of the field", err)
		}
	})
}

func TestWhatKeepsALetterFromBeingSaved(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	for name, test := range map[string]struct {
		spoil func(*campaign.Campaign)
		field string
	}{
		"no subject":                  {func(c *campaign.Campaign) { c.Subject = i18n.Text{} }, "subject_pl"},
		"no text":                     {func(c *campaign.Campaign) { c.Words = i18n.Text{} }, "words_pl"},
		"half of English":             {func(c *campaign.Campaign) { c.Words.EN = "Hello {link}" }, "words_en"},
		"an unknown word":             {func(c *campaign.Campaign) { c.Words.PL = "{password}" }, "words_pl"},
		"no kind":                     {func(c *campaign.Campaign) { c.Kind = "" }, "kind"},
		"necessary, and nobody knows": {func(c *campaign.Campaign) { c.Reason = " " }, "reason"},
		"a link to somewhere else":    {func(c *campaign.Campaign) { c.Link.PL = "https://evil.example/" }, "link_pl"},
		"a link without a scheme":     {func(c *campaign.Campaign) { c.Link.PL = "//evil.example/" }, "link_pl"},
		"a link that runs":            {func(c *campaign.Campaign) { c.Link.PL = "javascript:alert(1)" }, "link_pl"},
		"a button without words":      {func(c *campaign.Campaign) { c.Label = i18n.Text{} }, "label_pl"},
		"a link that is not used":     {func(c *campaign.Campaign) { c.Words.PL = "Cześć" }, "words_pl"},
		"nobody":                      {func(c *campaign.Campaign) { c.Audience = campaign.Audience{} }, "appearing"},
		"a role that nobody is given": {func(c *campaign.Campaign) { c.Audience.Roles = []rights.Role{rights.Participant} }, "roles"},
	} {
		t.Run(name, func(t *testing.T) {
			one := c.draft()
			test.spoil(&one)
			var wrong errs.Problems
			if err := one.Validate(); !errors.As(err, &wrong) || wrong.Of(test.field) == nil {
				t.Errorf("Validate = %v, want a problem of %s", err, test.field)
			}
		})
	}
	if err := c.draft().Validate(); err != nil {
		t.Errorf("Validate of a good letter = %v", err)
	}
}

// grow lets n more people take part.
func (c *congress) grow(n int) {
	c.t.Helper()
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		for i := range n {
			a, err := people.OpenAccount(c.t.Context(), tx, people.Account{Email: fmt.Sprintf("u%04d@example.org", i), Name: "U", CreatedAt: noon})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(c.t.Context(), `
				INSERT INTO participant (id, edition_id, account_id, form, badge, state, told, registered_at, updated_at)
				VALUES ($1, $2, $3, 'on_site', 'U', 'registered', '[]', $4, $4)`, a.ID, c.edition, a.ID, noon); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestTwoSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		c.appoint("druga", rights.Organiser, rights.OfCongress(c.edition))
		c.grow(campaign.Many + 1)
		one := c.draft()
		one.Audience = campaign.Audience{Taking: []edition.Form{edition.OnSite}}
		one = c.save("organizator", one)
		ctx := t.Context()
		try := func(by string, typed int, reread bool) error {
			return c.Send(ctx, one.ID, campaign.Order{By: c.as(by), Typed: typed, Reread: reread})
		}
		if err := try("organizator", 0, false); !errors.Is(err, campaign.ErrNotReady) {
			t.Errorf("Send of a draft = %v, want ErrNotReady", err)
		}
		ready, err := c.Prepare(ctx, c.as("organizator"), one.ID)
		c.must(err)
		if _, err := c.Save(ctx, c.as("organizator"), ready); !errors.Is(err, campaign.ErrChanged) {
			t.Errorf("Save of what is prepared = %v, want ErrChanged", err)
		}
		if _, err := c.Prepare(ctx, c.as("organizator"), one.ID); !errors.Is(err, campaign.ErrNotDraft) {
			t.Errorf("a second Prepare = %v, want ErrNotDraft", err)
		}
		c.registers("spozniona") // who comes later is not on the list
		const n = campaign.Many + 1
		if err := try("organizator", n-1, true); !errors.Is(err, campaign.ErrNumber) {
			t.Errorf("Send with a wrong number = %v, want ErrNumber", err)
		}
		if err := try("organizator", n, false); !errors.Is(err, campaign.ErrReread) {
			t.Errorf("Send to many without reading again = %v, want ErrReread", err)
		}
		if err := try("organizator", n, true); !errors.Is(err, campaign.ErrTooSoon) {
			t.Errorf("Send by who has just prepared it = %v, want ErrTooSoon", err)
		}
		c.must(c.Reopen(ctx, c.as("organizator"), one.ID))
		one, err = c.Find(ctx, c.as("organizator"), c.edition, one.ID)
		if err != nil || one.State != campaign.Draft || one.Recipients != 0 {
			t.Errorf("after Reopen: %v %d, %v, want a draft", one.State, one.Recipients, err)
		}
		ready, err = c.Prepare(ctx, c.as("organizator"), one.ID)
		c.must(err)
		c.must(try("druga", ready.Recipients, false))
		if err := try("druga", ready.Recipients, false); !errors.Is(err, campaign.ErrNotReady) {
			t.Errorf("a second Send = %v, want ErrNotReady", err)
		}
		c.deliver()
		if got := len(c.written(one)); got != ready.Recipients {
			t.Errorf("%d letters, want %d", got, ready.Recipients)
		}
	})
}

func TestAPartNeedsTheHostForMoreThanTwoHundred(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	ctx := t.Context()
	node := rights.OfWorkspace(c.spaces["zielen"])
	for i := range campaign.MostOfPart {
		c.appoint(fmt.Sprintf("zespol-%03d", i), rights.CheckIn, node)
	}
	one := c.draft()
	one.Node, one.Audience = node, campaign.Audience{Teams: []rights.WorkspaceID{c.spaces["zielen"]}}
	one = c.save("partner-zielen", one)
	ready, err := c.Prepare(ctx, c.as("partner-zielen"), one.ID)
	c.must(err)
	if err := c.Send(ctx, one.ID, campaign.Order{By: c.as("partner-zielen"), Typed: ready.Recipients, Reread: true}); !errors.Is(err, campaign.ErrNeedsHost) {
		t.Errorf("Send to %d by a partner = %v, want ErrNeedsHost", ready.Recipients, err)
	}
	c.must(c.Send(ctx, one.ID, campaign.Order{By: c.as("organizator"), Typed: ready.Recipients}))
}

func TestAThousandGetItOnceThoughTheProcessStopsHalfWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		c.grow(1000)
		one := c.draft()
		one.Audience = campaign.Audience{Taking: []edition.Form{edition.OnSite}}
		one = c.save("organizator", one)
		ctx := t.Context()
		ready, err := c.Prepare(ctx, c.as("organizator"), one.ID)
		c.must(err)
		c.at = c.at.Add(campaign.RereadAfter)
		c.must(c.Send(ctx, one.ID, campaign.Order{By: c.as("organizator"), Typed: ready.Recipients, Reread: true}))
		for n := 0; ; n++ {
			entries, err := outbox.Claim(ctx, d, c.at, time.Minute, 1000)
			c.must(err)
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				if e.Kind != (campaign.Due{}).Kind() {
					c.must(outbox.Done(ctx, d, c.at, e.ID))
					continue
				}
				if n%3 == 1 { // written, and the machine falls over before it is noted: handled again, by two at once
					c.must(c.Continue(ctx, e))
				}
				if n%3 == 2 {
					stopped, stop := context.WithCancel(ctx)
					stop()
					if err := c.Continue(stopped, e); err == nil {
						t.Error("Continue in a process that stops = nil, want an error")
					}
				}
				c.must(c.Continue(ctx, e))
				c.must(outbox.Done(ctx, d, c.at, e.ID))
			}
		}
		got := c.written(one)
		if len(got) != 1000 || len(slices.Compact(got)) != 1000 {
			t.Errorf("%d letters to %d people, want one to each of 1000", len(got), len(slices.Compact(got)))
		}
		after, err := c.Find(ctx, c.as("organizator"), c.edition, one.ID)
		p, trouble := c.Progress(ctx, after)
		if err != nil || trouble != nil || after.State != campaign.Sent || p.Posted != 1000 || p.Waiting != 0 || p.Percent() != 100 {
			t.Errorf("afterwards: %s, %+v, %v, %v, want sent, 1000 posted", after.State, p, err, trouble)
		}
		if faults, err := campaign.Check(ctx, d); err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v", faults, err)
		}
	})
}

func TestStoppedHalfWay(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	c.grow(150)
	one := c.draft()
	one.Audience = campaign.Audience{Taking: []edition.Form{edition.OnSite}}
	one = c.save("organizator", one)
	ctx := t.Context()
	ready, err := c.Prepare(ctx, c.as("organizator"), one.ID)
	c.must(err)
	c.must(c.Send(ctx, one.ID, campaign.Order{By: c.as("organizator"), Typed: ready.Recipients}))
	entries, err := outbox.Claim(ctx, c.db, c.at, time.Minute, 100)
	c.must(err)
	for _, e := range entries {
		c.must(c.Continue(ctx, e))
	}
	c.must(c.Stop(ctx, c.as("organizator"), one.ID))
	c.deliver()
	if got := len(c.written(one)); got != 100 {
		t.Errorf("%d letters after a stop, want the 100 of before", got)
	}
}

func TestNewsGoToThoseWhoAgreedAndStopWithOneClick(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		c.registers("tak", "nie", "rozmyslona", "cofnie")
		clause, err := consent.NewService(d, c.Now).SaveClause(ctx, "desk", consent.Clause{
			Edition: c.edition, Place: consent.AtNewsletter, Kind: consent.Consent, Allows: consent.Newsletter, Title: i18n.Text{PL: "Aktualności"},
		})
		c.must(err)
		for _, name := range []string{"tak", "rozmyslona", "cofnie"} {
			change := people.Change{By: c.account(name).ID, At: c.at}
			c.must(d.Tx(ctx, func(tx *db.Tx) error {
				if err := consent.Give(ctx, tx, change, []consent.Answer{{Clause: clause.ID, Version: 1}}); err != nil || name != "rozmyslona" {
					return err
				}
				_, err := consent.Withdraw(ctx, tx, change, clause.ID)
				return err
			}))
		}
		news := c.draft()
		news.Kind, news.Reason, news.Audience = campaign.News, "", campaign.Audience{Taking: []edition.Form{edition.OnSite}}
		p, err := c.Preview(ctx, c.as("organizator"), news)
		if err != nil || p.Recipients != 2 || p.Unwilling != 2 {
			t.Errorf("Preview of news = %d recipients, %d unwilling, %v, want 2 and 2", p.Recipients, p.Unwilling, err)
		}
		first := c.save("organizator", news)
		c.send(first)
		if diff := cmp.Diff([]string{"cofnie", "tak"}, c.written(first)); diff != "" {
			t.Errorf("news went to (-want +got):\n%s", diff)
		}
		second := c.save("organizator", news)
		ready, err := c.Prepare(ctx, c.as("organizator"), second.ID)
		c.must(err)
		// The link works without signing in and names nobody.
		letters, err := mail.NewService(d, c.Now).Letters(ctx, mail.Filter{Kind: first.LetterKind(), Account: string(c.account("cofnie").ID)})
		c.must(err)
		link := letters[0].Unsubscribe
		token := link[strings.LastIndex(link, "/")+1:]
		if strings.Contains(link, "cofnie") || strings.Contains(link, string(c.account("cofnie").ID)) || len(token) < 20 {
			t.Errorf("the link to stop is %q", link)
		}
		c.must(c.Stoppable(ctx, token))
		c.must(c.StopNews(ctx, token))
		c.must(c.StopNews(ctx, token)) // pressed twice
		if err := c.StopNews(ctx, "wrong"); !errors.Is(err, campaign.ErrSpent) {
			t.Errorf("StopNews of no link = %v, want ErrSpent", err)
		}
		c.must(c.Send(ctx, second.ID, campaign.Order{By: c.as("organizator"), Typed: ready.Recipients}))
		c.deliver()
		if diff := cmp.Diff([]string{"tak"}, c.written(second)); diff != "" {
			t.Errorf("after one has stopped, prepared news went to (-want +got):\n%s", diff)
		}
		if got, _ := c.Progress(ctx, second); got.LeftOut != 1 {
			t.Errorf("Progress = %+v, want one left out", got)
		}
	})
}

func TestALetterIsInTheReadersLanguage(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	ctx := t.Context()
	_, err := c.db.Exec(ctx, `UPDATE account SET lang = 'en' WHERE email LIKE 'moderator%'`)
	c.must(err)
	one := c.draft()
	one.Subject.EN, one.Words.EN, one.Label.EN, one.Link.EN = "Before {edition}", "Hello, {name}!\n\n{link}", "Programme", "/en/kpm-2021/programme"
	one = c.save("organizator", one)
	c.send(one)
	letters, err := mail.NewService(c.db, c.Now).Letters(ctx, mail.Filter{Kind: one.LetterKind()})
	c.must(err)
	got := map[string]string{}
	for _, l := range letters {
		got[l.Subject+"|"+l.Body.Paragraphs[len(l.Body.Paragraphs)-1].Button.Address+"|"+l.Body.Why] += string(l.Lang)
	}
	want := map[string]string{
		"Przed kongresem: Kongres|/pl/kpm-2021/program|Dlaczego to dostajesz: Występujesz w programie.\nTen list jest potrzebny do udziału w kongresie, więc nie można go wyłączyć.": "plpl",
		"Before Kongres|/en/kpm-2021/programme|Why you get this: Występujesz w programie.\nYou need this letter to take part in the congress, so it cannot be turned off.":           "enen",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("letters by subject, link and reason (-want +got):\n%s", diff)
	}
}

func TestHostileNamesInALetterToMany(t *testing.T) {
	c := newCongress(t, dbtest.New(t, db.SQLite))
	ctx := t.Context()
	for i, name := range hostile {
		c.appoint(fmt.Sprintf("zly-%02d", i), rights.CheckIn, rights.OfCongress(c.edition))
		if strings.Contains(name, "\x00") {
			name = strings.ReplaceAll(name, "\x00", " ") // no engine keeps it
		}
		_, err := c.db.Exec(ctx, `UPDATE account SET name = $1 WHERE email = $2`, name, fmt.Sprintf("zly-%02d@example.org", i))
		c.must(err)
	}
	one := c.draft()
	one.Audience = campaign.Audience{Roles: []rights.Role{rights.CheckIn}}
	one.Subject.PL = "Dla {name}"
	one = c.save("organizator", one)
	c.send(one)
	letters, err := mail.NewService(c.db, c.Now).Letters(ctx, mail.Filter{Kind: one.LetterKind(), Limit: 100})
	c.must(err)
	if len(letters) != len(hostile) {
		t.Fatalf("%d letters, want %d", len(letters), len(hostile))
	}
	for _, l := range letters {
		harmless(t, l.Letter, 0)
	}
	p, err := c.Preview(ctx, c.as("organizator"), one)
	c.must(err)
	harmless(t, p.Hostile, 0)
}

func TestErasing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		one := c.save("organizator", c.draft())
		c.send(one)
		s := people.Subject{Account: c.account("prelegent-ruch").ID}
		data, err := campaign.Collect(ctx, d, s)
		if err != nil || len(data.Rows) != 1 || data.Rows[0]["subject"] != "Przed kongresem: {edition}" {
			t.Errorf("Collect = %v, %v, want the one letter", data.Rows, err)
		}
		c.must(d.Tx(ctx, func(tx *db.Tx) error {
			gone, err := campaign.Erase(ctx, tx, s, c.at)
			if err != nil || len(gone) != 1 || gone[0].Gone != 1 {
				t.Errorf("Erase = %v, %v, want one row gone", gone, err)
			}
			return err
		}))
		if data, err = campaign.Collect(ctx, d, s); err != nil || len(data.Rows) != 0 {
			t.Errorf("Collect after Erase = %v, %v", data.Rows, err)
		}
		if n, err := campaign.Sweep(ctx, d, c.at.Add(time.Hour)); err != nil || n != 3 {
			t.Errorf("Sweep = %d, %v, want the three others", n, err)
		}
	})
}

func TestCheckFindsDamage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCongress(t, d)
		ctx := t.Context()
		states := map[string]int{"draft": 1, "sent": 1, "sending": 1, "lost": 1, "prepared": 0}
		for _, state := range slices.Sorted(maps.Keys(states)) {
			one := c.save("organizator", c.draft())
			_, err := c.Prepare(ctx, c.as("organizator"), one.ID)
			c.must(err)
			_, err = d.Exec(ctx, `UPDATE campaign SET state = $1 WHERE id = $2`, state, one.ID)
			c.must(err)
			faults, err := campaign.Check(ctx, d)
			if err != nil || len(faults) != states[state] {
				t.Errorf("%s: Check = %v, %v, want %d faults", state, faults, err, states[state])
			}
			c.must(d.Tx(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `DELETE FROM campaign_recipient`); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, `DELETE FROM campaign`)
				return err
			}))
		}
	})
}
