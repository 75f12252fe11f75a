package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/signup"
	"obrady/internal/text"
)

// lettersAtOnce is how many letters about seats one transaction writes. Whoever presses a button meanwhile waits for no
// more than that.
const lettersAtOnce = 100

// mostOfTitle bounds the title of a session on a line of a letter, in characters.
const mostOfTitle = 160

// seatRoute is the page that is the truth about somebody's seats.
const seatRoute = "signup.mine"

// seatsDecided writes what a range of decisions means for each person. Read again, it writes nothing twice.
func (l *Letters) seatsDecided(ctx context.Context, e outbox.Entry) error {
	var event signup.Decided
	if err := e.Into(&event); err != nil {
		return err
	}
	events, err := signup.Events(ctx, l.DB, event)
	if err != nil || len(events) == 0 {
		return err
	}
	w := seatWriter{Letters: l, of: events[0].Edition, frames: map[string]frame{}}
	if w.sessions, err = sessionsOf(ctx, l.DB, w.of); err != nil {
		return fmt.Errorf("read the sessions of letters: %w", err)
	}
	for id, f := range w.sessions {
		f.Title = l.title(w.of, id, f.Title)
		w.sessions[id] = f
	}
	for part := range slices.Chunk(tidings(events, w.sessions), lettersAtOnce) {
		if err := w.tell(ctx, part); err != nil {
			return fmt.Errorf("write letters about seats: %w", err)
		}
	}
	return nil
}

// seatWriter writes letters about the seats of one edition.
type seatWriter struct {
	*Letters
	of       edition.ID
	sessions map[sessionID]sessionFacts
	frames   map[string]frame
	now      map[held]standing // of the people of the part that is being written
}

// tell reads what a part of the letters needs, writes them, and posts all of them in one transaction.
func (w *seatWriter) tell(ctx context.Context, part []tiding) (err error) {
	var accounts []people.AccountID
	for _, t := range part {
		if !slices.Contains(accounts, t.account) {
			accounts = append(accounts, t.account)
		}
	}
	who, err := people.Accounts(ctx, w.DB, accounts)
	if err != nil {
		return err
	}
	if w.now, err = standings(ctx, w.DB, w.of, accounts); err != nil {
		return err
	}
	var letters []mail.Letter
	for _, t := range part {
		letter, err := w.letter(ctx, t, who[t.account])
		if err == nil {
			err = letter.Validate()
		}
		switch {
		case errors.Is(err, errNoLetter) || errors.Is(err, mail.ErrAddress): // an address that no server takes must not hold up the others
		case err != nil:
			return err
		default:
			letters = append(letters, letter)
		}
	}
	return w.post(ctx, letters)
}

func (w *seatWriter) post(ctx context.Context, letters []mail.Letter) error {
	if len(letters) == 0 {
		return nil
	}
	return w.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, letter := range letters {
			if _, err := mail.Post(ctx, tx, w.Now(), letter); err != nil {
				return err
			}
		}
		return nil
	})
}

// letter writes one letter, or returns errNoLetter where nothing of it is so any more, or nobody is there.
func (w *seatWriter) letter(ctx context.Context, t tiding, to people.Account) (mail.Letter, error) {
	t.events = slices.DeleteFunc(slices.Clone(t.events), func(e signup.Event) bool {
		return !w.now[held{t.account, e.Session}].holds(e)
	})
	if len(t.events) == 0 || to.Email == "" || to.Erased() {
		return mail.Letter{}, errNoLetter
	}
	f, err := w.frame(ctx, t.kind)
	if err != nil {
		return mail.Letter{}, err
	}
	letter, err := w.compose(news{
		kind: t.kind, edition: w.of, to: to, route: seatRoute, args: []any{f.edition.Slug}, dedupe: t.dedupe() + ":" + string(t.account),
		words: func(p i18n.Printer) map[string]string { return w.words(p, f.edition, t) },
	}, f)
	letter.Bulk = slices.Contains(rushed, t.kind.Name)
	if t.kind.Name == seatOffered.Name {
		letter.Expires = w.now[held{t.account, t.events[0].Session}].until
	}
	return letter, err
}

func (w *seatWriter) frame(ctx context.Context, k Kind) (f frame, err error) {
	f, known := w.frames[k.Name]
	if !known {
		if f, err = frameOf(ctx, w.DB, w.of, k); err == nil {
			w.frames[k.Name] = f
		}
	}
	return f, err
}

func (w *seatWriter) words(p i18n.Printer, e edition.Edition, t tiding) map[string]string {
	s := seatSpeaker{p, e, w.sessions}
	first := t.events[0]
	words := map[string]string{
		"session": p.N("notify.seat.sessions", len(t.events)), "words": first.Why, "window": w.sessions[first.Session].Name.In(p.Lang).Text,
	}
	if len(t.events) == 1 {
		words["session"] = s.title(first.Session)
	}
	var lines []string
	for _, one := range slices.Concat(t.events, t.beside) {
		lines = append(lines, s.line(one))
	}
	words["sessions"] = strings.Join(lines, "\n")
	if until := w.now[held{t.account, first.Session}].until; !until.IsZero() {
		words["until"] = s.moment(admission.Span{Start: until})
	}
	return words
}

// seatSpeaker says what was decided, in one language and on the clocks of the congress.
type seatSpeaker struct {
	i18n.Printer
	edition  edition.Edition
	sessions map[sessionID]sessionFacts
}

func (s seatSpeaker) title(of sessionID) string {
	return text.Excerpt(strings.Join(strings.Fields(s.sessions[of].Title.In(s.Lang).Text), " "), mostOfTitle)
}

// moment is a span as a letter names it; one without an end is an hour of a day.
func (s seatSpeaker) moment(h admission.Span) string {
	zone := s.edition.Location()
	start := h.Start.In(zone)
	if h.End.IsZero() {
		return s.ShortDay(start) + ", " + s.Hour(start)
	}
	return s.ShortDay(start) + ", " + s.Hours(start, h.End.In(zone))
}

// line says what became of one session.
func (s seatSpeaker) line(e signup.Event) string {
	name := s.title(e.Session)
	var hours []string
	for _, h := range s.sessions[e.Session].Hours {
		hours = append(hours, s.moment(h))
	}
	if len(hours) > 0 {
		name += " (" + strings.Join(hours, "; ") + ")"
	}
	return s.state(e, name)
}

func (s seatSpeaker) state(e signup.Event, name string) string {
	switch e.What { //nolint:exhaustive // of the others the letter itself says what they mean
	case signup.WasGranted, signup.WasDrawn, signup.WasPromoted, signup.WasAdmitted:
		return s.T("notify.seat.held", name, e.Seq.String())
	case signup.WasListed:
		return s.T("notify.seat.waiting", name, int(e.Number), e.Seq.String())
	case signup.WasRefused:
		return s.T("notify.seat.refused", name, s.T(signup.Why(e.Why).Key()))
	case signup.WasDropped:
		return s.T("notify.seat.dropped", name, s.T(signup.Why(e.Why).Key()))
	case signup.WasSwapped:
		return s.T("notify.seat.swapped", name)
	case signup.WasMoved:
		if other := s.title(sessionID(e.Other)); other != "" && !s.sessions[e.Session].Cancelled {
			return s.T("notify.seat.collides", name, other)
		}
	}
	return name
}
