package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
)

// What can go wrong with profiles and photographs.
var (
	ErrNoPhoto   = errs.New(errs.NotFound, "people.no_photo")
	ErrNoProfile = errs.New(errs.NotFound, "people.no_profile")
)

// Photo is the portrait of a person of the programme, sent by themselves.
type Photo struct {
	Person  PersonID
	Hash    string // its name in addresses, which tells nothing of who is in it
	Large   []byte // JPEG
	Small   []byte // JPEG
	Consent string // the sentence that the person agreed to, word for word
	By      AccountID
	At      time.Time
}

// Profile is what somebody may say of themselves in the programme.
type Profile struct {
	Bio          i18n.Text
	Affiliations []Affiliation
	Revision     int // of the person, as the form was opened
}

// Own returns the person whom the account has claimed, or ErrNoProfile.
func (s *Service) Own(ctx context.Context, account AccountID) (Person, error) {
	return own(ctx, s.db, account)
}

func own(ctx context.Context, q db.Querier, account AccountID) (Person, error) {
	who, err := FindAccount(ctx, q, account)
	if err != nil {
		return Person{}, err
	}
	if who.Person == "" {
		return Person{}, ErrNoProfile
	}
	return findPerson(ctx, q, `id = $1`, string(who.Person))
}

// SaveOwn writes what somebody says of themselves. Their name and address stay
// as the organisers have them. A revision that is no longer the last is
// ErrChanged.
func (s *Service) SaveOwn(ctx context.Context, account AccountID, p Profile) (Person, error) {
	var saved Person
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		mine, err := own(ctx, tx, account)
		if err != nil {
			return err
		}
		mine.Bio, mine.Affiliations, mine.Revision = p.Bio, p.Affiliations, p.Revision
		saved, err = SavePerson(ctx, tx, Change{By: account, At: s.now()}, mine)
		return err
	})
	if err != nil {
		return saved, fmt.Errorf("save own profile: %w", err)
	}
	return saved, nil
}

// SavePhoto keeps the portrait that the account sends of the person whom it
// has claimed, in place of the one before. P says Large, Small and Consent; without
// the sentence that was agreed to nothing is kept.
func (s *Service) SavePhoto(ctx context.Context, account AccountID, p Photo) error {
	if strings.TrimSpace(p.Consent) == "" {
		var wrong errs.Problems
		wrong.Add("consent", "people.photo_consent")
		return wrong.Err()
	}
	p.By, p.At = account, s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		mine, err := own(ctx, tx, account)
		if err != nil {
			return err
		}
		p.Person, p.Hash = mine.ID, photoHash(mine.ID, p.Large)
		if err := replacePhoto(ctx, tx, p); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: p.At, Actor: string(account), Action: "people.photo_saved", Object: string(p.Person),
		})
	})
	if err != nil {
		return fmt.Errorf("save photo: %w", err)
	}
	return nil
}

// RemoveOwnPhoto takes away the portrait of the person whom the account has
// claimed; with it the consent to show it ends.
func (s *Service) RemoveOwnPhoto(ctx context.Context, account AccountID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		mine, err := own(ctx, tx, account)
		if err != nil {
			return err
		}
		return RemovePhoto(ctx, tx, Change{By: account, At: s.now()}, mine.ID)
	})
	if err != nil {
		return fmt.Errorf("remove photo: %w", err)
	}
	return nil
}

// RemovePhoto takes away the portrait of a person, or returns ErrNoPhoto.
func RemovePhoto(ctx context.Context, tx *db.Tx, c Change, person PersonID) error {
	n, err := tx.Exec(ctx, `DELETE FROM photo WHERE person_id = $1`, person)
	if err == nil && n == 0 {
		err = ErrNoPhoto
	}
	if err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "people.photo_removed", Object: string(person),
	})
}

// Photo returns the portrait of a person, or ErrNoPhoto.
func (s *Service) Photo(ctx context.Context, person PersonID) (Photo, error) {
	return findPhoto(ctx, s.db, `person_id = $1`, string(person))
}

// PhotoAt returns the portrait with this hash, or ErrNoPhoto.
func (s *Service) PhotoAt(ctx context.Context, hash string) (Photo, error) {
	return findPhoto(ctx, s.db, `hash = $1`, hash)
}

// PhotoHashes says which persons have a portrait, and its name in addresses.
func PhotoHashes(ctx context.Context, q db.Querier) (map[PersonID]string, error) {
	type pair struct {
		person PersonID
		hash   string
	}
	all, err := db.Collect(func(row db.Scanner) (p pair, err error) { return p, row.Scan(&p.person, &p.hash) })(
		q.Query(ctx, `SELECT person_id, hash FROM photo`))
	if err != nil {
		return nil, fmt.Errorf("list photos: %w", err)
	}
	hashes := make(map[PersonID]string, len(all))
	for _, one := range all {
		hashes[one.person] = one.hash
	}
	return hashes, nil
}

// photoHash names a picture. The person is part of it: two may send the same.
func photoHash(person PersonID, large []byte) string {
	sum := sha256.Sum256(append([]byte(person+"\x00"), large...))
	return hex.EncodeToString(sum[:16])
}

const photoColumns = `person_id, hash, large, small, consent, saved_by, saved_at`

func scanPhoto(row db.Scanner) (p Photo, err error) {
	return p, row.Scan(&p.Person, &p.Hash, &p.Large, &p.Small, &p.Consent, &p.By, &p.At)
}

func findPhoto(ctx context.Context, q db.Querier, where, arg string) (Photo, error) {
	p, err := scanPhoto(q.QueryRow(ctx, `SELECT `+photoColumns+` FROM photo WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return p, ErrNoPhoto
	}
	return p, err
}

func replacePhoto(ctx context.Context, q db.Querier, p Photo) error {
	_, err := q.Exec(ctx, `
		INSERT INTO photo (`+photoColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, large = excluded.large, small = excluded.small,
			consent = excluded.consent, saved_by = excluded.saved_by, saved_at = excluded.saved_at`,
		p.Person, p.Hash, p.Large, p.Small, p.Consent, p.By, p.At)
	return err
}

// collectPhoto gives the portrait of a subject and the offers made to their
// address.
func collectPhoto(ctx context.Context, q db.Querier, s Subject) (rows []map[string]any, err error) {
	photo, err := findPhoto(ctx, q, `person_id = $1`, string(s.Person))
	switch {
	case err == nil:
		rows = append(rows, map[string]any{
			"kind": "photo", "picture": photo.Large, "consent": photo.Consent, "saved_at": photo.At,
		})
	case !errors.Is(err, ErrNoPhoto):
		return nil, err
	}
	claims, err := db.Collect(scanClaim)(q.Query(ctx, `
		SELECT `+claimColumns+` FROM claim WHERE email = $1 OR person_id = $2 ORDER BY made_at, id`, s.Email, s.Person))
	for _, c := range claims {
		rows = append(rows, map[string]any{
			"kind": "claim", "email": c.Email, "person": c.Person, "made_at": c.MadeAt, "expires_at": c.ExpiresAt,
		})
	}
	return rows, err
}

// erasePhoto takes away the portrait of a subject and the offers made to their
// address.
func erasePhoto(ctx context.Context, tx *db.Tx, s Subject, _ time.Time) (gone int, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM photo WHERE person_id = $1`, s.Person)
	if err != nil {
		return 0, err
	}
	m, err := tx.Exec(ctx, `DELETE FROM claim WHERE email = $1 OR person_id = $2`, s.Email, s.Person)
	return int(n + m), err
}
