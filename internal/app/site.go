package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"obrady/internal/admission"
	"obrady/internal/agenda"
	"obrady/internal/attachment"
	"obrady/internal/attendance"
	"obrady/internal/call"
	"obrady/internal/campaign"
	"obrady/internal/consent"
	"obrady/internal/council"
	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/file"
	"obrady/internal/form"
	"obrady/internal/invitation"
	"obrady/internal/kaleidoscope"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/onstage"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/privacy"
	"obrady/internal/proceedings"
	"obrady/internal/programme"
	"obrady/internal/registration"
	slice "obrady/internal/rehearsal"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signin"
	"obrady/internal/signup"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/account"
	"obrady/internal/web/applicant"
	"obrady/internal/web/author"
	"obrady/internal/web/calls"
	"obrady/internal/web/catalogue"
	"obrady/internal/web/cohost"
	"obrady/internal/web/composer"
	rooms "obrady/internal/web/council"
	"obrady/internal/web/desk"
	"obrady/internal/web/door"
	"obrady/internal/web/feed"
	"obrady/internal/web/guard"
	"obrady/internal/web/guardian"
	"obrady/internal/web/mailroom"
	"obrady/internal/web/organiser"
	"obrady/internal/web/participant"
	"obrady/internal/web/planner"
	"obrady/internal/web/presenter"
	volumes "obrady/internal/web/proceedings"
	"obrady/internal/web/reception"
	"obrady/internal/web/rehearsal"
	"obrady/internal/web/roles"
	"obrady/internal/web/signups"
	"obrady/internal/web/visitor"
	"obrady/internal/web/windows"
)

// Locale holds what stands around the pages: names of the ways through the site, and the note of the demonstration.
//
//go:embed locale/*.json
var Locale embed.FS

// sentences are everything that the house can say, each package its own.
var sentences = []fs.FS{
	web.Locale, Locale,
	mail.Locale, people.Locale, edition.Locale, programme.Locale, rights.Locale, partner.Locale, timetable.Locale, text.Locale, table.Locale,
	consent.Locale, registration.Locale, signin.Locale, privacy.Locale, campaign.Locale, guardian.Locale,
	admission.Locale, invitation.Locale, signup.Locale, agenda.Locale, attendance.Locale, form.Locale, call.Locale, attachment.Locale, onstage.Locale, kaleidoscope.Locale, selection.Locale,
	export.Locale, feed.Locale, desk.Locale, organiser.Locale, planner.Locale, cohost.Locale, visitor.Locale,
	notify.Locale, account.Locale, file.Locale, participant.Locale, signups.Locale, reception.Locale, roles.Locale, mailroom.Locale,
	windows.Locale, door.Locale, applicant.Locale, review.Locale, council.Locale, rooms.Locale, author.Locale, calls.Locale, presenter.Locale,
	slice.Locale, rehearsal.Locale,
	practice.Locale, catalogue.Locale, proceedings.Locale, volumes.Locale, composer.Locale,
}

// build makes the site and puts every page into its table.
func (a *App) build() error {
	var err error
	if a.catalogue, err = Catalogue(); err != nil {
		return err
	}
	around := &framer{app: a, catalogue: a.catalogue}
	a.Site, err = web.New(web.Config{
		Catalogue: a.catalogue, Now: a.config.Now, Log: a.config.Log,
		BaseURL: a.config.BaseURL, Hosts: a.config.Hosts, TrustedProxies: a.config.TrustedProxies, MetricsFrom: a.config.MetricsFrom,
		SecurityContact: a.config.SecurityContact,
		Guard:           guard.Guard{Rights: a.Rights, Log: a.config.Log},
		Sessions:        a.sessions, CacheBytes: a.config.CacheBytes,
		Generation: a.generation, Frame: around.frame,
		SignIn: routeSignIn, Programme: routeProgramme, Search: routeSearch,
		Ready: []web.Check{{Name: "database", Do: a.databaseAnswers}, {Name: "publication", Do: a.publicationStands}},
	})
	if err != nil {
		return err
	}
	routes, err := a.pages()
	if err != nil {
		return err
	}
	if err := a.Site.Mount(routes...); err != nil {
		return err
	}
	return a.measure()
}

// generation names what all public pages are drawn from. One name for all editions, because the archive on every
// page tells of the others.
func (a *App) generation(*http.Request) (string, bool) {
	state := a.Publication.Current()
	return state.Generation, state.Generation != ""
}

func (a *App) databaseAnswers(ctx context.Context) error {
	var one int
	if err := a.db.QueryRow(ctx, `SELECT 1`).Scan(&one); err != nil {
		return fmt.Errorf("ask the database: %w", err)
	}
	return nil
}

func (a *App) publicationStands(context.Context) error {
	if a.Publication.Current() == nil {
		return errors.New("nothing has been read yet")
	}
	return nil
}

// measure adds what only this floor knows to the figures at /metrics.
func (a *App) measure() error {
	if dropped := a.config.Dropped; dropped != nil {
		if err := a.Site.Registry().Register(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "obrady_log_lines_dropped_total", Help: "Lines that the log did not take in time, and that are lost.",
		}, func() float64 { return float64(dropped()) })); err != nil {
			return fmt.Errorf("register a figure: %w", err)
		}
	}
	for _, figure := range append(a.letterFigures(),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "obrady_page_cache_bytes", Help: "Bytes of finished pages kept in memory.",
		}, func() float64 { return float64(a.Site.Cache().Size()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "obrady_editions", Help: "Editions that the public sees.",
		}, func() float64 { return float64(len(a.Publication.Current().Editions)) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "obrady_outbox_given_up", Help: "Promises that every attempt failed to keep; somebody must look at them.",
		}, a.givenUp),
	) {
		if err := a.Site.Registry().Register(figure); err != nil {
			return fmt.Errorf("register a figure: %w", err)
		}
	}
	return nil
}

// givenUp counts dead promises; -1 when the database does not say.
func (a *App) givenUp() float64 {
	dead, err := outbox.Dead(context.Background(), a.db)
	if err != nil {
		return -1
	}
	return float64(len(dead))
}
