package main

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/rights"
)

type adminCommand struct {
	Invite inviteCommand `cmd:"" help:"Open an account for an organiser, and print a link that signs him or her in once."`
}

type inviteCommand struct {
	Email string `arg:"" help:"Address of the organiser."`
	Name  string `help:"Name of the organiser, as others will see it."`

	Role    string `help:"What they will be: organiser, protection (data-protection officer) or operator." enum:"organiser,protection,operator" default:"organiser"`
	Edition string `help:"The edition in which they will be it, by its address; all of them if not given." placeholder:"SLUG"`

	storeFlags `embed:""`
	BaseURL    string `help:"Where the site stands for the world." env:"OBRADY_BASE_URL" default:"http://127.0.0.1:8080"`
}

// Run invites.
func (c *inviteCommand) Run(ctx context.Context, t terminal) error {
	email, ok := people.Email(c.Email)
	if !ok {
		return usageError{fmt.Errorf("%q is no e-mail address", c.Email)}
	}
	return beside(ctx, c.address(), func(d *db.DB) error {
		house, err := app.New(ctx, d, app.Config{BaseURL: c.BaseURL})
		if err != nil {
			return err
		}
		if err := c.appoint(ctx, house, email); err != nil {
			return err
		}
		token, err := house.People.Invite(ctx, email, c.Name)
		if err != nil {
			return err
		}
		t.note("The link is good for one use, until %s.", time.Now().Add(people.LinkLife).Format("15:04"))
		t.say("%s", house.SignInLink(token))
		return nil
	})
}

// appoint gives the role, in one edition or in all of them.
func (c *inviteCommand) appoint(ctx context.Context, house *app.App, email string) error {
	at, of := rights.Whole, edition.ID("")
	if c.Edition != "" {
		e, err := house.Editions.Edition(ctx, c.Edition)
		if err != nil {
			return usageError{fmt.Errorf("there is no edition %q", c.Edition)}
		}
		at, of = rights.OfCongress(e.ID), e.ID
	}
	_, err := house.Rights.Appoint(ctx, people.Account{Email: email, Name: c.Name}, rights.Role(c.Role), at, of)
	return err
}
