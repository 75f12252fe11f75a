package attendance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// Asked promises the letter that asks somebody whether they come to a session.
type Asked struct {
	Session programme.SessionID `json:"session"`
	Account people.AccountID    `json:"account"`
}

// Kind implements outbox.Event.
func (Asked) Kind() string { return "attendance.asked" }

// Ask asks everybody who has had a place in a session since before the last day,
// once, from AskBefore on. Who does not answer keeps the place.
func (s *Service) Ask(ctx context.Context) (n int64, err error) {
	now, err := s.clock(ctx, s.db)
	if err != nil {
		return 0, err
	}
	due, err := dueQuestions(ctx, s.db, now)
	if err != nil {
		return 0, fmt.Errorf("look for sessions of the next day: %w", err)
	}
	for _, session := range due {
		asked := 0
		err := s.db.Tx(ctx, func(tx *db.Tx) error {
			door, err := take(ctx, tx, session, now)
			if err != nil || !door.asked.IsZero() {
				return err // another instance was faster
			}
			asked, err = ask(ctx, tx, door, now)
			return err
		})
		if err != nil {
			return n, fmt.Errorf("ask who comes to %s: %w", session, err)
		}
		n += int64(asked)
	}
	return n, nil
}

func ask(ctx context.Context, tx *db.Tx, d door, now time.Time) (int, error) {
	who, err := holders(ctx, tx, d.Session, d.start.Add(-AskBefore))
	if err != nil {
		return 0, err
	}
	for _, account := range who {
		if err := noteAsked(ctx, tx, question{Session: d.Session, Account: account, Edition: d.Edition, at: now}); err != nil {
			return 0, err
		}
		if err := outbox.Add(ctx, tx, now, Asked{Session: d.Session, Account: account}); err != nil {
			return 0, err
		}
	}
	return len(who), sessionAsked(ctx, tx, d.Session, now)
}

// Question is what somebody is asked the day before: whether they come.
type Question struct {
	Session programme.SessionID
	Account people.AccountID
	Edition edition.ID
	Slug    string // of the session
	Where   string // slug of the edition
	Title   i18n.Text
	StartAt time.Time
	State   signup.State
	Coming  time.Time // when they said so; zero: they have not
}

// Has says whether there still is a place to speak of.
func (q Question) Has() bool { return q.State == signup.Holding }

// IssueLink makes the token of the link in a letter, by which somebody answers for
// that one place without signing in; only its hash is kept. It returns ErrNoLink
// when there is nothing to ask any more.
func IssueLink(ctx context.Context, tx *db.Tx, now time.Time, a Asked) (token string, q Question, err error) {
	token = rand.Text()
	n, err := tx.Exec(ctx, `
		UPDATE attendance_answer SET hash = $3 WHERE session_id = $1 AND account_id = $2`, a.Session, a.Account, hashOf(token))
	if err == nil && n == 0 {
		err = ErrNoLink
	}
	if err == nil {
		q, err = findQuestion(ctx, tx, `a.hash = $1`, hashOf(token))
	}
	if err == nil && (!q.Has() || !q.Coming.IsZero() || !now.Before(q.StartAt)) {
		err = ErrNoLink
	}
	if err != nil {
		return "", q, fmt.Errorf("make a link that asks about %s: %w", a.Session, err)
	}
	return token, q, nil
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte("obrady attendance " + token))
	return hex.EncodeToString(sum[:])
}

// Question returns what the link of a letter asks, or ErrNoLink. It changes nothing.
func (s *Service) Question(ctx context.Context, token string) (Question, error) {
	q, err := findQuestion(ctx, s.db, `a.hash = $1`, hashOf(token))
	if err != nil {
		return q, fmt.Errorf("look what a link asks: %w", err)
	}
	return q, nil
}

// ComeBy notes that the owner of the link's place comes.
func (s *Service) ComeBy(ctx context.Context, token string) error {
	q, err := s.Question(ctx, token)
	if err != nil {
		return err
	}
	return s.Come(ctx, q.Account, q.Session)
}

// Come notes that somebody comes to a session in which they have a place. It can
// be said without having been asked.
func (s *Service) Come(ctx context.Context, account people.AccountID, session programme.SessionID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		now, err := s.clock(ctx, tx)
		if err != nil {
			return err
		}
		return noteComing(ctx, tx, Mark{Session: session, Account: account}, now)
	})
	if err != nil {
		return fmt.Errorf("say that somebody comes to %s: %w", session, err)
	}
	return nil
}

// GiveBackBy gives the place of a link back to those who wait. That it has been
// given back before is no error.
func (s *Service) GiveBackBy(ctx context.Context, token string) error {
	q, err := s.Question(ctx, token)
	if err != nil {
		return err
	}
	if !q.Has() {
		return nil
	}
	now, err := s.clock(ctx, s.db)
	if err != nil {
		return err
	}
	if !now.Before(q.StartAt) {
		return ErrNoLink
	}
	if err := s.seats.Leave(ctx, q.Edition, q.Account, q.Session); err != nil && !errors.Is(err, signup.ErrNoSeat) {
		return fmt.Errorf("give a place back by a link: %w", err)
	}
	return nil
}

// Answers says which sessions of an edition somebody has been asked about, and
// whether they have said that they come.
func (s *Service) Answers(ctx context.Context, of edition.ID, account people.AccountID) (map[programme.SessionID]bool, error) {
	all, err := answersOf(ctx, s.db, of, account)
	if err != nil {
		return nil, fmt.Errorf("find what somebody answered: %w", err)
	}
	return all, nil
}
