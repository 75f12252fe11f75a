package main

import (
	"context"
	"errors"

	"obrady/internal/app"
	"obrady/internal/db"
)

type doctorCommand struct {
	Addr string `help:"Where the server would listen." env:"OBRADY_ADDR" default:"127.0.0.1:8080"`

	storeFlags `embed:""`
	siteFlags  `embed:""`
	mailFlags  `embed:""`
}

// Run looks, and prints one finding a line: ok, warning or fault, and what was found.
func (c *doctorCommand) Run(ctx context.Context, t terminal) error {
	config, err := c.config(c.Addr, nil)
	if err != nil {
		return err
	}
	if config.Mail, err = c.settings(); err != nil {
		return err
	}
	return beside(ctx, c.address(), func(d *db.DB) error {
		var broken bool
		for _, f := range app.Examine(ctx, d, app.Circumstances{Config: config, Addr: c.Addr, Folder: c.Data, BaseGiven: c.BaseURL}) {
			t.say("%s\t%s", f.Grade, f.Text)
			broken = broken || f.Grade == app.Bad
		}
		if broken {
			return errors.New("something above needs attention before visitors come")
		}
		return nil
	})
}
