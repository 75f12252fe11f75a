package rights

import "slices"

// Action is something that can be done, named by what it is done to:
// "programme.edit". Each route of the site names one.
type Action string

// The actions.
const (
	ReadProgramme  Action = "programme.read"
	ReadDraft      Action = "programme.draft"
	EditProgramme  Action = "programme.edit"
	EditStrand     Action = "programme.strand"
	Arrange        Action = "programme.arrange"
	Release        Action = "programme.release"
	Import         Action = "programme.import"
	CreateEdition  Action = "edition.create"
	EditEdition    Action = "edition.edit"
	EditPeople     Action = "people.edit"
	ReadGrants     Action = "grant.read"
	GiveGrants     Action = "grant.give"
	EditRefusals   Action = "refusal.edit"
	ReadWorkspace  Action = "workspace.read"
	EditWorkspace  Action = "workspace.edit"
	SetAllotment   Action = "allotment.set"
	FileRequest    Action = "request.file"
	DecideRequest  Action = "request.decide"
	PublishOwn     Action = "workspace.publish"
	Enter          Action = "account.enter"
	OwnAccount     Action = "account.self"
	TakePart       Action = "participation.self"
	ReadTakingPart Action = "participation.read"
	ReadNeeds      Action = "participation.needs"
	ExportTakers   Action = "participation.export"
	LookUp         Action = "checkin.look"
	OwnPart        Action = "speaker.self"
	EditTemplates  Action = "mail.template"
	SendMail       Action = "mail.send"
	ReadMail       Action = "mail.read"
	ReadMailbox    Action = "mail.box"
	OwnData        Action = "privacy.self"
	EditPrivacy    Action = "privacy.settings"
	HandleCases    Action = "privacy.handle"
	HoldData       Action = "privacy.hold"
	ReadAudit      Action = "audit.read"
	EditStatement  Action = "accessibility.edit"
	ReadOperation  Action = "operator.read"
	SignUp         Action = "signup.self"
	SetSignups     Action = "signup.set"
	ManageSeats    Action = "signup.manage"
	Rehearse       Action = "signup.rehearse"
	MarkAttendance Action = "attendance.mark"
	AnswerForSeat  Action = "attendance.answer"
	Choose         Action = "selection.decide"
	Submit         Action = "submission.self"
	SetCalls       Action = "call.set"
	ReadSent       Action = "submission.read"
	CheckSent      Action = "submission.check"
	ExportSent     Action = "submission.export"
	// AnswerInvitation is for whoever has the link of an invitation to stand behind a submission.
	AnswerInvitation Action = "submission.answer"
	EditPractices    Action = "practice.edit"
	AdoptPractice    Action = "practice.adopt"
	EditStories      Action = "story.edit"
	CheckStories     Action = "story.check"
	OwnStory         Action = "story.self"
	SetReviews       Action = "review.set"
	WriteReviews     Action = "review.write"
	ReadReviews      Action = "review.read"
	JudgeConflicts   Action = "review.conflict"
	BreakGlass       Action = "review.glass"
	GiveOpinion      Action = "review.opinion"
	Sit              Action = "council.sit"
	Announce         Action = "council.announce"
	Compose          Action = "kaleidoscope.compose"
	ReadRunning      Action = "kaleidoscope.running_order"
	PutOnStage       Action = "submission.stage"
	EditProceedings  Action = "proceedings.edit"
	ReadSlides       Action = "slides.read"
)

// Reach says who is let in to an action besides those with a role.
type Reach uint8

// How far an action reaches.
const (
	ByRole   Reach = iota // only whoever has one of the roles at the node or above it
	SignedIn              // whoever is signed in, to what is their own
	Everyone              // the public
)

// Rule is one row of the policy.
type Rule struct {
	Action Action
	Reach  Reach
	Roles  []Role
	// Fresh asks for a sign-in of the last minutes: what it opens would hurt most in the wrong hands.
	Fresh bool
	// Personal notes each use in the journal, because it is a look at other people's data.
	Personal bool
	// Identity is closed during a blind phase: it tells who is behind a thing.
	Identity bool
}

// Key names the sentence that says what is done.
// key: rights.action.*
func (a Action) Key() string { return "rights.action." + string(a) }

// Table says what each role may do, one row for each action.
type Table []Rule

