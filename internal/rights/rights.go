// Package rights says who may do what at the congress, and where: the
// institute's staff everything, a metropolis its own stage, a council its own
// call, a speaker their own talk.
//
// A grant gives a role at a node of the congress and holds for everything below
// it. What a role may do is one table, Policy. Three refusals beat every grant:
// a conflict of interest, a blind phase and a legal hold.
package rights

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Locale holds the sentences that name roles, nodes, actions and refusals.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with rights.
var (
	// ErrHidden is for what the one who asks must not even know to exist.
	ErrHidden = errs.New(errs.NotFound, "rights.hidden")
	// ErrRole is for what others may do; its argument names their roles.
	ErrRole          = errs.New(errs.Forbidden, "rights.role")
	ErrConflict      = errs.New(errs.Forbidden, "rights.conflict_of_interest")
	ErrBlind         = errs.New(errs.Forbidden, "rights.blind_phase")
	ErrHold          = errs.New(errs.Conflict, "rights.legal_hold")
	ErrSignIn        = errs.New(errs.Forbidden, "rights.sign_in")
	ErrMoreThanOwn   = errs.New(errs.Forbidden, "rights.more_than_own")
	ErrLastOrganiser = errs.New(errs.Conflict, "rights.last_organiser")
	ErrNoGrant       = errs.New(errs.NotFound, "rights.no_grant")
	ErrNoRefusal     = errs.New(errs.NotFound, "rights.no_refusal")
	ErrNoWorkspace   = errs.New(errs.NotFound, "rights.no_workspace")
	ErrChanged       = errs.New(errs.Conflict, "rights.changed")
	ErrTooManyAsked  = errs.New(errs.Conflict, "rights.too_many_invitations")
)

// Role is a kind of part that somebody has at the congress.
type Role string

// The roles.
const (
	Organiser   Role = "organiser"   // organizator
	Partner     Role = "partner"     // współorganizator, sovereign inside its allotment
	Coordinator Role = "coordinator" // koordynator bloku
	Council     Role = "council"     // członek Rady Programowej
	Reviewer    Role = "reviewer"    // recenzent
	Speaker     Role = "speaker"     // prelegent; follows from the programme
	Moderator   Role = "moderator"   // moderator; follows from the programme
	Rapporteur  Role = "rapporteur"  // sprawozdawca
	CheckIn     Role = "checkin"     // recepcja
	Participant Role = "participant" // uczestnik; follows from registering
	Protection  Role = "protection"  // inspektor ochrony danych
	Operator    Role = "operator"    // operator of the installation
)

// Roles lists the roles in the order in which pages name them.
var Roles = []Role{
	Organiser, Partner, Coordinator, Council, Reviewer, Speaker, Moderator, Rapporteur, CheckIn, Participant, Protection, Operator,
}

// Known says whether r is one of the roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// Follows says whether the role comes from a fact, such as a part in the
// programme, so that nobody gives it.
func (r Role) Follows() bool { return r == Participant || r == Speaker }

// Key names the sentence that says the role.
// key: rights.role_name.*
func (r Role) Key() string { return "rights.role_name." + string(r) }

// NodeKind is a kind of place in the tree of a congress.
type NodeKind string

// The kinds of nodes, from the whole installation down.
const (
	Site      NodeKind = "site"
	Congress  NodeKind = "congress"
	Block     NodeKind = "block"
	Stage     NodeKind = "stage"
	Workspace NodeKind = "workspace" // a partner event, an expert group, a council
	Session   NodeKind = "session"
	Person    NodeKind = "person" // only refusals stand here
)

// Key names the sentence that says the kind.
// key: rights.node.*
func (k NodeKind) Key() string { return "rights.node." + string(k) }

// Node is one place in the tree. The site has no ID.
type Node struct {
	Kind NodeKind
	ID   string
}

// Whole is the node above all others: the installation.
var Whole = Node{Kind: Site}

// OfCongress is the node of an edition.
func OfCongress(e edition.ID) Node { return Node{Congress, string(e)} }

// OfBlock is the node of a block.
func OfBlock(b programme.BlockID) Node { return Node{Block, string(b)} }

// OfStage is the node of a stage.
func OfStage(s programme.StageID) Node { return Node{Stage, string(s)} }

// OfSession is the node of a session.
func OfSession(s programme.SessionID) Node { return Node{Session, string(s)} }

// OfWorkspace is the node of a workspace.
func OfWorkspace(w WorkspaceID) Node { return Node{Workspace, string(w)} }

