package app_test

import (
	"context"
	"strings"
	"time"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/registration"
	"obrady/internal/timetable"
)

// notices is what the public is told about its data, and the statement about accessibility.
func (w *world) notices(name string, c *congress) map[consent.Place]consent.Clause {
	w.t.Helper()
	ctx, consents, audience := w.t.Context(), consent.NewService(w.db, atDawn), seen(name, name)
	controller := consent.Controller{Edition: c.edition.ID, Phone: "+48 12 345 67 89"}
	w.fill(&controller, audience, name, "controller")
	controller, err := consents.SaveController(ctx, "desk", controller)
	w.must(err)
	c.kept["controller"] = []string{controller.ID}
	officer := consent.Officer{Edition: c.edition.ID, Phone: "+48 12 345 67 89"}
	w.fill(&officer, audience, name, "officer")
	_, err = consents.SaveOfficer(ctx, "desk", officer)
	w.must(err)
	purpose := consent.Purpose{Edition: c.edition.ID, Basis: consent.PublicTask}
	w.fill(&purpose, audience, name, "purpose")
	purpose, err = consents.SavePurpose(ctx, "desk", purpose)
	w.must(err)
	c.kept["purpose"] = []string{purpose.ID}
	clauses := map[consent.Place]consent.Clause{}
	for _, clause := range []consent.Clause{
		{Place: consent.AtRegistration, Kind: consent.Information},
		{Place: consent.AtNeeds, Kind: consent.Consent, Allows: consent.Needs},
		{Place: consent.AtProfile, Kind: consent.Information},
	} {
		clause.Edition = c.edition.ID
		w.fill(&clause, audience, name, "clause", string(clause.Place))
		clause, err = consents.SaveClause(ctx, "desk", clause)
		w.must(err)
		clauses[clause.Place] = clause
		c.kept["clause"] = append(c.kept["clause"], string(clause.ID))
	}
	statement := edition.Statement{
		Edition: c.edition.ID, PublishedOn: "2026-01-01", UpdatedOn: "2026-01-01", MadeOn: "2026-01-01", Status: "partial", Assessed: "self",
		Phone: "+48 12 345 67 89",
	}
	w.fill(&statement, audience, name, "statement")
	_, err = edition.NewService(w.db, atDawn).SaveStatement(ctx, "desk", statement)
	w.must(err)
	return clauses
}

// participants registers two people for a congress: the one who knocks at doors and another one.
func (w *world) participants(name string, c *congress) {
	w.t.Helper()
	ctx, list, clauses := w.t.Context(), registration.NewService(w.db, atDawn), w.notices(name, c)
	set := registration.Settings{Edition: c.edition.ID, OpensAt: dawn.Add(-time.Hour), Seats: 50}
	w.fill(&set, seen(name, name), name, "registration", "settings")
	_, err := list.SaveSettings(ctx, "desk", set)
	w.must(err)
	c.participants = map[string]registration.Participant{}
	for _, who := range []string{"participant", "other"} {
		account, known := w.accounts[who]
		if !known {
			account = w.account(who)
		}
		if who == "participant" && name == "c2" {
			continue
		}
		staff := "self:" + who + " organiser@" + name + " protection@" + name
		entry := registration.Entry{
			Form: edition.OnSite, Sector: people.Civic, Told: []consent.Answer{{Clause: clauses[consent.AtRegistration].ID, Version: 1}},
		}
		w.fill(&entry, staff+" checkin@"+name, name, who, "entry")
		c.participants[who], err = list.Register(ctx, account, c.edition.ID, entry)
		w.must(err)
		needs := registration.Needs{Kinds: []registration.Need{registration.Wheelchair}}
		w.fill(&needs, staff, name, who, "needs")
		w.must(list.SaveNeeds(ctx, account, c.edition.ID, needs, consent.Answer{Clause: clauses[consent.AtNeeds].ID, Version: 1}))
	}
}

// partners gives the workspaces of a congress their part, their looks and something to ask.
func (w *world) partners(name string, c *congress) {
	w.t.Helper()
	ctx, house := w.t.Context(), partner.NewService(w.db, atDawn, timetable.NewService(w.db, atDawn))
	for place, space := range sorted(c.spaces) {
		audience := seen(name, name+"/"+place)
		share := partner.Share{Space: space, Allotment: partner.Allotment{
			Workspace: space.ID, Entries: 9, SeatsEach: 300, Modes: []partner.Mode{partner.Open, partner.Selection},
			Windows: []partner.Window{{Place: c.places[0].ID, Start: matinsAt(6), End: matinsAt(20)}},
		}}
		share, err := house.SaveShare(ctx, "desk", share)
		w.must(err)
		c.spaces[place] = share.Space
		brand := partner.Brand{Workspace: space.ID}
		w.fill(&brand, audience, name, place, "brand")
		w.must(house.SaveBrand(ctx, "desk", brand))
		mark := partner.Mark{Role: edition.Funder, MediaType: "image/png", Image: dot()}
		w.fill(&mark, audience, name, place, "mark")
		w.must(house.AddMark(ctx, "desk", space.ID, mark))
		brand, _, err = house.Brand(ctx, space.ID)
		w.must(err)
		c.marks[place] = brand.Marks[0].ID
		request := partner.Request{Workspace: space.ID, Kind: "entries", Amount: 3, Reason: " "}
		w.fill(&request, name+"/"+place+" protection@"+name, name, place, "request")
		request.Reason = ""
		request, err = house.File(ctx, "desk", request)
		w.must(err)
		c.requests[place] = request
		w.must(house.AskPlacement(ctx, "desk", space.ID))
		if name == "c2" { // has been answered, and asks no more
			no := func(what string) partner.Verdict {
				return partner.Verdict{State: partner.Declined, Reason: w.mark(audience, name, place, what, "reason")}
			}
			w.must(house.Decide(ctx, "desk", request.ID, no("request")))
			w.must(house.Place(ctx, "desk", space.ID, no("placement")))
		}
	}
}

