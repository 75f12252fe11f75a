// Package app puts the house of the congress together: it builds every service and every page once, opens the
// doors to visitors, keeps what runs beside them going, and closes in good order when it is told to.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/campaign"
	"obrady/internal/consent"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/kaleidoscope"
	"obrady/internal/mail"
	"obrady/internal/onstage"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/privacy"
	"obrady/internal/proceedings"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/registration"
	"obrady/internal/rehearsal"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/signin"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/account"
	"obrady/internal/web/desk"
	"obrady/internal/web/session"
)

// Config is what an operator decides. The zero value of each field is good.
type Config struct {
	// BaseURL is where the site stands for the world. Without it feeds carry addresses without a host.
	BaseURL string
	// Hosts are the names that the site answers to; any when empty.
	Hosts []string
	// TrustedProxies may say who the visitor behind them is.
	TrustedProxies []netip.Prefix
	// MetricsFrom may read /metrics; the machine itself when empty.
	MetricsFrom []netip.Prefix
	// SecurityContact is told to whoever finds a weakness: an address with mailto: or https:.
	SecurityContact string
	// Provider is the identity provider by which people may come in; none when it has no issuer.
	Provider account.ProviderConfig
	// Notice is how long /readyz says that the site is stopping before it does.
	Notice time.Duration
	// CacheBytes bounds the page cache; see web.Config.
	CacheBytes int64
	// Uncached draws every public page anew, for measuring.
	Uncached bool
	// Erasures is the file in which erasures are noted outside the database; nowhere when empty.
	Erasures string
	// Mail says how letters leave the house; without it they wait. The base address in it is that of the site.
	Mail mail.Settings
	// Release names the release of the software for whoever operates it; the build says it when empty.
	Release string
	// Dropped counts the lines that the log did not take; it is not asked when nil.
	Dropped func() uint64
	// Scratch is a folder in which a copy may lie for a minute; that of temporary files when empty.
	Scratch string
	// Demo says on every page that this is a demonstration.
	Demo bool

	Log *slog.Logger     // nothing is logged when nil
	Now func() time.Time // the clock of the machine when nil
}

func (c Config) filled() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// App is the house, ready to let visitors in.
type App struct {
	config Config
	db     *db.DB

	People       *people.Service
	Editions     *edition.Service
	Programme    *programme.Service
	Timetable    *timetable.Service
	Rights       *rights.Service
	Consents     *consent.Service
	Registration *registration.Service
	Signups      *signup.Service
	Privacy      *privacy.Service
	Mail         *mail.Service
	Calls        *call.Service
	Reviews      *review.Service
	Council      *council.Service
	Composer     *kaleidoscope.Service
	Practices    *practice.Service
	Proceedings  *proceedings.Service
	Stage        *onstage.Service
	Publication  *publication.Desk
	Site         *web.Site

	presence

	attachments *attachment.Service
	fairness    *fairness.Service
	live        *board
	shelf       *practice.Shelf
	volumes     *proceedings.Shelf
	openings    *callWatch
	seats       *seatWatch
	rehearsals  *rehearsal.Service
	catalogue   *i18n.Catalogue
	sessions    *session.Store
	kit         *desk.Kit
	signIn      *signin.Service
	worker      *outbox.Worker
	deliverer   *mail.Deliverer
}

