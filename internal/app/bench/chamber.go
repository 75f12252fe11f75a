package bench

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"obrady/internal/app"
	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

// chamber is a congress whose council has read everything and is about to decide: what its pages are measured with.
type chamber struct {
	CouncilOptions

	db      *db.DB
	now     time.Time
	words   words
	edition edition.ID
	bodies  []people.InstitutionID
	call    call.Call
	reviews *review.Service
	council *council.Service

	organiser, chair, clerk people.AccountID // clerk writes opinions for a consulted body
	readers                 []people.AccountID
	tokens                  map[people.AccountID]string // of their sessions, as their browsers hold them
	ids                     []call.SubmissionID
	open, closed            council.SittingID

	setUp      time.Duration
	assignment AssignmentFigures
}

const (
	chamberSlug = "obrady-rady"
	chamberCall = "abstrakty"
	chamberMark = "AB"
	pathsOfCall = 6
	// agendaItems is how many submissions a sitting has before it.
	agendaItems = 60
	// closedSittings is how many have been before the open one.
	closedSittings = 9
	present        = 9 // members of the council at a sitting
)

// fill lays the chamber out, in the order in which a council works.
func (c *chamber) fill(ctx context.Context) error {
	began := time.Now()
	for _, step := range []func(context.Context) error{
		c.congress, c.announceCall, c.gather, c.rules, c.submissions, c.assign, c.write, c.sit, c.signIn,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("lay out a chamber: %w", err)
		}
	}
	c.setUp = time.Since(began)
	return nil
}

// congress makes an edition with a programme and a register, so that nothing is looked for in empty tables.
func (c *chamber) congress(ctx context.Context) error {
	if err := Generate(ctx, c.db, time.Now, Size{Slug: chamberSlug, Sessions: 100, Persons: 300}); err != nil {
		return err
	}
	e, err := edition.NewService(c.db, time.Now).Edition(ctx, chamberSlug)
	if err != nil {
		return err
	}
	c.edition = e.ID
	all, err := people.Institutions(ctx, c.db)
	for _, one := range all {
		c.bodies = append(c.bodies, one.ID)
	}
	return err
}

func pathSlug(n int) string { return "sciezka-" + strconv.Itoa(n%pathsOfCall+1) }

// announceCall opens a double-blind call that has closed since.
func (c *chamber) announceCall(ctx context.Context) error {
	before := func() time.Time { return c.now.AddDate(0, 0, -60) }
	calls := call.NewService(c.db, before)
	calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return before(), nil }
	one := call.Call{
		Edition: c.edition, Slug: chamberCall, Mark: chamberMark, Kind: call.Abstract, Title: i18n.Text{PL: "Abstrakty", EN: "Abstracts"},
		Anonymity: call.DoubleBlind, Senders: call.Anybody, Languages: i18n.Langs, OpensAt: before(), ClosesAt: c.now.AddDate(0, 0, -30),
		Formats: []call.Option{{Slug: "wystapienie", Name: i18n.Text{PL: "Wystąpienie", EN: "Talk"}, Minutes: 4}, {Slug: "plakat", Name: i18n.Text{PL: "Plakat", EN: "Poster"}}},
	}
	for n := range pathsOfCall {
		one.Paths = append(one.Paths, call.Option{Slug: pathSlug(n), Name: i18n.Both("Ścieżka " + strconv.Itoa(n+1))})
	}
	saved, err := calls.Save(ctx, actor, one)
	if err != nil {
		return err
	}
	questions := []form.Question{
		{ID: "abstract", Kind: form.Text, Label: i18n.Text{PL: "Abstrakt", EN: "Abstract"}, Required: true},
		{ID: "region", Kind: form.Choice, Label: i18n.Text{PL: "Region", EN: "Region"}, Required: true, Options: regions()},
	}
	if _, err := calls.Ask(ctx, actor, saved.ID, form.Version{Questions: questions}); err != nil {
		return err
	}
	if err := calls.Publish(ctx, actor, saved.ID); err != nil {
		return err
	}
	c.call, err = call.Find(ctx, c.db, saved.ID)
	return err
}

// regions are as many as there are voivodeships.
func regions() (all []i18n.Text) {
	for n := range 16 {
		all = append(all, i18n.Both("Region "+strconv.Itoa(n+1)))
	}
	return all
}