// Policy is the table of the house. It is the only place that says what a role
// may do: the site refuses to start with a route whose action is not here.
var Policy = Table{
	{Action: ReadProgramme, Reach: Everyone},
	{Action: Enter, Reach: Everyone},
	{Action: AnswerForSeat, Reach: Everyone}, // to whoever has the link of a seat
	{Action: AnswerInvitation, Reach: Everyone},
	{Action: ReadMailbox, Reach: Everyone}, // mounted in the demonstration only

	{Action: OwnAccount, Reach: SignedIn},
	{Action: OwnData, Reach: SignedIn},
	{Action: TakePart, Reach: SignedIn},
	{Action: OwnPart, Reach: SignedIn},
	{Action: SignUp, Reach: SignedIn},
	{Action: GiveOpinion, Reach: SignedIn}, // on behalf of a body that is consulted
	{Action: Submit, Reach: SignedIn},
	{Action: AdoptPractice, Reach: SignedIn},
	{Action: OwnStory, Reach: SignedIn},

	{Action: ReadDraft, Roles: []Role{Organiser, Coordinator, Partner}},
	{Action: EditProgramme, Roles: []Role{Organiser, Coordinator, Partner}},
	{Action: EditStrand, Roles: []Role{Organiser, Partner}},
	{Action: EditPeople, Roles: []Role{Organiser, Coordinator, Partner}},
	{Action: Arrange, Roles: []Role{Organiser}},
	{Action: Release, Roles: []Role{Organiser}},
	{Action: Import, Roles: []Role{Organiser}},
	{Action: CreateEdition, Roles: []Role{Organiser}},
	{Action: EditEdition, Roles: []Role{Organiser}},

	{Action: ReadWorkspace, Roles: []Role{Organiser, Partner, Coordinator, Protection}},
	{Action: EditWorkspace, Roles: []Role{Organiser, Partner}},
	{Action: PublishOwn, Roles: []Role{Organiser, Partner}},
	{Action: FileRequest, Roles: []Role{Organiser, Partner}}, // an organiser as well, or else could not give the role
	{Action: SetAllotment, Roles: []Role{Organiser}},
	{Action: DecideRequest, Roles: []Role{Organiser}},

	{Action: ReadGrants, Roles: []Role{Organiser, Partner, Protection}},
	{Action: GiveGrants, Roles: []Role{Organiser, Partner, Protection}},
	{Action: EditRefusals, Roles: []Role{Organiser, Protection}},

	{Action: ReadTakingPart, Roles: []Role{Organiser, Protection}, Personal: true, Identity: true},
	{Action: ReadNeeds, Roles: []Role{Organiser, Protection}, Personal: true, Fresh: true, Identity: true},
	{Action: ExportTakers, Roles: []Role{Organiser, Protection}, Personal: true, Fresh: true, Identity: true},
	{Action: LookUp, Roles: []Role{Organiser, Partner, CheckIn}, Personal: true},

	{Action: SetSignups, Roles: []Role{Organiser, Partner}},
	{Action: ManageSeats, Roles: []Role{Organiser, Partner}, Personal: true},
	{Action: Rehearse, Roles: []Role{Organiser}},
	{Action: Choose, Roles: []Role{Organiser, Partner, Moderator}, Personal: true},
	{Action: MarkAttendance, Roles: []Role{Organiser, Partner, CheckIn, Moderator}, Personal: true},

	{Action: EditPractices, Roles: []Role{Organiser, Coordinator, Partner}}, // a partner as well, or else could not give the role
	{Action: EditStories, Roles: []Role{Organiser}, Personal: true, Identity: true},
	{Action: CheckStories, Roles: []Role{Organiser, Protection}, Personal: true, Identity: true},

	{Action: SetCalls, Roles: []Role{Organiser, Partner}},
	{Action: ReadSent, Roles: []Role{Organiser, Partner}, Personal: true, Identity: true},
	{Action: CheckSent, Roles: []Role{Organiser, Partner}, Personal: true, Identity: true},
	{Action: ExportSent, Roles: []Role{Organiser, Partner}, Personal: true, Fresh: true, Identity: true},

	{Action: PutOnStage, Roles: []Role{Organiser, Partner}, Personal: true, Identity: true},
	{Action: EditProceedings, Roles: []Role{Organiser, Partner}, Identity: true},
	{Action: ReadSlides, Roles: []Role{Organiser, Coordinator, Partner, Moderator}, Personal: true},

	{Action: SetReviews, Roles: []Role{Organiser, Partner}},
	{Action: WriteReviews, Roles: []Role{Organiser, Partner, Council, Reviewer}}, // who gives the roles has the action as well
	{Action: ReadReviews, Roles: []Role{Organiser, Partner, Council}},
	{Action: JudgeConflicts, Roles: []Role{Organiser, Partner, Council}, Personal: true},
	{Action: BreakGlass, Roles: []Role{Organiser, Partner, Council}, Fresh: true},
	{Action: Sit, Roles: []Role{Organiser, Partner, Council}},
	{Action: Announce, Roles: []Role{Organiser, Partner}, Fresh: true},

	{Action: Compose, Roles: []Role{Organiser, Partner}}, // of what has been announced: who speaks is going to be in the programme
	{Action: ReadRunning, Roles: []Role{Organiser, Coordinator, Partner, Moderator}},

	{Action: EditTemplates, Roles: []Role{Organiser}},
	{Action: SendMail, Roles: []Role{Organiser, Partner}},
	{Action: ReadMail, Roles: []Role{Organiser, Partner, Protection}, Personal: true},

	{Action: EditPrivacy, Roles: []Role{Organiser, Protection}},
	{Action: HandleCases, Roles: []Role{Organiser, Protection}, Personal: true},
	{Action: HoldData, Roles: []Role{Protection}},
	{Action: ReadAudit, Roles: []Role{Organiser, Partner, Protection}, Personal: true},
	{Action: EditStatement, Roles: []Role{Organiser}},
	{Action: ReadOperation, Roles: []Role{Operator}},
}

// Rule returns the row of an action, and whether there is one.
func (t Table) Rule(a Action) (Rule, bool) {
	i := slices.IndexFunc(t, func(r Rule) bool { return r.Action == a })
	if i < 0 {
		return Rule{}, false
	}
	return t[i], true
}

// Actions lists what a role may do at its node.
func (t Table) Actions(role Role) (may []Action) {
	for _, rule := range t {
		if rule.Allows(role) {
			may = append(may, rule.Action)
		}
	}
	return may
}

// RuleOf returns the row that Policy has for an action, and whether there is one.
func RuleOf(a Action) (Rule, bool) { return Policy.Rule(a) }

// Allows says whether the role has the action at its node.
func (r Rule) Allows(role Role) bool { return slices.Contains(r.Roles, role) }

// Actions lists what Policy lets a role do at its node.
func (r Role) Actions() []Action { return Policy.Actions(r) }
