package edition

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// ErrNoStatement is returned for an edition whose accessibility statement
// nobody has filled in.
var ErrNoStatement = errs.New(errs.NotFound, "edition.no_statement")

// Compliance says how far the site meets the act of 4 April 2019 on the digital
// accessibility of public bodies' sites (stan dostępności cyfrowej).
type Compliance string

// The states.
const (
	Compliant          Compliance = "full"
	PartlyCompliant    Compliance = "partial"
	NotCompliant       Compliance = "none"
	SelfAssessed       Assessment = "self"
	ExternallyAssessed Assessment = "external"
)

// Compliances lists the states in the order in which forms offer them.
var Compliances = []Compliance{Compliant, PartlyCompliant, NotCompliant}

// Key names the sentence that says the state.
// key: edition.compliance.*
func (c Compliance) Key() string { return "edition.compliance." + string(c) }

// Assessment says who found out how accessible the site is.
type Assessment string

// Assessments lists them in the order in which forms offer them.
var Assessments = []Assessment{SelfAssessed, ExternallyAssessed}

// Key names the sentence that says who assessed.
// key: edition.assessment.*
func (a Assessment) Key() string { return "edition.assessment." + string(a) }

// Statement is the accessibility statement of an edition's pages (deklaracja
// dostępności): what article 10 of the act wants said, by the technical
// conditions of article 12 paragraph 7. The standing sentences are the page's.
type Statement struct {
	Edition     ID
	Body        i18n.Text  // the public body that answers for the site
	Site        string     // its address; empty: this site
	PublishedOn civil.Date // when the site was first published
	UpdatedOn   civil.Date // the last change that mattered
	Status      Compliance
	Failings    i18n.Text // Markdown: what is not accessible, why, and what instead; exclusions as well
	MadeOn      civil.Date
	ReviewedOn  civil.Date // the last yearly review; empty: none yet
	Assessed    Assessment
	Auditor     i18n.Text // who, when not the body itself
	Contact     i18n.Text // a person or a post
	Email       string
	Phone       string
	Complaints  i18n.Text // Markdown: where to complain, beside what the act says
	Building    i18n.Text // Markdown: how accessible the seat is
	Apps        i18n.Text // Markdown; empty: there are none
	Revision    int
	UpdatedAt   time.Time
}

// Missing lists the fields without which the statement is not what the act
// wants. A statement that misses something is not shown.
func (s Statement) Missing() (fields []string) {
	for _, field := range []struct {
		name  string
		empty bool
	}{
		{"body_pl", s.Body.PL == ""},
		{"published_on", s.PublishedOn == ""},
		{"updated_on", s.UpdatedOn == ""},
		{"failings_pl", s.Status != Compliant && s.Failings.PL == ""},
		{"made_on", s.MadeOn == ""},
		{"auditor_pl", s.Assessed == ExternallyAssessed && s.Auditor.PL == ""},
		{"contact_pl", s.Contact.PL == ""},
		{"email", s.Email == ""},
		{"phone", s.Phone == ""},
		{"building_pl", s.Building.PL == ""},
	} {
		if field.empty {
			fields = append(fields, field.name)
		}
	}
	return fields
}

// Validate says what keeps the statement from being saved.
func (s Statement) Validate() error {
	var wrong errs.Problems
	for _, field := range s.Missing() {
		wrong.Add(field, "edition.text_missing")
	}
	for field, t := range map[string]i18n.Text{"body": s.Body, "auditor": s.Auditor, "contact": s.Contact} {
		limitText(&wrong, field, t, maxName)
	}
	for field, t := range map[string]i18n.Text{
		"failings": s.Failings, "complaints": s.Complaints, "building": s.Building, "apps": s.Apps,
	} {
		limitText(&wrong, field, t, maxBody)
	}
	for field, day := range map[string]civil.Date{
		"published_on": s.PublishedOn, "updated_on": s.UpdatedOn, "made_on": s.MadeOn, "reviewed_on": s.ReviewedOn,
	} {
		if _, err := civil.ParseDate(string(day)); day != "" && err != nil {
			wrong.Add(field, "edition.date")
		}
	}
	if !people.ValidURL(s.Site) {
		wrong.Add("site", "people.url")
	}
	if _, ok := people.Email(s.Email); s.Email != "" && !ok {
		wrong.Add("email", "edition.statement_email")
	}
	if utf8.RuneCountInString(s.Phone) > maxPhone {
		wrong.Add("phone", "people.too_long", maxPhone)
	}
	if !known(Compliances, s.Status) {
		wrong.Add("status", "edition.kind_unknown")
	}
	if !known(Assessments, s.Assessed) {
		wrong.Add("assessed", "edition.kind_unknown")
	}
	return wrong.Err()
}

const maxPhone = 40

// ReviewDue reports whether the review of this year still has to be done: the
// act wants one each year until 31 March, and asks are sent from 1 March on.
func (s Statement) ReviewDue(today civil.Date) bool {
	last := max(s.MadeOn, s.ReviewedOn)
	year := string(today)[:4]
	return string(today) >= year+"-03-01" && string(last) < year+"-01-01"
}

// AccessibilityDue is announced once a year, from 1 March on, while the yearly
// review of an edition's statement has not been done.
type AccessibilityDue struct {
	Edition ID  `json:"edition"`
	Year    int `json:"year"`
}

// Kind names the event in the outbox.
func (AccessibilityDue) Kind() string { return "edition.accessibility_due" }

// Statement returns the accessibility statement of an edition, or ErrNoStatement.
func (s *Service) Statement(ctx context.Context, of ID) (Statement, error) {
	return StatementOf(ctx, s.db, of)
}