// gather appoints an organiser, a council and the reviewers. Reviewers work for institutions whose people send things
// in, so that the rules find conflicts of interest.
func (c *chamber) gather(ctx context.Context) (err error) {
	roles := rights.NewService(c.db, time.Now)
	appoint := func(name string, role rights.Role) (people.AccountID, error) {
		a := people.Account{Email: name + "@chamber.example", Name: "Osoba " + name, CreatedAt: c.now}
		a, err := roles.Appoint(ctx, a, role, rights.OfCongress(c.edition), c.edition)
		return a.ID, err
	}
	if c.organiser, err = appoint("biuro", rights.Organiser); err != nil {
		return err
	}
	if c.chair, err = appoint("rada", rights.Council); err != nil {
		return err
	}
	for n := range c.Reviewers {
		who, err := appoint("recenzja-"+strconv.Itoa(n+1), rights.Reviewer)
		if err != nil {
			return err
		}
		c.readers = append(c.readers, who)
	}
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		a, err := people.OpenAccount(ctx, tx, people.Account{Email: "opinia@chamber.example", Name: "Osoba opinia", CreatedAt: c.now})
		if err != nil {
			return err
		}
		c.clerk = a.ID
		members := rows{into: `INSERT INTO member (account_id, institution_id, granted_by, granted_at)`}
		members.add(c.clerk, c.bodies[0], actor, c.now)
		for n, who := range c.readers {
			members.add(who, c.bodies[1+n%(len(c.bodies)-1)], actor, c.now)
		}
		return members.write(ctx, tx)
	})
}

// rules says how it is judged, and what each reviewer takes on: a fifth more than is needed, each on three paths.
func (c *chamber) rules(ctx context.Context) error {
	c.reviews = review.NewService(c.db, time.Now)
	c.council = council.NewService(c.db, time.Now, c.reviews)
	setup := review.Setup{
		Call: c.call.ID, Each: c.Each, OpensAt: c.now.AddDate(0, 0, -29), ClosesAt: c.now.AddDate(0, 0, 5), AppealDays: 14, Quorum: 5,
		Consulted: []people.InstitutionID{c.bodies[0]},
	}
	for n, weight := range []int{3, 2, 2, 1} {
		setup.Criteria = append(setup.Criteria, review.Criterion{
			Label: i18n.Both("Miara " + strconv.Itoa(n+1)), Weight: weight,
			Anchors: []i18n.Text{i18n.Both("słabo"), i18n.Both("dość dobrze"), i18n.Both("dobrze"), i18n.Both("znakomicie")},
		})
	}
	for n := range pathsOfCall {
		setup.Places = append(setup.Places, review.Places{Path: pathSlug(n), Seats: max(1, c.Submissions/pathsOfCall/4)})
	}
	if _, err := c.reviews.SaveSetup(ctx, c.organiser, setup); err != nil {
		return err
	}
	most := min(500, 1+c.Submissions*c.Each*6/5/c.Reviewers)
	for n, who := range c.readers {
		r := review.Reader{Call: c.call.ID, Account: who, Most: most, Skills: map[string]assign.Level{
			pathSlug(n): assign.Expert, pathSlug(n + 1): assign.Able, pathSlug(n + 3): assign.Able,
		}}
		if err := c.reviews.SaveReader(ctx, c.organiser, r); err != nil {
			return err
		}
	}
	return nil
}

