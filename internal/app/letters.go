package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// openMail makes what delivers letters. In the demo they stay in the house, where anybody may read them.
func (a *App) openMail() {
	settings := a.config.Mail
	settings.BaseURL = a.config.BaseURL
	if a.config.Demo {
		settings.Relay, settings.Local, settings.KeepBodies = nil, true, true
	}
	a.Mail = mail.NewService(a.db, a.config.Now)
	a.deliverer = &mail.Deliverer{DB: a.db, Now: a.config.Now, Log: a.config.Log, Settings: settings}
}

// otherPromises is what remains to the worker that waits for nobody outside the house. Letters about seats come last: in
// the minute of an opening there are thousands, and whatever else was promised does not wait for them.
func otherPromises() []outbox.Lane {
	seats := signup.Decided{}.Kind()
	return []outbox.Lane{outbox.Except(append(slices.Clone(mail.Events), seats)...), outbox.Only(seats)}
}

// announced is what the public calls a session. What is being worked on is for nobody's letter before it is released.
func (a *App) announced(of edition.ID, session programme.SessionID) (i18n.Text, bool) {
	for _, e := range a.Publication.Current().Editions {
		if e.ID != of {
			continue
		}
		if s := e.Programme.Session(session); plan.Public(s) {
			return s.Title, true
		}
	}
	return i18n.Text{}, false
}

// deliver brings letters out of the house until ctx ends. Without a mail server they wait.
func (a *App) deliver(ctx context.Context) error {
	if !a.deliverer.Settings.Delivers() {
		a.config.Log.WarnContext(ctx, "no mail server is given, so letters wait: set --smtp")
		return nil
	}
	defer a.deliverer.Close()
	return a.deliverer.Worker().Run(ctx)
}

// letterFigures are what the metrics say of letters; -1 when the database does not say.
func (a *App) letterFigures() []prometheus.Collector {
	count := func(state mail.State) func() float64 {
		return func() float64 {
			counts, err := mail.Counts(context.Background(), a.db)
			if err != nil {
				return -1
			}
			return float64(counts[state])
		}
	}
	return []prometheus.Collector{
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "obrady_letters_waiting", Help: "Letters that no mail server has taken yet.",
		}, count(mail.Waiting)),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "obrady_letters_refused", Help: "Letters of the last ninety days that the mail server will never take.",
		}, count(mail.Refused)),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "obrady_letters_given_up", Help: "Letters of the last ninety days that every attempt failed to deliver.",
		}, count(mail.GivenUp)),
	}
}

// mailFinding asks the mail server to let us in, and says goodbye.
func mailFinding(ctx context.Context, d *db.DB, c Config) Finding {
	counts, err := mail.Counts(ctx, d)
	if err != nil {
		return Finding{Bad, "letters cannot be counted: " + err.Error()}
	}
	settings := c.Mail
	settings.BaseURL = c.BaseURL
	if settings.Relay == nil {
		return Finding{Warning, fmt.Sprintf("no mail server is given, so letters wait (%d by now) and nobody can sign in by letter; set --smtp and --mail-from", counts[mail.Waiting])}
	}
	address := settings.Relay.Address()
	if err := settings.Probe(ctx); err != nil {
		return Finding{Bad, fmt.Sprintf("the mail server %s would take no letter: %v; %d letters wait", address, err, counts[mail.Waiting])}
	}
	return Finding{Good, fmt.Sprintf("the mail server %s lets us in; %d letters wait, %d were given up", address, counts[mail.Waiting], counts[mail.GivenUp])}
}