// matinsAt is an hour of the first day.
func matinsAt(hour int) time.Time { return time.Date(2026, 6, 7, hour, 0, 0, 0, time.UTC) }

// traces are what sign-in and mail keep about people who knock at no door.
func (w *world) traces() {
	w.t.Helper()
	owner := w.accounts["other"]
	post := mail.Letter{Kind: "registration.made", Account: string(owner), Edition: string(w.c["c1"].edition.ID), Lang: i18n.Polish}
	staff := "self:other organiser@c1 protection@c1"
	post.Body.Paragraphs = []mail.Paragraph{{}}
	w.fill(&post, staff, "letter")
	post.To, post.Unsubscribe, post.Dedupe, post.Kind = strings.ToLower(w.mark(staff, "letter", "address"))+"@example.org", "", "", "registration.made"
	w.must(w.db.Tx(w.t.Context(), func(tx *db.Tx) error {
		id, err := mail.Post(w.t.Context(), tx, dawn, post)
		w.c["c1"].kept["letter"] = []string{string(id)}
		return err
	}))
	for _, statement := range []string{
		`INSERT INTO signin_passkey (id, account_id, name, credential, counter, created_at) VALUES ('passkey-of-other', $1, $2, '{}', 0, $3)`,
		`INSERT INTO signin_request (id, email, browser, lang, next, asked_at, expires_at) VALUES ('request-of-other', $2, $1, 'pl', '', $3, $3)`,
		`INSERT INTO signin_address (id, account_id, old_email, new_email, lang, asked_at, expires_at) VALUES ('address-of-other', $1, $2, $2, 'pl', $3, $3)`,
		`INSERT INTO signin_identity (issuer, subject, account_id, created_at, used_at) VALUES ($2, $2, $1, $3, $3)`,
	} {
		canary := strings.ToLower(w.mark("self:other", "trace", strings.Fields(statement)[2]))
		_, err := w.db.Exec(context.Background(), statement, owner, canary, dawn)
		w.must(err)
	}
	typed := map[string][]string{"name": {w.mark("self:other", "trace", "draft")}}
	_, err := w.db.Exec(w.t.Context(), `INSERT INTO draft (owner, form, base, fields, saved_at) VALUES ($1, 'c1/person.new', 0, $2, $3)`,
		owner, db.JSON(typed), dawn)
	w.must(err)
	for name, c := range sorted(w.c) {
		_, err := w.db.Exec(context.Background(), `
			INSERT INTO privacy_case (id, number, account_id, person_id, edition_id, state, opened_by, opened_at, due_at, outcomes)
			VALUES ($1, $2, '', $3, $4, 'open', $5, $6, $6, '[]')`,
			"case-in-"+name, int(name[1]), c.persons["waiting"].ID, c.edition.ID, owner, dawn)
		w.must(err)
		c.kept["case"] = []string{"case-in-" + name}
	}
}

// campaigns are letters that are being written: one on behalf of the whole congress, one on behalf of a workspace.
func (w *world) campaigns(name string, c *congress) {
	for _, place := range []string{name, name + "/p1"} {
		node, e := w.node(place)
		keepers := "organiser@" + place + " partner@" + place
		text := func(field string) any {
			return db.JSON(i18n.Text{PL: w.mark(keepers, name, string(node.Kind), field, "pl"), EN: w.mark(keepers, name, string(node.Kind), field, "en")})
		}
		id := "campaign-" + strings.ReplaceAll(place, "/", "-")
		_, err := w.db.Exec(w.t.Context(), `
			INSERT INTO campaign (id, edition_id, node_kind, node_id, kind, reason, subject, words, label, link, audience, state, made_by, updated_at)
			VALUES ($1, $2, $3, $4, 'news', $5, $6, $7, $8, $9, '{"taking":["on_site"]}', 'draft', 'desk', $10)`,
			id, e, node.Kind, node.ID, w.mark(keepers, name, string(node.Kind), "reason"), text("subject"), text("words"), text("label"),
			db.JSON(i18n.Text{PL: "/pl/" + c.edition.Slug, EN: "/en/" + c.edition.Slug}), dawn)
		w.must(err)
		c.kept["campaign"] = append(c.kept["campaign"], id)
	}
	keepers := "organiser@" + name + " self:participant self:other" // who get such a letter
	text := func(field string) any {
		return db.JSON(i18n.Text{PL: w.mark(keepers, name, "template", field, "pl"), EN: w.mark(keepers, name, "template", field, "en")})
	}
	_, err := w.db.Exec(w.t.Context(), `INSERT INTO letter_template (edition_id, kind, revision, subject, words, made_by, made_at)
		VALUES ($1, $2, 1, $3, $4, 'desk', $5)`, c.edition.ID, registration.EventMade, text("subject"), text("words"), dawn)
	w.must(err)
}

// portrait gives the one who is shown a picture, and one who is not.
func (w *world) portrait(c *congress) {
	for i, who := range []string{"shown", "waiting", "speaker"} {
		_, err := w.db.Exec(w.t.Context(), `INSERT INTO photo (person_id, hash, large, small, consent, saved_by, saved_at)
			VALUES ($1, $2, $3, $3, $4, 'desk', $5)`, c.persons[who].ID, strings.Repeat(string(rune('a'+i)), 64), dot(), w.mark("c1 self:"+who, "photo", who, "consent"), dawn)
		w.must(err)
	}
}
