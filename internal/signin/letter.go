package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// Asking is somebody's wish for a letter that lets them in.
type Asking struct {
	Email   string // as it was typed
	Browser string // the secret that the browser keeps in a cookie
	Lang    i18n.Lang
	Next    string // the page that is wanted; "" for none
	// Claim is who the same browser is for a provider that does not vouch for the address. It is added to the account
	// when this browser proves the address.
	Claim Claims
}

// Sent says what became of the wish. It is the same for every address.
type Sent struct {
	Request RequestID
	Email   string    // in the form in which it is kept
	Before  time.Time // when the last letter was asked for, if there were too many for another; else zero
}

// Ask promises a letter. It returns ErrAddress, ErrTooOften for a browser that asks for too many, and ErrBusy when too
// many people ask at once.
func (s *Service) Ask(ctx context.Context, a Asking) (Sent, error) {
	email, err := Address(a.Email)
	if err != nil {
		return Sent{}, err
	}
	now := s.now()
	wish := request{
		ID: id.Make[RequestID](), Email: email, Browser: sum(a.Browser), Lang: a.Lang, Next: a.Next,
		Issuer: a.Claim.Issuer, Subject: a.Claim.Subject, AskedAt: now, ExpiresAt: now.Add(issueWithin),
	}
	sent := Sent{Request: wish.ID, Email: email}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		return s.ask(ctx, tx, wish, &sent)
	})
	if err != nil {
		return Sent{}, fmt.Errorf("ask for a letter: %w", err)
	}
	return sent, nil
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, wish request, sent *Sent) error {
	now := wish.AskedAt
	browser, err := countAsked(ctx, tx, `browser = $1 AND asked_at > $2`, wish.Browser, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	all, err := countAsked(ctx, tx, `$1 <> '' AND asked_at > $2`, "all", now.Add(-time.Second))
	if err != nil {
		return err
	}
	letters, err := countAsked(ctx, tx, `email = $1 AND asked_at > $2 AND NOT silent`, wish.Email, now.Add(-lettersIn))
	switch {
	case err != nil:
		return err
	case browser.n >= mostAsked:
		return ErrTooOften
	case all.n >= mostAtOnce:
		return ErrBusy
	}
	if letters.n >= mostLetters {
		wish.Silent, sent.Before = true, letters.last
	}
	if err := insertRequest(ctx, tx, wish); err != nil || wish.Silent {
		return err
	}
	return outbox.Add(ctx, tx, now, Asked{wish.ID})
}

// Issued is what goes into a letter. The secrets are nowhere else.
type Issued struct {
	Request   RequestID
	Email     string
	Lang      i18n.Lang
	AskedAt   time.Time
	ExpiresAt time.Time
	Token     string // for the link
	Code      string // six digits
	Account   people.Account
}

// Issue makes the secrets of a letter and keeps their sums, so that the letter is written in the same transaction or
// not at all. It returns ErrSpent for a request that has its letter already, or that waited for too long.
func Issue(ctx context.Context, tx *db.Tx, now time.Time, of RequestID) (Issued, error) {
	found, err := findRequest(ctx, tx, `id = $1`, string(of))
	if err != nil {
		return Issued{}, fmt.Errorf("issue a letter: %w", err)
	}
	made := Issued{
		Request: of, Email: found.Email, Lang: found.Lang, AskedAt: found.AskedAt, ExpiresAt: now.Add(LinkLife),
		Token: newToken(), Code: newCode(),
	}
	if err := issueRequest(ctx, tx, now, made); err != nil {
		return Issued{}, fmt.Errorf("issue a letter: %w", err)
	}
	made.Account, err = people.AccountOf(ctx, tx, found.Email)
	if err != nil && !errors.Is(err, people.ErrNoAccount) {
		return Issued{}, fmt.Errorf("issue a letter: %w", err)
	}
	return made, nil
}

// Look says whether the link with this token can let in, and whether this browser asked for it; it changes nothing.
// A link that cannot is ErrSpent.
func (s *Service) Look(ctx context.Context, token, browser string) (mine bool, err error) {
	found, err := findRequest(ctx, s.db, `token_sum = $1`, sum(token))
	if err == nil && !found.open(s.now()) {
		err = ErrSpent
	}
	if err != nil {
		return false, fmt.Errorf("look at a link: %w", err)
	}
	return same(found.Browser, sum(browser)), nil
}

// Waiting is what the page about a letter shows in the browser that asked for it.
type Waiting struct {
	Email  string
	Before time.Time // see Sent
	Next   string
}

// Wait returns the request of this browser, or ErrSpent.
func (s *Service) Wait(ctx context.Context, of RequestID, browser string) (Waiting, error) {
	found, err := findRequest(ctx, s.db, `id = $1`, string(of))
	if err == nil && (!same(found.Browser, sum(browser)) || found.UsedAt != nil || !s.now().Before(found.ExpiresAt)) {
		err = ErrSpent
	}
	if err != nil {
		return Waiting{}, fmt.Errorf("wait for a letter: %w", err)
	}
	w := Waiting{Email: found.Email, Next: found.Next}
	if found.Silent {
		before, err := countAsked(ctx, s.db, `email = $1 AND asked_at > $2 AND NOT silent`, found.Email, found.AskedAt.Add(-lettersIn))
		if err != nil {
			return Waiting{}, fmt.Errorf("wait for a letter: %w", err)
		}
		w.Before = before.last
	}
	return w, nil
}

// Again asks for a new letter to the address of an old link.
func (s *Service) Again(ctx context.Context, token, browser string) (Sent, error) {
	found, err := findRequest(ctx, s.db, `token_sum = $1`, sum(token))
	if err != nil {
		return Sent{}, fmt.Errorf("ask again: %w", err)
	}
	return s.Ask(ctx, Asking{Email: found.Email, Browser: browser, Lang: found.Lang, Next: found.Next})
}

// Proof is what somebody shows to be let in: a link's token, or a request and its code. In a browser that did not ask
// for the letter the token needs the code as well.
type Proof struct {
	Token   string
	Request RequestID
	Code    string
	Browser string
}

// Enter lets in whoever shows the proof, once. It returns ErrSpent, ErrCodeNeeded, ErrCode, ErrTries or ErrCodesOff.
func (s *Service) Enter(ctx context.Context, p Proof) (Entry, error) {
	now := s.now()
	var entry Entry
	var wrong error // to be told although the transaction is committed: a wrong try counts
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		entry, wrong = Entry{}, nil
		found, err := s.proved(ctx, tx, p, now)
		var not refusal
		if errors.As(err, &not) {
			wrong = not.why
			return refused(ctx, tx, now, string(found.ID), ByCode)
		}
		if err != nil {
			return err
		}
		if !same(found.Browser, sum(p.Browser)) {
			found.Issuer = "" // an identity is added in the browser that brought it, and in no other
		}
		if entry, err = s.letIn(ctx, tx, found); err != nil {
			return err
		}
		if p.Code != "" {
			entry.Way = ByCode
		}
		return nil
	})
	if err = errors.Join(err, wrong); err != nil {
		return Entry{}, fmt.Errorf("enter by letter: %w", err)
	}
	return entry, nil
}

