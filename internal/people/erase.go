package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/i18n"
)

// ErasedName is what stands where the name of somebody stood whose data have
// been erased: nomen nescio, the same in both languages.
const ErasedName = "N.N."

// erasedAddress begins what stands where an e-mail address stood. No address
// looks like it, so nobody can sign in with it.
const erasedAddress = "erased:"

// FindPerson returns a person by its id, or ErrNoPerson.
func FindPerson(ctx context.Context, q db.Querier, person PersonID) (Person, error) {
	return findPerson(ctx, q, `id = $1`, string(person))
}

// Erased reports whether nothing is known of the person any more.
func (p Person) Erased() bool { return p.Name == ErasedName && p.Slug == erasedSlug(p.ID) }

// Erased reports whether nothing is known of the account any more.
func (a Account) Erased() bool { return strings.HasPrefix(a.Email, erasedAddress) }

// Neutral is what stays of a person after an erasure: a mark in every place of
// the programme that names the person, so that sessions keep their shape.
func (p Person) Neutral() Person {
	p.Slug, p.Name, p.SortName = erasedSlug(p.ID), ErasedName, ErasedName
	p.Bio, p.Affiliations, p.Origin = i18n.Text{}, nil, ""
	return p
}

// erasedSlug is an address that tells nothing but is nobody else's: the end of
// the id, which is random.
func erasedSlug(person PersonID) string {
	bare := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(string(person)))
	return "nn-" + bare[max(0, len(bare)-12):]
}

// SubjectOf completes a subject: an account leads to the person that it has
// claimed, a person to the account that has claimed it, an address to its
// account. What is not there stays empty.
func SubjectOf(ctx context.Context, q db.Querier, s Subject) (Subject, error) {
	for _, way := range []struct {
		known string
		where string
	}{
		{string(s.Account), `id = $1`},
		{s.Email, `email = $1`},
		{string(s.Person), `person_id = $1`},
	} {
		if way.known == "" {
			continue
		}
		account, err := findAccount(ctx, q, way.where, way.known)
		if errors.Is(err, ErrNoAccount) {
			continue
		}
		if err != nil {
			return s, fmt.Errorf("find out whose data these are: %w", err)
		}
		s.Account, s.Email = account.ID, account.Email
		if account.Person != "" {
			s.Person = account.Person
		}
		return s, nil
	}
	return s, nil
}

// Collect gives everything that this package keeps about the subject.
// key: people.data.*
func Collect(ctx context.Context, q db.Querier, s Subject) (Extract, error) {
	out := Extract{Part: "people.data.part"}
	account, err := FindAccount(ctx, q, s.Account)
	switch {
	case err == nil:
		out.Rows = append(out.Rows, map[string]any{
			"kind": "account", "id": account.ID, "email": account.Email, "name": account.Name, "lang": account.Lang,
			"person": account.Person, "created_at": account.CreatedAt,
		})
	case !errors.Is(err, ErrNoAccount):
		return out, fmt.Errorf("collect the account: %w", err)
	}
	members, err := db.Collect(scanMember)(q.Query(ctx, `
		SELECT account_id, institution_id, granted_by, granted_at FROM member
		WHERE account_id = $1 ORDER BY institution_id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect memberships: %w", err)
	}
	for _, m := range members {
		out.Rows = append(out.Rows, map[string]any{"kind": "member", "institution": m.Institution, "since": m.GrantedAt})
	}
	pictures, err := collectPhoto(ctx, q, s)
	if err != nil {
		return out, fmt.Errorf("collect the photo: %w", err)
	}
	out.Rows = append(out.Rows, pictures...)
	person, err := FindPerson(ctx, q, s.Person)
	if errors.Is(err, ErrNoPerson) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("collect the person: %w", err)
	}
	out.Rows = append(out.Rows, map[string]any{
		"kind": "person", "id": person.ID, "name": person.Name, "sort_name": person.SortName, "address": person.Slug,
		"bio": person.Bio, "affiliations": person.Affiliations, "origin": person.Origin,
	})
	return out, nil
}

// Erase takes out what says who the subject is. The rows stay, empty: what
// others did with the subject refers to them by id.
func Erase(ctx context.Context, tx *db.Tx, s Subject, now time.Time) ([]Outcome, error) {
	done := Outcome{Part: "people.data.part"}
	for _, step := range []func(context.Context, *db.Tx, Subject, time.Time) (int, error){erasePhoto, eraseAccount, erasePerson} {
		n, err := step(ctx, tx, s, now)
		if err != nil {
			return nil, fmt.Errorf("erase from people: %w", err)
		}
		done.Gone += n
	}
	return []Outcome{done}, nil
}

func eraseAccount(ctx context.Context, tx *db.Tx, s Subject, _ time.Time) (gone int, err error) {
	if s.Account == "" {
		return 0, nil
	}
	for _, statement := range []string{
		`DELETE FROM account_link WHERE account_id = $1`,
		`DELETE FROM member WHERE account_id = $1`,
		`UPDATE account SET email = '` + erasedAddress + `' || id, name = '', lang = 'pl', person_id = NULL,
			verified_at = NULL
		WHERE id = $1 AND email <> '` + erasedAddress + `' || id`,
	} {
		n, err := tx.Exec(ctx, statement, s.Account)
		if err != nil {
			return 0, err
		}
		gone += int(n)
	}
	return gone, nil
}

func erasePerson(ctx context.Context, tx *db.Tx, s Subject, now time.Time) (int, error) {
	p, err := FindPerson(ctx, tx, s.Person)
	if errors.Is(err, ErrNoPerson) || err == nil && p.Erased() && len(p.Affiliations) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	gone := 1 + len(p.Affiliations)
	p = p.Neutral()
	p.Revision, p.UpdatedAt = p.Revision+1, now
	if err := updatePerson(ctx, tx, p); err != nil {
		return 0, err
	}
	return gone, replaceAffiliations(ctx, tx, p)
}
