package call

import (
	"slices"
	"strings"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// SubmissionID names a submission (zgłoszenie).
type SubmissionID string

// Submission is what somebody sends in: the content alone, and nothing of who
// is behind it; see Identity.
type Submission struct {
	ID          SubmissionID
	Call        ID
	Edition     edition.ID
	Code        string // DP-017: how people speak of it, unique in the edition
	State       State
	Path        string // slug of an Option of the call
	Format      string // likewise
	Language    i18n.Lang
	Title       string
	Answers     form.Answers
	FormVersion int // the questions that were last answered
	MergedInto  SubmissionID
	DueAt       time.Time // of one that was returned: when it must be back; zero otherwise
	LateCode    CodeID    // that admitted it after the deadline
	Revision    int
	BeganAt     time.Time
	SubmittedAt time.Time // zero: never was
	UpdatedAt   time.Time
}

// Limits of the title, in characters.
const maxSubmissionTitle = 300

// Check says what keeps the submission from being sent to a call that asks these questions.
func (s Submission) Check(c Call, questions []form.Question, at form.Moment) error {
	var wrong errs.Problems
	switch n := text.Length(s.Title); {
	case s.Title == "":
		wrong.Add("title", "call.title_missing")
	case !form.HasLetters(s.Title):
		wrong.Add("title", "call.title_letters")
	case form.Pressed(s.Title):
		wrong.Add("title", "form.marks")
	case n > maxSubmissionTitle:
		wrong.Add("title", "call.title_long", n, maxSubmissionTitle)
	}
	if _, known := c.Option(c.Paths, s.Path); len(c.Paths) > 0 && !known {
		wrong.Add("path", "programme.choose")
	}
	if _, known := c.Option(c.Formats, s.Format); len(c.Formats) > 0 && !known {
		wrong.Add("format", "programme.choose")
	}
	if !slices.Contains(c.Languages, s.Language) {
		wrong.Add("language", "programme.choose")
	}
	if err := s.Answers.Check(questions, at); err != nil {
		if more, ok := err.(errs.Problems); ok { //nolint:errorlint // Check returns it as it is
			wrong = append(wrong, more...)
		}
	}
	return wrong.Err()
}

// sized says what is too large to be kept even as a draft: nothing that a person
// types by hand.
func (s Submission) sized() error {
	var wrong errs.Problems
	if len(s.Title) > mostKept {
		wrong.Add("title", "form.too_long", maxSubmissionTitle)
	}
	total := 0
	for _, answer := range s.Answers {
		total += len(answer)
	}
	if total > mostKept {
		wrong.Add("answers", "form.too_long", mostKept)
	}
	return wrong.Err()
}

// mostKept is how many bytes of answers a draft holds.
const mostKept = 400_000

// Paper is what a reviewer may be given of a submission: the content, as far as
// the call lets reviewers read it. Nothing in it says who is behind it, unless
// the words themselves do; see Traces.
type Paper struct {
	ID          SubmissionID
	Call        ID
	Edition     edition.ID
	Code        string
	State       State
	Path        string
	Format      string
	Language    i18n.Lang
	Title       string
	Questions   []form.Question // those that reviewers read, in order
	Answers     form.Answers    // to those alone
	Revision    int
	SubmittedAt time.Time
}

// paper takes out of a submission what reviewers do not read.
func (s Submission) paper(questions []form.Question) Paper {
	p := Paper{
		ID: s.ID, Call: s.Call, Edition: s.Edition, Code: s.Code, State: s.State, Path: s.Path, Format: s.Format, Language: s.Language,
		Title: s.Title, Revision: s.Revision, SubmittedAt: s.SubmittedAt,
	}
	for _, q := range questions {
		if !q.Inside {
			p.Questions = append(p.Questions, q)
		}
	}
	p.Answers = s.Answers.Only(p.Questions)
	return p
}

// Version is a submission as it once was sent.
type Version struct {
	Revision    int
	Call        ID        // it was sent to
	Terms       i18n.Text // that were agreed to
	Path        string
	Format      string
	Language    i18n.Lang
	Title       string
	Answers     form.Answers
	FormVersion int
	SentAt      time.Time
}

// ContributorID names a contributor (współtwórca) of one submission.
type ContributorID string

// Role is a part that somebody has in a submission.
type Role string

// The roles.
const (
	Author    Role = "author"
	Presenter Role = "presenter" // prelegent
	Contact   Role = "contact"
	Unit      Role = "unit" // jednostka współodpowiedzialna: an office, not a person
)

// Roles lists the roles in the order in which forms offer them.
var Roles = []Role{Author, Presenter, Contact, Unit}

// Key names the sentence that says the role.
// key: call.role.*
func (r Role) Key() string { return "call.role." + string(r) }

// Answer is what an invited contributor made of the invitation.
type Answer string

// The answers.
const (
	Named   Answer = "named"   // only named, not written to
	Invited Answer = "invited" // written to, has not answered
	Agreed  Answer = "agreed"
	Refused Answer = "refused"
	Bounced Answer = "bounced" // the letter could not be delivered
)

// Key names the sentence that says the answer.
// key: call.answer.*
func (a Answer) Key() string { return "call.answer." + string(a) }

// Contributor is somebody behind a submission: a person, who need have no
// account, or a unit that shares the responsibility.
type Contributor struct {
	ID          ContributorID
	Submission  SubmissionID
	Roles       []Role
	Account     people.AccountID // once they have answered while signed in; or the owner's
	Name        string
	Email       string // for invitations; empty: not written to
	Institution people.InstitutionID
	Affiliation string // as it should be printed
	ORCID       string // 0000-0002-1825-0097
	State       Answer
	InvitedAt   time.Time
	AnsweredAt  time.Time
}

// same says whether two contributors are one person, as far as can be known: by account, by address, or by a name
// where neither has an address.
func (c Contributor) same(o Contributor) bool {
	switch {
	case c.Account != "" && o.Account != "":
		return c.Account == o.Account
	case c.Email != "" || o.Email != "":
		return c.Email == o.Email
	}
	return strings.EqualFold(c.Name, o.Name)
}

// Has says whether the contributor has the role.
func (c Contributor) Has(r Role) bool { return slices.Contains(c.Roles, r) }

// Owner is whose a submission is.
type Owner struct {
	Account     people.AccountID     // who began it
	Institution people.InstitutionID // empty: the account's own
}

// Identity is who stands behind a submission. No function that returns content
// returns it as well.
type Identity struct {
	Submission   SubmissionID
	Owner        Owner
	Contributors []Contributor
}

// Party is somebody behind a submission, by ids alone, for rules about conflicts
// of interest.
type Party struct {
	Submission  SubmissionID
	Account     people.AccountID
	Institution people.InstitutionID
}