// New builds the house over a migrated database and looks at once at what has been published.
func New(ctx context.Context, d *db.DB, c Config) (*App, error) {
	c = c.filled()
	a := &App{
		config: c, db: d,
		People:       people.NewService(d, c.Now),
		Editions:     edition.NewService(d, c.Now),
		Programme:    programme.NewService(d, c.Now),
		Timetable:    timetable.NewService(d, c.Now),
		Rights:       rights.NewService(d, c.Now),
		Consents:     consent.NewService(d, c.Now),
		Registration: registration.NewService(d, c.Now),
		sessions:     session.NewStore(d, c.Now),
	}
	a.Publication = publication.New(d, a.Timetable, c.Log)
	a.openMail()
	a.openSignups()
	a.openRehearsals()
	a.openPresence()
	a.openCalls()
	a.openCouncil()
	a.openComposer()
	a.openPractices()
	a.openProceedings()
	a.openings = &callWatch{app: a}
	a.openStage()
	if err := a.guardPrivacy(ctx); err != nil {
		return nil, err
	}
	var err error
	if a.signIn, err = signin.NewService(d, c.Now, signin.Config{BaseURL: c.BaseURL, Sessions: a.sessions}); err != nil {
		return nil, err
	}
	if err := a.build(); err != nil {
		return nil, fmt.Errorf("build the site: %w", err)
	}
	a.worker = &outbox.Worker{DB: d, Now: c.Now, Log: c.Log, Handlers: a.handlers(), Lanes: otherPromises()}
	if err := a.Publication.Refresh(ctx); err != nil {
		return nil, err
	}
	if err := a.seats.look(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(a.shelf.Refresh(ctx), a.volumes.Refresh(ctx), a.openings.look(ctx)); err != nil {
		return nil, err
	}
	return a, nil
}

// handlers says what follows from what has happened.
func (a *App) handlers() map[string]func(context.Context, outbox.Entry) error {
	letters := a.letters()
	all := letters.Handlers()
	maps.Copy(all, map[string]func(context.Context, outbox.Entry) error{
		timetable.Released{}.Kind(): func(ctx context.Context, e outbox.Entry) error {
			if err := a.Publication.Refresh(ctx); err != nil {
				return err
			}
			return a.followRelease(ctx, e)
		},
		privacy.Erased{}.Kind(): func(ctx context.Context, _ outbox.Entry) error {
			return a.Renew(ctx)
		},
		privacy.Opened{}.Kind(): func(ctx context.Context, e outbox.Entry) error { return a.caseOpened(ctx, letters, e) },
		campaign.Due{}.Kind():   a.campaigns().Continue,
	})
	bearPartners(all)
	maps.Copy(all, a.signupHandlers())
	a.followDeclined(all)
	told := all[registration.EventCancelled]
	all[registration.EventCancelled] = func(ctx context.Context, e outbox.Entry) error {
		if err := a.followCancel(ctx, e); err != nil {
			return err
		}
		return told(ctx, e)
	}
	return all
}

// unheard handles what has happened when nothing follows from it.
func unheard(context.Context, outbox.Entry) error { return nil }

// renewal is how often an instance looks at what others have published.
const renewal = time.Second

// Renew takes over what another instance has published or taken back: the programme, the catalogue, the proceedings.
// Run does it every second.
func (a *App) Renew(ctx context.Context) error {
	return errors.Join(a.Publication.Refresh(ctx), a.shelf.Refresh(ctx), a.volumes.Refresh(ctx))
}

// Run lets visitors in at the listener until ctx ends. Requests under way come to their end first, then the work
// beside them.
func (a *App) Run(ctx context.Context, at net.Listener) error {
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var work errgroup.Group
	work.Go(func() error { a.Publication.Run(beside, renewal); return nil })
	work.Go(func() error { a.shelf.Run(beside, renewal); return nil })
	work.Go(func() error { a.volumes.Run(beside, renewal); return nil })
	work.Go(func() error { a.openings.run(beside); return nil })
	work.Go(func() error { return a.worker.Run(beside) })
	work.Go(func() error { return a.deliver(beside) })
	work.Go(func() error { a.sweep(beside); return nil })
	work.Go(func() error { a.live.run(beside); return nil })
	work.Go(func() error { a.seats.run(beside); return nil })
	work.Go(func() error { a.attend(beside); return nil })
	work.Go(func() error { rest(beside); return nil })
	serving := web.Serving{
		Site: a.Site, Server: web.Server(at.Addr().String(), a.Site), Listener: at, Notice: a.config.Notice,
	}
	trusted, end := a.whileTrusted(ctx)
	defer end()
	err := serving.Run(trusted)
	stop()
	a.rehearsals.Stop()
	if errors.Is(context.Cause(trusted), db.ErrBroken) {
		err = errors.Join(err, db.ErrBroken)
	}
	return errors.Join(err, work.Wait())
}

// whileTrusted is ctx until the disk fails to keep what was written. The program ends then: its successor reads from the
// file what there is, and whoever looks after the machine hears of it.
func (a *App) whileTrusted(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-ctx.Done():
		case <-a.db.Broken():
			a.config.Log.ErrorContext(ctx, "stopping", "err", db.ErrBroken)
			cancel(db.ErrBroken)
		}
	}()
	return ctx, func() { cancel(nil) }
}
