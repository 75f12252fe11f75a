package demo

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Player is an account of the demonstration that shows one role. All of them
// are made up, and no address of theirs can receive mail.
type Player struct {
	Role        rights.Role
	Email, Name string

	block  string // at which the role holds, by its address
	stage  string // or a stage, or what stands on it
	site   bool   // it holds for the whole installation
	person string // who the account is in the programme, by the address of their page
}

// players show the roles in the order in which pages name them.
var players = []Player{
	{Role: rights.Organiser, Email: "organizator@przyklad.example", Name: "Organizator (przykład)", site: true},
	{Role: rights.Partner, Email: "partner-gzm@przyklad.example", Name: "Partner Sceny Metropolii (przykład)", stage: "scena-metropolii"},
	{Role: rights.Coordinator, Email: "koordynator@przyklad.example", Name: "Koordynator (przykład)", block: "kalejdoskopy"},
	{Role: rights.Council, Email: "rada@przyklad.example", Name: "Rada Programowa (przykład)"},
	{Role: rights.Reviewer, Email: "recenzent@przyklad.example", Name: "Recenzent (przykład)"},
	{Role: rights.Speaker, Email: "prelegentka@przyklad.example", Name: "Agnieszka Wymyślska (przykład)", person: "agnieszka-wymyslska"},
	{Role: rights.Moderator, Email: "moderatorka@przyklad.example", Name: "Hanna Wzorcowska (przykład)", person: "hanna-wzorcowska"},
	{Role: rights.Rapporteur, Email: "sprawozdawczyni@przyklad.example", Name: "Anna Przykładowska (przykład)", person: "anna-przykladowska"},
	{Role: rights.CheckIn, Email: "recepcja@przyklad.example", Name: "Recepcja (przykład)"},
	{Role: rights.Participant, Email: fmt.Sprintf(addressOfParticipant, 2), Name: "Piotr Umowny (przykład)"},
	{Role: rights.Protection, Email: "inspektor@przyklad.example", Name: "Inspektor danych (przykład)"},
	{Role: rights.Operator, Email: "operator@przyklad.example", Name: "Operator (przykład)", site: true},
}

// Cast opens the accounts of the demonstration and gives them their roles, as
// far as that has not been done. It returns all of them.
func Cast(ctx context.Context, d *db.DB, now func() time.Time) ([]Player, error) {
	e, err := edition.NewService(d, now).Edition(ctx, Main)
	if err != nil {
		return nil, fmt.Errorf("cast the demonstration: %w", err)
	}
	content, err := programme.NewService(d, now).Content(ctx, e.ID)
	if err != nil {
		return nil, fmt.Errorf("cast the demonstration: %w", err)
	}
	tree, err := rights.NewService(d, now).Tree(ctx, e.ID)
	if err != nil {
		return nil, fmt.Errorf("cast the demonstration: %w", err)
	}
	s := casting{d, now, tree, content}
	for _, p := range players {
		if err := s.cast(ctx, p); err != nil {
			return nil, fmt.Errorf("cast the %s of the demonstration: %w", p.Role, err)
		}
	}
	return players, nil
}

// casting is where the players have their roles.
type casting struct {
	db      *db.DB
	now     func() time.Time
	tree    rights.Tree
	content programme.Content
}

func (s casting) cast(ctx context.Context, p Player) error {
	account := people.Account{Email: p.Email, Name: p.Name}
	switch {
	case p.person != "":
		return s.join(ctx, account, p.person)
	case p.Role.Follows():
		return s.open(ctx, account)
	}
	at, err := s.node(p)
	if err != nil {
		return err
	}
	of := s.tree.Edition
	if at == rights.Whole {
		of = ""
	}
	if account, err = rights.NewService(s.db, s.now).Appoint(ctx, account, p.Role, at, of); err != nil {
		return err
	}
	return s.open(ctx, account)
}

// node is where a player has their role: a partner in the workspace that stands on their stage, once there is one.
func (s casting) node(p Player) (rights.Node, error) {
	for _, b := range s.content.Blocks {
		if b.Slug == p.block {
			return rights.OfBlock(b.ID), nil
		}
	}
	for _, g := range s.content.Stages {
		if g.Slug != p.stage {
			continue
		}
		for _, space := range s.tree.Spaces {
			if space.Stage == g.ID {
				return rights.OfWorkspace(space.ID), nil
			}
		}
		return rights.OfStage(g.ID), nil
	}
	switch {
	case p.block != "" || p.stage != "":
		return rights.Node{}, errUnknownName
	case p.site:
		return rights.Whole, nil
	}
	return rights.OfCongress(s.tree.Edition), nil
}

// open opens an account whose address needs no confirming: nobody can receive mail there.
func (s casting) open(ctx context.Context, a people.Account) error {
	a.CreatedAt = s.now()
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		opened, err := people.OpenAccount(ctx, tx, a)
		if err != nil {
			return err
		}
		_, err = people.Verify(ctx, tx, opened.ID, s.now())
		return err
	})
}

// join opens an account that is a person of the programme. The role follows from what the person does there.
func (s casting) join(ctx context.Context, a people.Account, slug string) error {
	person, err := people.NewService(s.db, s.now).Person(ctx, slug)
	if err != nil {
		return err
	}
	a.CreatedAt = s.now()
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		opened, err := people.OpenAccount(ctx, tx, a)
		if err != nil {
			return err
		}
		if _, err := people.Verify(ctx, tx, opened.ID, s.now()); err != nil {
			return err
		}
		return people.Join(ctx, tx, opened.ID, person.ID)
	})
}
