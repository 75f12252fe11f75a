package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"obrady/internal/agenda"
	"obrady/internal/arrangement"
	"obrady/internal/attendance"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/outbox"
	"obrady/internal/pace"
	"obrady/internal/people"
	"obrady/internal/publication"
	"obrady/internal/push"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web/signups"
)

// openSignups builds what gives out seats, and what tells open pages of it.
func (a *App) openSignups() {
	a.Signups = signup.NewService(a.db, a.config.Now)
	a.Signups.Doors, a.Signups.Guard = a.sessions, a.mayDo
	a.fairness = fairness.NewService(a.db)
	a.seats = &seatWatch{db: a.db, signups: a.Signups, shown: a.Publication}
	a.live = &board{fairness: a.fairness, signups: a.db, public: a.Publication, last: map[push.Topic]string{}}
	a.live.hub = push.NewHub(func(push.Topic) { a.live.wake() })
	a.Signups.Changed = func(edition.ID) { a.live.wake() }
}

// The parts of a seatDesk.
type (
	seats = signup.Service
	terms = arrangement.Service
	lots  = fairness.Service
	lists struct{ *attendance.Service }
)

// seatDesk is everything about sign-ups that pages ask for.
type seatDesk struct {
	*seats
	*terms
	*lots
	lists
}

func (a *App) seatDesk() seatDesk {
	return seatDesk{
		a.Signups, arrangement.NewService(a.Signups, a.config.Now), a.fairness, lists{attendance.NewService(a.db, a.config.Now, a.Signups)},
	}
}

// mayDo decides by the grants as they stand in the transaction.
func (a *App) mayDo(ctx context.Context, q db.Querier, by people.AccountID, action rights.Action, path []rights.Node) error {
	who, err := rights.Load(ctx, q, by, a.config.Now())
	if err != nil {
		return fmt.Errorf("find the rights of %s: %w", by, err)
	}
	return who.Decide(action, path)
}

// pressesInMinute is how often one account may press; see docs/operators.
const pressesInMinute = 20

func (a *App) signupPages() *signups.Pages {
	return &signups.Pages{
		Published: a.Publication, Desk: a.seatDesk(), Paces: pace.New(pressesInMinute, time.Minute, a.config.Now),
		Live: a.live.hub, Counter: a.live, Reports: a.fairness, Registration: a.Registration, Words: a.catalogue, Site: a.Site,
		Agenda: agenda.NewService(a.db, a.config.Now), Rooms: attendance.NewService(a.db, a.config.Now, a.Signups), Progress: a.seats.progress,
	}
}

// signupHandlers is what follows from sign-ups, and what sign-ups do about other things.
func (a *App) signupHandlers() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		signup.Due{}.Kind(): func(ctx context.Context, e outbox.Entry) error {
			var due signup.Due
			if err := json.Unmarshal(e.Payload, &due); err != nil {
				return fmt.Errorf("read what is due: %w", err)
			}
			return a.Signups.Look(ctx, due)
		},
	}
}

// followRelease takes the hours of a release over into sign-ups.
func (a *App) followRelease(ctx context.Context, e outbox.Entry) error {
	var released timetable.Released
	if err := json.Unmarshal(e.Payload, &released); err != nil {
		return fmt.Errorf("read a release: %w", err)
	}
	latest, err := a.Timetable.Latest(ctx, released.Edition)
	if errors.Is(err, timetable.ErrNoRelease) {
		return nil
	}
	if err != nil {
		return err
	}
	x, err := a.Timetable.Published(ctx, latest.ID)
	if err != nil {
		return err
	}
	return a.Signups.Adopt(ctx, released.Edition, x)
}

// followCancel gives back the seats of who does not take part any more.
func (a *App) followCancel(ctx context.Context, e outbox.Entry) error {
	var gone registration.Event
	if err := json.Unmarshal(e.Payload, &gone); err != nil {
		return fmt.Errorf("read a registration: %w", err)
	}
	return a.Signups.LeaveAll(ctx, gone.Edition, gone.Account)
}

// board shows the counts of places to everybody who has a page open.
type board struct {
	fairness *fairness.Service
	signups  *db.DB
	public   *publication.Desk
	hub      *push.Hub
	bell     chan struct{}
	once     sync.Once
	last     map[push.Topic]string
}

// boardTick is how often open pages hear of changes at most.
const boardTick = 200 * time.Millisecond

// Counts writes the counts of an edition.
func (b *board) Counts(ctx context.Context, of edition.ID) ([]byte, error) {
	shown := b.edition(of)
	if shown == nil {
		return nil, publication.ErrUnknown
	}
	text, _, err := b.fairness.Board(ctx, of, shown.Programme)
	return text, err
}

// edition is what the public sees of an edition; nil for one that it does not see.
func (b *board) edition(of edition.ID) *publication.Edition {
	for _, e := range b.public.Current().Editions {
		if e.ID == of {
			return e
		}
	}
	return nil
}

func (b *board) ringing() chan struct{} {
	b.once.Do(func() { b.bell = make(chan struct{}, 1) })
	return b.bell
}

func (b *board) wake() {
	select {
	case b.ringing() <- struct{}{}:
	default:
	}
}

// run shows what has changed until ctx ends, whether this instance decided it or another.
func (b *board) run(ctx context.Context) {
	tick := time.NewTicker(boardTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select { // what was rung for since the last tick is in the database
		case <-b.ringing():
		default:
		}
		for _, topic := range b.hub.Watched() {
			b.show(ctx, topic)
		}
	}
}

func (b *board) show(ctx context.Context, topic push.Topic) {
	shown := b.edition(edition.ID(topic))
	if shown == nil {
		return
	}
	last, revision, err := signup.Progress(ctx, b.signups)
	if err != nil {
		return // the next tick comes soon
	}
	now := strconv.FormatInt(int64(last), 10) + "-" + strconv.FormatInt(revision, 10) + "-" + shown.Generation
	if b.last[topic] == now && b.hub.Watchers(topic) > 0 && b.shown(topic) {
		return
	}
	text, _, err := b.fairness.Board(ctx, shown.ID, shown.Programme)
	if err != nil {
		return
	}
	b.last[topic] = now
	b.hub.Publish(topic, push.NewSnapshot("counts", now, text))
}

// shown says whether the hub still has a snapshot: it forgets one that nobody watches.
func (b *board) shown(topic push.Topic) bool {
	s := b.hub.Subscribe(topic)
	defer s.Close()
	latest, _ := s.Latest()
	return latest.Bytes() != nil
}