// refusal is a wrong try, which is kept.
type refusal struct{ why error }

func (r refusal) Error() string { return r.why.Error() }

// proved finds the request that the proof is for, and spends it if the proof is good.
func (s *Service) proved(ctx context.Context, tx *db.Tx, p Proof, now time.Time) (request, error) {
	where, key := `token_sum = $1`, sum(p.Token)
	if p.Token == "" {
		where, key = `id = $1`, string(p.Request)
	}
	found, err := findRequest(ctx, tx, where, key)
	if err != nil {
		return found, err
	}
	mine := same(found.Browser, sum(p.Browser))
	switch {
	case !found.open(now), p.Token == "" && !mine:
		return found, ErrSpent
	case p.Token != "" && !mine && p.Code == "":
		return found, ErrCodeNeeded
	case p.Token == "" || !mine:
		if err := try(ctx, tx, found, p.Code, now); err != nil {
			return found, err
		}
	}
	return found, spend(ctx, tx, found.ID, now)
}

// try compares a code. The try is counted before, so that many at once do not get more of them.
func try(ctx context.Context, tx *db.Tx, found request, code string, now time.Time) error {
	wrong, err := wrongTries(ctx, tx, found.Email, now.Add(-wrongWithin))
	if err != nil {
		return err
	}
	if wrong >= mostWrong {
		return ErrCodesOff
	}
	if err := countTry(ctx, tx, found.ID); err != nil {
		return err
	}
	if !same(found.Code, codeSum(found.ID, digits(code))) {
		return refusal{ErrCode}
	}
	return nil
}

// letIn opens the account of a proved address where there is none, and lets its owner in.
func (s *Service) letIn(ctx context.Context, tx *db.Tx, r request) (Entry, error) {
	now := s.now()
	account, err := people.OpenAccount(ctx, tx, people.Account{Email: r.Email, Lang: r.Lang, CreatedAt: now})
	if err != nil {
		return Entry{}, err
	}
	entry := Entry{Account: account, Way: ByLink, Next: r.Next}
	if entry.First, err = s.enter(ctx, tx, entering{account: account, way: ByLink, proved: true, at: now}); err != nil {
		return Entry{}, err
	}
	if r.Issuer != "" {
		err = link(ctx, tx, identity{Issuer: r.Issuer, Subject: r.Subject, Account: account.ID, CreatedAt: now, UsedAt: now})
	}
	return entry, err
}

// same compares sums without telling by the time it takes how much of them agrees.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
