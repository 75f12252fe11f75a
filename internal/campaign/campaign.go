// Package campaign writes one letter to many people of the congress: those who
// speak in a block, those who take part on site, the team of a partner.
//
// Nothing leaves unseen. A letter is drafted, then prepared, which freezes the
// list of those who will get it, and only then sent, by another button and by
// somebody who types how many they are. Whoever runs a part of the congress
// writes to the people of that part alone.
package campaign

import (
	"embed"
	"net/url"
	"slices"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, states and words in braces.
//
//go:embed locale/*.json
var Locale embed.FS

// ID names a campaign.
type ID string

// What can go wrong with letters to many.
var (
	ErrNone      = errs.New(errs.NotFound, "campaign.none")
	ErrChanged   = errs.New(errs.Conflict, "campaign.changed")
	ErrNotDraft  = errs.New(errs.Conflict, "campaign.not_draft")
	ErrNotReady  = errs.New(errs.Conflict, "campaign.not_prepared")
	ErrNobody    = errs.New(errs.Conflict, "campaign.nobody")
	ErrNumber    = errs.New(errs.Invalid, "campaign.number_wrong")
	ErrReread    = errs.New(errs.Invalid, "campaign.reread")
	ErrTooSoon   = errs.New(errs.Conflict, "campaign.too_soon", int(RereadAfter/time.Minute))
	ErrNeedsHost = errs.New(errs.Forbidden, "campaign.needs_host", MostOfPart)
	ErrSpent     = errs.New(errs.NotFound, "campaign.stop_spent")
)

// Limits of sending.
const (
	// MostOfPart is how many people whoever runs a part of the congress may
	// write to without its organisers.
	MostOfPart = 200
	// Many is from how many recipients on a letter is read again before it goes.
	Many = 200
	// RereadAfter is how long after preparing it the same person may send a
	// letter to many; somebody else may at once.
	RereadAfter = 10 * time.Minute
)

// Kind says on what ground the letter is sent.
type Kind string

// The kinds.
const (
	Organisational Kind = "organisational" // needed to take part: goes to everybody in the audience
	News           Kind = "news"           // goes to those who agreed to get news
)

// Kinds lists the kinds in the order in which forms offer them.
var Kinds = []Kind{Organisational, News}

// State says how far a campaign has come.
type State string

// The states.
const (
	Draft    State = "draft"
	Prepared State = "prepared" // the list of recipients is frozen
	Sending  State = "sending"
	Sent     State = "sent"
	Stopped  State = "stopped" // some got it, the others do not
)

// Audience says who gets a letter: everybody who is meant by any of its parts.
// Empty parts mean nobody.
type Audience struct {
	// Appearing are nodes: who appears in the sessions there, and below.
	Appearing []rights.Node `json:"appearing,omitempty"`
	// Parts narrows Appearing to those who appear so; all when empty.
	Parts []programme.Role `json:"parts,omitempty"`
	// Roles are roles that somebody was given in the part of the congress that writes.
	Roles []rights.Role `json:"roles,omitempty"`
	// Teams are workspaces: whoever has a role there.
	Teams []rights.WorkspaceID `json:"teams,omitempty"`
	// Taking are ways to take part: those who registered so.
	Taking []edition.Form `json:"taking,omitempty"`
	// Sectors narrows Taking to these sectors; all when empty.
	Sectors []people.Sector `json:"sectors,omitempty"`
	// Seated are states of sign-ups: those who stand so with a session that one signs up for.
	Seated []Seating `json:"seated,omitempty"`
	// Windows and Places narrow Seated to the sessions of these windows and to these sessions; all when both are empty.
	Windows []admission.WindowID  `json:"windows,omitempty"`
	Places  []programme.SessionID `json:"places,omitempty"`
}

// Seating says where somebody stands with sign-ups.
type Seating string

// The states of sign-ups to which a letter can go.
const (
	WithSeat Seating = "seat"    // has one, or is asked whether they want it
	InLine   Seating = "waiting" // is on the waiting list
	WithNone Seating = "none"    // takes part in the edition, and has neither
)

// Seatings lists them in the order in which forms offer them.
var Seatings = []Seating{WithSeat, InLine, WithNone}

// Key names the sentence that says it.
// key: campaign.seated.*
func (s Seating) Key() string { return "campaign.seated." + string(s) }

// Empty says whether it means nobody.
func (a Audience) Empty() bool {
	return len(a.Appearing)+len(a.Roles)+len(a.Teams)+len(a.Taking)+len(a.Seated) == 0
}

// Campaign is one letter to many people.
type Campaign struct {
	ID       ID
	Edition  edition.ID
	Node     rights.Node // the part of the congress on whose behalf is written; nobody outside of it gets the letter
	Kind     Kind
	Reason   string // why everybody must get an organisational letter
	Subject  i18n.Text
	Words    i18n.Text
	Label    i18n.Text // on the button
	Link     i18n.Text // where the button leads: a path of this site in each language
	Audience Audience

	State      State
	Recipients int // frozen
	MadeBy     people.AccountID
	PreparedBy people.AccountID
	PreparedAt time.Time
	SentBy     people.AccountID
	BegunAt    time.Time
	EndedAt    time.Time
	Revision   int // 0: not saved yet
	UpdatedAt  time.Time
}

// Words is the vocabulary of a letter to many.
var Words = Vocabulary{{"name", Short}, {"edition", Short}, {"link", Button}}

const maxReason = 500

// Validate says what keeps the draft from being saved.
func (c Campaign) Validate() error {
	var wrong errs.Problems
	if strings.TrimSpace(c.Subject.PL) == "" {
		wrong.Add("subject_pl", "campaign.missing")
	}
	if strings.TrimSpace(c.Words.PL) == "" {
		wrong.Add("words_pl", "campaign.missing")
	}
	if (c.Subject.EN == "") != (c.Words.EN == "") {
		wrong.Add("words_en", "campaign.both_or_none")
	}
	Words.Check(&wrong, Written{c.Subject, c.Words})
	if !slices.Contains(Kinds, c.Kind) {
		wrong.Add("kind", "programme.choose")
	}
	if c.Kind == Organisational && strings.TrimSpace(c.Reason) == "" {
		wrong.Add("reason", "campaign.reason_missing")
	}
	if text.Length(c.Reason) > maxReason {
		wrong.Add("reason", "people.too_long", maxReason)
	}
	c.checkLink(&wrong)
	c.checkAudience(&wrong)
	return wrong.Err()
}

func (c Campaign) checkLink(wrong *errs.Problems) {
	used := Words.uses(c.Words, "link")
	switch {
	case !Path(c.Link.PL) || c.Link.EN != "" && !Path(c.Link.EN):
		if used || c.Link.PL != "" || c.Link.EN != "" {
			wrong.Add("link_pl", "campaign.link_elsewhere")
		}
	case strings.TrimSpace(c.Label.PL) == "":
		wrong.Add("label_pl", "campaign.missing")
	case !used:
		wrong.Add("words_pl", "campaign.link_unused")
	}
	if text.Length(c.Label.PL) > 80 || text.Length(c.Label.EN) > 80 {
		wrong.Add("label_pl", "people.too_long", 80)
	}
}

func (c Campaign) checkAudience(wrong *errs.Problems) {
	if c.Audience.Empty() {
		wrong.Add("appearing", "campaign.audience_missing")
	}
	if len(c.Audience.Taking) > 0 && c.Node.Kind != rights.Congress {
		wrong.Add("taking", "campaign.not_participants")
	}
	if slices.Contains(c.Audience.Seated, WithNone) && c.Node.Kind != rights.Congress {
		wrong.Add("seated", "campaign.not_participants")
	}
	for _, r := range c.Audience.Roles {
		if !r.Known() || r.Follows() {
			wrong.Add("roles", "programme.choose")
		}
	}
}

// uses says whether a text has the word in braces.
func (v Vocabulary) uses(t i18n.Text, name string) bool {
	s, _ := v.find(name)
	return strings.Contains(t.PL, s.Written()) || strings.Contains(t.EN, s.Written())
}

// Path says whether s is the path of a page of this site.
func Path(s string) bool {
	u, err := url.Parse(s)
	return err == nil && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && u.Host == "" && len(s) <= 500 &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) })
}