// SaveStatement writes the statement of an edition for the first time (Revision
// 0) or its next revision; a revision that is no longer the last is ErrChanged.
func (s *Service) SaveStatement(ctx context.Context, by people.AccountID, one Statement) (Statement, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		one, err = SaveStatement(ctx, tx, people.Change{By: by, At: s.now()}, one)
		return err
	})
	if err != nil {
		return one, fmt.Errorf("save the accessibility statement: %w", err)
	}
	return one, nil
}

// SaveStatement writes one inside a caller's transaction; see
// Service.SaveStatement.
func SaveStatement(ctx context.Context, tx *db.Tx, c people.Change, one Statement) (Statement, error) {
	if err := one.Validate(); err != nil {
		return one, err
	}
	one.UpdatedAt, one.Revision = c.At, one.Revision+1
	write := updateStatement
	if one.Revision == 1 {
		write = insertStatement
	}
	if err := write(ctx, tx, one); err != nil {
		return one, err
	}
	if err := touch(ctx, tx, one.Edition, c.At); err != nil {
		return one, err
	}
	return one, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "edition.statement_saved", Edition: string(one.Edition), Object: string(one.Edition),
	})
}

// RemindOfStatements announces AccessibilityDue for every edition whose yearly
// review is due and has not been announced this year, and returns how many
// those were. It may run as often as it likes, on any number of instances.
func (s *Service) RemindOfStatements(ctx context.Context) (int64, error) {
	now := s.now()
	all, err := statements(ctx, s.db)
	if err != nil {
		return 0, fmt.Errorf("remind of accessibility statements: %w", err)
	}
	var n int64
	for _, one := range all {
		if !one.ReviewDue(civil.DateOf(now)) {
			continue
		}
		first := false
		err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
			if first, err = noteReminder(ctx, tx, one.Edition, now.Year()); err != nil || !first {
				return err
			}
			return outbox.Add(ctx, tx, now, AccessibilityDue{one.Edition, now.Year()})
		})
		if err != nil {
			return n, fmt.Errorf("remind of an accessibility statement: %w", err)
		}
		if first {
			n++
		}
	}
	return n, nil
}

// noteReminder says whether this is the first reminder of the year.
func noteReminder(ctx context.Context, tx *db.Tx, of ID, year int) (bool, error) {
	n, err := tx.Exec(ctx, `
		UPDATE edition_accessibility SET reminded = $2 WHERE edition_id = $1 AND reminded < $2`, of, year)
	return n > 0, err
}

const statementColumns = `edition_id, body, site, published_on, updated_on, status, failings, made_on, reviewed_on,
	assessed, auditor, contact, email, phone, complaints, building, apps, revision, updated_at`

func scanStatement(row db.Scanner) (s Statement, err error) {
	return s, row.Scan(&s.Edition, db.FromJSON(&s.Body), &s.Site, &s.PublishedOn, &s.UpdatedOn, &s.Status,
		db.FromJSON(&s.Failings), &s.MadeOn, &s.ReviewedOn, &s.Assessed, db.FromJSON(&s.Auditor), db.FromJSON(&s.Contact),
		&s.Email, &s.Phone, db.FromJSON(&s.Complaints), db.FromJSON(&s.Building), db.FromJSON(&s.Apps),
		&s.Revision, &s.UpdatedAt)
}

// StatementOf returns the accessibility statement of an edition, or
// ErrNoStatement.
func StatementOf(ctx context.Context, q db.Querier, of ID) (Statement, error) {
	s, err := scanStatement(q.QueryRow(ctx, `
		SELECT `+statementColumns+` FROM edition_accessibility WHERE edition_id = $1`, of))
	if errors.Is(err, db.ErrNoRow) {
		return s, ErrNoStatement
	}
	return s, err
}

func statements(ctx context.Context, q db.Querier) ([]Statement, error) {
	return db.Collect(scanStatement)(q.Query(ctx, `
		SELECT `+statementColumns+` FROM edition_accessibility ORDER BY edition_id`))
}

func insertStatement(ctx context.Context, q db.Querier, s Statement) error {
	_, err := q.Exec(ctx, `
		INSERT INTO edition_accessibility (`+statementColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`, s.values()...)
	if errors.Is(err, db.ErrExists) {
		return ErrChanged // somebody was faster with the first one
	}
	return err
}

// updateStatement writes the next revision upon the one before it.
func updateStatement(ctx context.Context, q db.Querier, s Statement) error {
	n, err := q.Exec(ctx, `
		UPDATE edition_accessibility SET body = $2, site = $3, published_on = $4, updated_on = $5, status = $6,
			failings = $7, made_on = $8, reviewed_on = $9, assessed = $10, auditor = $11, contact = $12, email = $13,
			phone = $14, complaints = $15, building = $16, apps = $17, revision = $18, updated_at = $19
		WHERE edition_id = $1 AND revision = $18 - 1`, s.values()...)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// values are the arguments in the order of statementColumns.
func (s Statement) values() []any {
	return []any{
		s.Edition, db.JSON(s.Body), s.Site, s.PublishedOn, s.UpdatedOn, s.Status, db.JSON(s.Failings), s.MadeOn,
		s.ReviewedOn, s.Assessed, db.JSON(s.Auditor), db.JSON(s.Contact), s.Email, s.Phone, db.JSON(s.Complaints),
		db.JSON(s.Building), db.JSON(s.Apps), s.Revision, s.UpdatedAt,
	}
}
