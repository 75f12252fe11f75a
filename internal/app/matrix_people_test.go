package app_test

import (
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// principal is somebody who knocks at every door, with what they are and where: "coordinator c1/b1". Nobody asks
// package rights about it.
type principal struct {
	name  string
	holds []string // "role place"; the site is "site"
	// besides says what is not a role: "conflict c1/b2", "revoked", "expired".
	besides string
}

// principals is everybody. The public is the one without an account.
var principals = []principal{
	{name: "public"},
	{name: "nobody"},
	{name: "participant", holds: []string{"participant c1"}}, // by being registered
	{name: "speaker", holds: []string{"speaker c1/b1/draft"}},
	{name: "moderator", holds: []string{"moderator c1/b1/draft"}},
	{name: "rapporteur", holds: []string{"rapporteur c1/b1/draft"}},
	{name: "reviewer", holds: []string{"reviewer c1/b1"}},
	{name: "council", holds: []string{"council c1"}},
	{name: "checkin", holds: []string{"checkin c1"}},
	{name: "coordinator", holds: []string{"coordinator c1/b1"}},
	{name: "partner", holds: []string{"partner c1/p1"}},
	{name: "member", holds: []string{"partner c1/st2"}}, // by an institution
	{name: "organiser", holds: []string{"organiser c1"}},
	{name: "neighbour", holds: []string{"organiser c2"}},
	{name: "founder", holds: []string{"organiser site"}},
	{name: "protection", holds: []string{"protection c1"}},
	{name: "operator", holds: []string{"operator site"}},
	{name: "revoked", besides: "was organiser of c1 until a moment ago, and is still signed in"},
	{name: "expired", besides: "was coordinator of c1/b1 until yesterday"},
	{name: "conflicted", holds: []string{"organiser c1"}, besides: "conflict c1/b2"},
}

// inDraft is who reads what the draft says in which three principals appear.
const inDraft = "c1/b1 self:speaker self:moderator self:rapporteur"

// people opens the accounts of the principals and gives them what they hold.
func (w *world) people() {
	w.t.Helper()
	ctx, c := w.t.Context(), w.c["c1"]
	for _, p := range principals[1:] {
		w.account(p.name)
	}
	register := people.NewService(w.db, atDawn)
	making := programme.NewService(w.db, atDawn)
	for _, part := range []programme.Role{programme.Speaker, programme.Moderator, programme.Rapporteur} {
		person := people.Person{Home: string(c.edition.ID)}
		w.fill(&person, "c1 "+inDraft, "c1", string(part), "claimed")
		person, err := register.SavePerson(ctx, "desk", person)
		w.must(err)
		c.persons[string(part)] = person
		s := c.sessions["b1-draft"]
		s.People = append(s.People, programme.Appearance{Person: person.ID, Role: part})
		w.also("protection@c1", person.Name)
		w.fill(&s, inDraft, "c1", "b1", "draft")
		s, err = making.SaveSession(ctx, "desk", s)
		w.must(err)
		c.sessions["b1-draft"] = s
		_, err = w.db.Exec(ctx, `UPDATE account SET person_id = $1 WHERE id = $2`, person.ID, w.accounts[string(part)])
		w.must(err)
	}
	office := c.offices["guest2"].ID
	w.must(w.db.Tx(ctx, func(tx *db.Tx) error {
		for _, p := range principals[1:] {
			for _, held := range p.holds {
				role, place, _ := strings.Cut(held, " ")
				if rights.Role(role).Follows() || place == "c1/b1/draft" {
					continue // follows from what they do
				}
				g := rights.Grant{Role: rights.Role(role), From: dawn.Add(-time.Hour), GrantedAt: dawn.Add(-time.Hour)}
				g.Node, g.Edition = w.node(place)
				if p.name == "member" {
					g.Institution = office
				} else {
					g.Account = w.accounts[p.name]
				}
				if err := rights.Write(ctx, tx, g); err != nil {
					return err
				}
			}
		}
		return people.AddMember(ctx, tx, people.Member{Account: w.accounts["member"], Institution: office, GrantedBy: "desk", GrantedAt: dawn})
	}))
	w.gone()
	w.conflict()
}

// node is what package rights calls a place of the world.
func (w *world) node(place string) (rights.Node, edition.ID) {
	if place == "site" {
		return rights.Whole, ""
	}
	name, at, inside := strings.Cut(place, "/")
	c := w.c[name]
	e := c.edition.ID
	switch space, on := c.spaces[at]; {
	case !inside:
		return rights.OfCongress(e), e
	case on:
		return rights.OfWorkspace(space.ID), e
	case c.stages[at].ID != "":
		return rights.OfStage(c.stages[at].ID), e
	default:
		return rights.OfBlock(c.blocks[at].ID), e
	}
}

// gone gives the roles that hold no longer: one that is taken back after its owner has signed in, one that has ended.
func (w *world) gone() {
	w.must(w.db.Tx(w.t.Context(), func(tx *db.Tx) error {
		at, e := w.node("c1")
		g := rights.Grant{
			ID: "grant-to-revoke", Account: w.accounts["revoked"], Role: rights.Organiser, Node: at, Edition: e,
			From: dawn.Add(-time.Hour), GrantedAt: dawn.Add(-time.Hour),
		}
		if err := rights.Write(w.t.Context(), tx, g); err != nil {
			return err
		}
		at, e = w.node("c1/b1")
		return rights.Write(w.t.Context(), tx, rights.Grant{
			Account: w.accounts["expired"], Role: rights.Coordinator, Node: at, Edition: e,
			From: dawn.AddDate(0, 0, -9), Until: dawn.AddDate(0, 0, -1), GrantedAt: dawn.AddDate(0, 0, -9),
		})
	}))
}

// conflict closes one block to one organiser.
func (w *world) conflict() {
	service := rights.NewService(w.db, atDawn)
	founder, err := service.Standing(w.t.Context(), w.accounts["founder"])
	w.must(err)
	at, e := w.node("c1/b2")
	refused, err := service.Refuse(w.t.Context(), founder, rights.Refusal{
		Kind: rights.ConflictOfInterest, Account: w.accounts["conflicted"], Node: at, Edition: e, Reason: w.mark("c1 protection@c1", "c1", "refusal", "reason"),
	})
	w.must(err)
	w.refusal = refused.ID
}

// takeBack takes the role of the one called revoked, who is signed in by now, in a copy of the world.
func (w *world) takeBack(d *db.DB) {
	service := rights.NewService(d, atDawn)
	founder, err := service.Standing(w.t.Context(), w.accounts["founder"])
	w.must(err)
	w.must(service.Revoke(w.t.Context(), founder, "grant-to-revoke"))
}

// held lists the grants at the nodes of a congress.
func (w *world) held(name string) (all []rights.Grant) {
	every, err := rights.NewService(w.db, atDawn).Grants(w.t.Context(), w.c[name].edition.ID)
	w.must(err)
	for _, g := range every {
		if g.Edition == w.c[name].edition.ID && g.RevokedAt.IsZero() && (g.Until.IsZero() || dawn.Before(g.Until)) && g.ID != "grant-to-revoke" {
			all = append(all, g)
		}
	}
	return all
}

// place is the path of a node.
func (w *world) place(of rights.Node) string {
	for name, c := range sorted(w.c) {
		paths := []string{name}
		for at := range sorted(c.blocks) {
			paths = append(paths, name+"/"+at)
		}
		for at := range sorted(c.stages) {
			paths = append(paths, name+"/"+at)
		}
		for _, path := range paths {
			if node, _ := w.node(path); node == of {
				return path
			}
		}
	}
	return "site"
}

// nameOf is the principal with this account; "somebody" for an institution.
func (w *world) nameOf(account people.AccountID) string {
	for name, one := range sorted(w.accounts) {
		if one == account {
			return name
		}
	}
	return "somebody"
}

// acquaintances are those who read the name and the address of a principal: whoever sees to roles where they have one,
// or to the list of participants.
func acquaintances(name string) string {
	keepers := "self:" + name
	meet := func(place string) {
		for _, role := range []string{"organiser", "protection", "partner"} {
			keepers += " " + role + "@" + place
		}
	}
	switch name {
	case "revoked":
		meet("c1")
	case "expired":
		meet("c1/b1")
	case "other":
		meet("c1")
		meet("c2")
	}
	for _, p := range principals {
		if p.name == name {
			for _, held := range p.holds {
				_, place, _ := strings.Cut(held, " ")
				meet(strings.TrimSuffix(place, "/draft"))
				if place == "site" { // who may do everything is known to those who may do something
					meet("c1")
					meet("c2")
				}
			}
		}
	}
	return keepers
}