// Order is the wish to send a prepared letter.
type Order struct {
	By     rights.Standing
	Typed  int  // how many recipients there are, as typed
	Reread bool // read again before sending to many
}

// mayGo says whether the letter may be sent so at the moment now. host says
// whether whoever sends it organises the whole congress.
func (c Campaign) mayGo(o Order, now time.Time) error {
	again := o.By.Account == c.PreparedBy
	switch {
	case c.State != Prepared:
		return ErrNotReady
	case c.Recipients > MostOfPart && c.Node.Kind != rights.Congress && !o.By.May(rights.SendMail, []rights.Node{rights.OfCongress(c.Edition), rights.Whole}):
		return ErrNeedsHost
	case o.Typed != c.Recipients:
		return ErrNumber
	case c.Recipients > Many && again && !o.Reread:
		return ErrReread
	case c.Recipients > Many && again && now.Before(c.PreparedAt.Add(RereadAfter)):
		return ErrTooSoon
	}
	return nil
}

// LetterKind is the kind of its letters in the mail of the house.
func (c Campaign) LetterKind() string { return LetterKind + string(c.ID) }

// LetterKind begins the kind of every letter of a campaign.
const LetterKind = "campaign:"

// Key names the sentence that says the kind.
// key: campaign.kind.*
func (k Kind) Key() string { return "campaign.kind." + string(k) }

// Key names the sentence that says the state.
// key: campaign.state.*
func (s State) Key() string { return "campaign.state." + string(s) }