// OfPerson is the node of a person, on which a legal hold can stand.
func OfPerson(p people.PersonID) Node { return Node{Person, string(p)} }

// GrantID names a grant.
type GrantID string

// Grant gives a role at a node to an account, or to all members of an
// institution; exactly one of the two is set.
type Grant struct {
	ID          GrantID
	Account     people.AccountID
	Institution people.InstitutionID
	Role        Role
	Node        Node
	Edition     edition.ID // that Node belongs to; empty for the site
	From        time.Time
	Until       time.Time // zero: without end
	GrantedBy   people.AccountID
	GrantedAt   time.Time
	RevokedBy   people.AccountID
	RevokedAt   time.Time // zero: it has not been taken back
}

// At says whether the grant holds at the moment now.
func (g Grant) At(now time.Time) bool {
	return g.RevokedAt.IsZero() && !now.Before(g.From) && (g.Until.IsZero() || now.Before(g.Until))
}

// WorkspaceID names a workspace.
type WorkspaceID string

// WorkspaceKind says what a workspace is for.
type WorkspaceKind string

// The kinds of workspaces.
const (
	Event       WorkspaceKind = "event"   // a partner's event: a stage, a conference inside the congress
	ExpertGroup WorkspaceKind = "group"   // grupa ekspercka
	CouncilRoom WorkspaceKind = "council" // Rada Programowa
)

// WorkspaceKinds lists the kinds in the order in which forms offer them.
var WorkspaceKinds = []WorkspaceKind{Event, ExpertGroup, CouncilRoom}

// Key names the sentence that says the kind.
// key: rights.workspace_kind.*
func (k WorkspaceKind) Key() string { return "rights.workspace_kind." + string(k) }

// Space is a part of an edition that somebody else runs (przestrzeń). An event
// stands on a block or on a stage, and everything in there belongs to it.
type Space struct {
	ID        WorkspaceID
	Edition   edition.ID
	Kind      WorkspaceKind
	Slug      string
	Name      i18n.Text
	Block     programme.BlockID
	Stage     programme.StageID
	Revision  int
	UpdatedAt time.Time
}

// Validate says what keeps the workspace from being saved.
func (s Space) Validate() error {
	var wrong errs.Problems
	if s.Name.PL == "" {
		wrong.Add("name_pl", "people.name_missing")
	}
	if s.Slug == "" {
		wrong.Add("slug", "people.slug")
	}
	if !slices.Contains(WorkspaceKinds, s.Kind) {
		wrong.Add("kind", "programme.choose")
	}
	anchors := 0
	if s.Block != "" {
		anchors++
	}
	if s.Stage != "" {
		anchors++
	}
	if want := s.Kind == Event; want != (anchors == 1) || anchors > 1 {
		wrong.Add("anchor", "rights.anchor")
	}
	return wrong.Err()
}

// RefusalKind says why something is refused against every grant.
type RefusalKind string

// The kinds of refusals.
const (
	ConflictOfInterest RefusalKind = "conflict" // the account has a stake in what stands at the node
	BlindPhase         RefusalKind = "blind"    // nobody learns who is behind the things at the node
	LegalHold          RefusalKind = "hold"     // the data of the person must be kept
)

// RefusalKinds lists the kinds in the order in which forms offer them.
var RefusalKinds = []RefusalKind{ConflictOfInterest, BlindPhase, LegalHold}

// Key names the sentence that says the kind.
// key: rights.refusal.*
func (k RefusalKind) Key() string { return "rights.refusal." + string(k) }

// Refusal beats every grant at its node and below.
type Refusal struct {
	ID       string
	Kind     RefusalKind
	Account  people.AccountID // of a conflict of interest
	Node     Node
	Edition  edition.ID
	Reason   string
	From     time.Time
	Until    time.Time // zero: until it is lifted
	MadeBy   people.AccountID
	MadeAt   time.Time
	LiftedBy people.AccountID
	LiftedAt time.Time
}

// At says whether the refusal stands at the moment now.
func (f Refusal) At(now time.Time) bool {
	return f.LiftedAt.IsZero() && !now.Before(f.From) && (f.Until.IsZero() || now.Before(f.Until))
}

// err is what the refusal says to whoever meets it.
func (f Refusal) err() error {
	switch f.Kind {
	case BlindPhase:
		return ErrBlind
	case LegalHold:
		return ErrHold
	default:
		return ErrConflict
	}
}
