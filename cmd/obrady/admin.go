package main

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/people"
)

type adminCommand struct {
	Invite inviteCommand `cmd:"" help:"Open an account for an organiser, and print a link that signs him or her in once."`
}

type inviteCommand struct {
	Email string `arg:"" help:"Address of the organiser."`
	Name  string `help:"Name of the organiser, as others will see it."`

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
		token, err := house.People.Invite(ctx, email, c.Name)
		if err != nil {
			return err
		}
		t.note("The link is good for one use, until %s.", time.Now().Add(people.LinkLife).Format("15:04"))
		t.say("%s", house.SignInLink(token))
		return nil
	})
}