// submissions writes what was sent in, each by two people of one institution, past the formal check.
func (c *chamber) submissions(ctx context.Context) error {
	sent := rows{into: `INSERT INTO call_submission (id, call_id, edition_id, code, state, path, format, language, title, answers, form_version, began_at, submitted_at, updated_at)`}
	owners := rows{into: `INSERT INTO call_owner (submission_id, account_id, institution_id)`}
	behind := rows{into: `INSERT INTO call_contributor (id, submission_id, position, roles, account_id, name, email, institution_id, affiliation, orcid, state)`}
	at := c.now.AddDate(0, 0, -31)
	for n := range c.Submissions {
		one, body := call.SubmissionID(id.New()), c.bodies[n*7%len(c.bodies)]
		account := fmt.Sprintf("author-%d", n/2)
		answers := form.Answers{"abstract": c.abstract(), "region": strconv.Itoa(1 + n%16)}
		sent.add(one, c.call.ID, c.edition, chamberMark+"-"+strconv.Itoa(n+1), call.Eligible, pathSlug(n), "wystapienie", i18n.Polish,
			c.words.phrase(polish, 8), db.JSON(answers), c.call.FormVersion, at, at, at)
		owners.add(one, account, body)
		for position, role := range []call.Role{call.Presenter, call.Author} {
			name := c.words.name(n*2 + position)
			behind.add(id.New(), one, position+1, db.JSON([]call.Role{role}), []string{account, ""}[position], name,
				fmt.Sprintf("author-%d-%d@chamber.example", n, position), body, "Instytut Przykładów", "", call.Agreed)
		}
		c.ids = append(c.ids, one)
	}
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		for _, r := range []rows{sent, owners, behind} {
			if err := r.write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// abstract is as long as calls allow: some 1,500 characters.
func (c *chamber) abstract() string {
	var b strings.Builder
	for b.Len() < 1500 {
		b.WriteString(c.words.phrase(polish, 14) + ". ")
	}
	return strings.TrimSpace(b.String())
}

// assign lets the program work out who reads what, which is measured, and gives it out.
func (c *chamber) assign(ctx context.Context) error {
	c.Note("working out who reads what")
	began := time.Now()
	proposal, err := c.reviews.Propose(ctx, c.organiser, c.call.ID)
	if err != nil {
		return err
	}
	c.assignment = AssignmentFigures{
		Seconds: time.Since(began).Seconds(), Objective: proposal.Result.Objective.Total(), Bound: proposal.Result.Bound.Total(),
		Pairs: len(proposal.Result.Choices), Gaps: len(proposal.Result.Gaps),
	}
	c.Note("giving it out")
	_, err = c.reviews.Apply(ctx, c.organiser, proposal, nil)
	return err
}

// write lets everybody send what they think, but for the last ten of each reviewer, which wait.
func (c *chamber) write(ctx context.Context) error {
	c.Note("writing reviews")
	setup, err := review.FindSetup(ctx, c.db, c.call.ID)
	if err != nil {
		return err
	}
	given, err := c.reviews.Assignments(ctx, c.organiser, c.call.ID, review.Filter{})
	if err != nil {
		return err
	}
	left := map[people.AccountID]int{}
	written := rows{into: `INSERT INTO review_review (submission_id, account_id, call_id, scores, score, confidence, advice, to_author, to_council, revision, sent_at, updated_at)`}
	at := c.now.AddDate(0, 0, -3)
	for _, a := range given {
		if left[a.Account]++; left[a.Account] <= 10 {
			continue
		}
		scores, sum := map[string]int{}, 0
		for _, criterion := range setup.Criteria {
			scores[criterion.ID] = 1 + c.words.next(4)
			sum += scores[criterion.ID]
		}
		written.add(a.Submission, a.Account, c.call.ID, db.JSON(scores), float64(sum-4)*100/12, 2, review.Accept,
			c.words.phrase(polish, 40), c.words.phrase(polish, 20), 1, at, at)
	}
	return c.db.Tx(ctx, func(tx *db.Tx) error {
		if err := written.write(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			UPDATE review_assignment SET state = 'sent', score = (SELECT r.score FROM review_review AS r
				WHERE r.submission_id = review_assignment.submission_id AND r.account_id = review_assignment.account_id)
			WHERE call_id = $1 AND EXISTS (SELECT 1 FROM review_review AS r
				WHERE r.submission_id = review_assignment.submission_id AND r.account_id = review_assignment.account_id)`, c.call.ID)
		return err
	})
}

// sit holds the sittings: some that have decided all of their agenda, and one that is half way through.
func (c *chamber) sit(ctx context.Context) error {
	for n := range closedSittings + 1 {
		c.Note("sitting %d of %d", n+1, closedSittings+1)
		last := n == closedSittings
		agenda := c.ids[min(n*agendaItems, len(c.ids)):min((n+1)*agendaItems, len(c.ids))]
		one, err := c.sitting(ctx, agenda)
		if err != nil {
			return err
		}
		c.open = one
		if last {
			agenda = agenda[:len(agenda)/2]
		}
		if err := c.decide(ctx, one, agenda); err != nil {
			return err
		}
		if !last {
			c.closed = one
			if err := c.council.Turn(ctx, c.chair, one, council.ClosedUp); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *chamber) sitting(ctx context.Context, agenda []call.SubmissionID) (council.SittingID, error) {
	s := council.Sitting{Call: c.call.ID, BeginsAt: c.now, Place: "Sala Przykładowa", Present: []council.Present{{Account: c.chair, Part: council.Chair}}}
	for _, who := range c.readers[:min(present-1, len(c.readers))] {
		s.Present = append(s.Present, council.Present{Account: who, Part: council.Member})
	}
	s, err := c.council.SaveSitting(ctx, c.chair, s)
	if err != nil {
		return "", err
	}
	if err := c.council.Turn(ctx, c.chair, s.ID, council.OpenNow); err != nil {
		return "", err
	}
	return s.ID, c.council.Arrange(ctx, c.chair, s.ID, agenda)
}

func (c *chamber) decide(ctx context.Context, at council.SittingID, agenda []call.SubmissionID) error {
	for n, one := range agenda {
		d := council.Decision{
			Submission: one, Sitting: at, Outcome: []review.Outcome{review.Accept, review.Reject, review.OnReserve}[n%3], Path: pathSlug(n), Format: "wystapienie",
			ToAuthor: c.words.phrase(polish, 30), Inside: c.words.phrase(polish, 20), InFavour: 5,
		}
		if d.Outcome == review.OnReserve {
			d.Place = n + 1
		}
		if _, err := c.council.Decide(ctx, c.chair, d); err != nil {
			return err
		}
		if n%10 == 0 {
			if err := c.council.Dissent(ctx, c.chair, one, "Inaczej."); err != nil {
				return err
			}
		}
	}
	return nil
}

// signIn lays out a session for each of those who ask for pages.
func (c *chamber) signIn(ctx context.Context) error {
	c.tokens = map[people.AccountID]string{}
	sessions := rows{into: `INSERT INTO web_session (token_sum, data, seen_at, expires_at, created_at, account_id, label, authenticated_at)`}
	until := c.now.Add(24 * time.Hour)
	for _, who := range []people.AccountID{c.organiser, c.chair, c.clerk, c.readers[0]} {
		digest := sha256.Sum256([]byte("rada " + string(who)))
		token := base64.RawURLEncoding.EncodeToString(digest[:])
		data, err := scs.GobCodec{}.Encode(until, map[string]any{"account": string(who), "proved": c.now.Unix()})
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(token))
		sessions.add(hex.EncodeToString(sum[:]), data, c.now, until, c.now, who, "", c.now)
		c.tokens[who] = token
	}
	return c.db.Tx(ctx, func(tx *db.Tx) error { return sessions.write(ctx, tx) })
}

// rows are what is laid into a table of somebody else, many at a time: the services would take in one by one what two
// thousand authors and sixty reviewers have typed.
type rows struct {
	into   string // the statement, up to its values
	values [][]any
}

func (r *rows) add(values ...any) { r.values = append(r.values, values) }

// mostValues is how many values one statement takes on either engine, with room to spare.
const mostValues = 16_000

func (r *rows) write(ctx context.Context, tx *db.Tx) error {
	if len(r.values) == 0 {
		return nil
	}
	width := len(r.values[0])
	for left := r.values; len(left) > 0; {
		part := left[:min(mostValues/width, len(left))]
		left = left[len(part):]
		var all []any
		marks := make([]string, len(part))
		for i, one := range part {
			all = append(all, one...)
			marks[i] = "(" + db.List(1+i*width, width) + ")"
		}
		if _, err := tx.Exec(ctx, r.into+" VALUES "+strings.Join(marks, ", "), all...); err != nil {
			return fmt.Errorf("%s: %w", r.into, err)
		}
	}
	return nil
}

// openChamber fills a fresh database at address.
func openChamber(ctx context.Context, address string, o CouncilOptions) (*chamber, *app.Store, error) {
	store, err := app.OpenStore(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	c := &chamber{CouncilOptions: o, db: store.DB, now: time.Now().UTC().Truncate(time.Second), words: words{state: 2654435761}}
	if err = store.Migrate(ctx, time.Now()); err == nil {
		err = c.fill(ctx)
	}
	return c, store, err
}
