package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// hostile is what somebody types who wants others' browsers to do something. Whatever page shows it, the browser would
// complain of it, and the test with it.
const hostile = ` <img src=x onerror="alert(1)"><script>alert(2)</script> [x](javascript:alert(3)) ![x](https://elsewhere.example/a.png)`

// judged is a call that is open and has its rules, and the people who judge what comes.
type judged struct {
	*enrolment
	t        *testing.T
	call     call.Call
	council  string // address of the call's page on the desk of the council
	host     *tab
	ministry *tab
}

// judges opens a call that is read at once, as a page of the organisers would, and says by what it is judged.
func (m *enrolment) judges(t *testing.T, c call.Call) *judged {
	t.Helper()
	j := &judged{enrolment: m, t: t, council: "/pl/moment/biurko/rada/" + c.Slug, host: m.enter(t, "organizator@przyklad.example")}
	calls := call.NewService(m.db, time.Now)
	now := time.Now()
	c.Edition, c.Senders, c.Languages = m.edition, call.Anybody, []i18n.Lang{i18n.Polish}
	c.OpensAt, c.ClosesAt = now.Add(-time.Hour), now.AddDate(0, 0, 7)
	saved, err := calls.Save(t.Context(), author, c)
	j.must(err)
	_, err = calls.Ask(t.Context(), author, saved.ID, form.Version{Questions: []form.Question{
		{ID: "abstract", Kind: form.Text, Label: i18n.Both("Co zrobiono"), Required: true}, {ID: "keywords", Kind: form.Line, Label: i18n.Both("Słowa kluczowe")},
	}})
	j.must(err)
	j.must(calls.Publish(t.Context(), author, saved.ID))
	j.call = saved
	ministry := j.office("Ministerstwo z podróży " + c.Mark)
	j.ministry = j.works(ministry)
	_, err = review.NewService(m.db, time.Now).SaveSetup(t.Context(), author, review.Setup{
		Call: saved.ID, Each: 2, OpensAt: now.Add(-time.Hour), ClosesAt: now.AddDate(0, 0, 14), Quorum: 2, AppealDays: 14, Consulted: []people.InstitutionID{ministry},
		Criteria: []review.Criterion{{
			ID: "idea", Label: i18n.Both("Pomysł"), Weight: 1, Anchors: []i18n.Text{i18n.Both("słaby"), i18n.Both("dobry"), i18n.Both("znakomity")},
		}},
	})
	j.must(err)
	return j
}

func (j *judged) must(err error) {
	j.t.Helper()
	if err != nil {
		j.t.Fatal(err)
	}
}

// office is an institution that is not there yet.
func (j *judged) office(name string) people.InstitutionID {
	j.t.Helper()
	var made people.Institution
	j.must(j.db.Tx(j.t.Context(), func(tx *db.Tx) (err error) {
		made, err = people.SaveInstitution(j.t.Context(), tx, people.Change{By: author, At: time.Now()}, people.Institution{Slug: text.Slug(name), Name: i18n.Both(name), Sector: people.LocalGovernment})
		return err
	}))
	return made.ID
}

// works lets somebody in who works for an institution.
func (j *judged) works(at people.InstitutionID) *tab {
	j.t.Helper()
	b := j.person(j.t)
	j.must(j.db.Tx(j.t.Context(), func(tx *db.Tx) error {
		account, err := people.AccountOf(j.t.Context(), tx, b.address)
		if err != nil {
			return err
		}
		return people.AddMember(j.t.Context(), tx, people.Member{Account: account.ID, Institution: at, GrantedBy: author, GrantedAt: time.Now()})
	}))
	return b
}

// holds lets somebody in who has a role in the congress.
func (j *judged) holds(role rights.Role) *tab {
	j.t.Helper()
	b := j.person(j.t)
	_, err := rights.NewService(j.db, time.Now).Appoint(j.t.Context(), people.Account{Email: b.address}, role, rights.OfCongress(j.edition), j.edition)
	j.must(err)
	return b
}

// submits writes and sends, and returns the code.
func (j *judged) submits(b *tab, title string) (code string) {
	j.t.Helper()
	b.visit("/pl/moment/nabory/" + j.call.Slug)
	if b.is(present(`main [name="institution"]`)) {
		b.press(`main [name="institution"]:not([value=""])`)
	}
	b.click(`main form[method="post"] .button-row button`)
	at := b.where()
	b.fill("#f-title", title)
	if b.is(present("#f-path")) {
		b.choose("#f-path", j.call.Paths[0].Slug)
	}
	b.fill("#f-a0", "Odkryliśmy rzekę i ludzie wrócili nad wodę."+hostile)
	b.fill("#f-a1", "rzeka, miasto")
	if status := b.click(`button[value="send"]`); status != 200 || !strings.Contains(b.text(".page-head"), "złożone") {
		j.t.Fatalf("sending is answered with %d at %s: %s", status, b.where(), b.text(".error-summary"))
	}
	return at[strings.LastIndexByte(at, '/')+1:]
}

// attaches sends what is not taken in, and then what is.
func (b *tab) attaches(own string) {
	b.t.Helper()
	for _, file := range []struct {
		name, content string
		status        int64
	}{
		{"mapa.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"/>`, 415},
		{"mapa.png", "\x89PNG\r\n\x1A\n\x00\x00\x00\x0DIHDR\x00\x00\xC3\x50\x00\x00\xC3\x50\x08\x02\x00\x00\x00", 422},
		{"list.pdf", "%PDF-1.7\n/Encrypt 1 0 R\n%%EOF\n", 200},
	} {
		b.visit(own)
		b.provoke(file.status)
		path := filepath.Join(b.t.TempDir(), file.name)
		if err := os.WriteFile(path, []byte(file.content), 0o600); err != nil {
			b.t.Fatal(err)
		}
		b.do(chromedp.SetUploadFiles(chromedp.CSS(`#f-file`), []string{path}))
		if status := b.click(`form[action$="/pliki"] button`); status != file.status {
			b.t.Errorf("%s is answered with %d, want %d: %s", file.name, status, file.status, b.text(".error-summary"))
		}
		if file.status != 200 {
			b.fitState("a refused " + file.name)
		}
	}
	b.want(`document.querySelector("#files").parentElement.innerText.includes("list.pdf")`, "the file is not in the list")
}

// passes says of a submission that it has everything a formal check asks for.
func (j *judged) passes(code string) {
	j.t.Helper()
	j.host.visit("/pl/moment/biurko/nabory/" + j.call.Slug + "/zgloszenia/" + code)
	j.host.press(`[name="next"][value="eligible"]`)
	if status := j.host.click(`section[aria-labelledby="check"] form button`); status != 200 {
		j.t.Fatalf("the check is answered with %d: %s", status, j.host.text(".error-summary"))
	}
}

// gives has a submission read by somebody.
func (j *judged) gives(code string, reviewer *tab) {
	j.t.Helper()
	j.host.visit(j.council + "/przydzial")
	j.host.fill("#f-code", code)
	account, err := people.AccountOf(j.t.Context(), j.db, reviewer.address)
	j.must(err)
	j.host.choose(`select[name="account"]`, string(account.ID))
	if status := j.host.click(`section[aria-labelledby="hand"] form button`); status != 200 {
		j.t.Fatalf("the assignment is answered with %d: %s", status, j.host.text(".error-summary"))
	}
}

// reviews reads a submission and writes what they think.
func (j *judged) reviews(b *tab, code, words string) {
	j.t.Helper()
	b.visit(j.council)
	b.clickText(code + " " + b.text(`main a[href$="/` + code + `"]`)[len(code)+1:])
	b.press(`[name="m0"][value="3"]`)
	b.press(`[name="confidence"][value="3"]`)
	b.choose(`select[name="advice"]`, "accept")
	b.fill(`textarea[name="to_author"]`, words)
	if status := b.click(`section[aria-labelledby="review"] form .button-row button:not([value])`); status != 200 || !strings.Contains(b.text("main"), "Recenzja przesłana") {
		j.t.Fatalf("the review is answered with %d: %s %s", status, b.text(".error-summary"), b.text(`section[aria-labelledby="review"]`))
	}
}

// sits opens a sitting of two members and has it talk about one submission.
func (j *judged) sits(chair, member *tab, code string) (sitting string) {
	j.t.Helper()
	chair.visit(j.council + "/posiedzenia")
	chair.choose("#f-day", time.Now().Format(time.DateOnly))
	chair.choose("#f-hour", "10:00")
	if status := chair.click("main form.form .button-row button"); status != 200 {
		j.t.Fatalf("a sitting is answered with %d: %s", status, chair.text(".error-summary"))
	}
	sitting = chair.where()
	for _, b := range []*tab{chair, member} {
		account, err := people.AccountOf(j.t.Context(), j.db, b.address)
		j.must(err)
		if box := `[name="member"][value="` + string(account.ID) + `"]`; !chair.is(present(box + ":checked")) {
			chair.press(box)
		}
		if b == chair {
			chair.choose(`select[name="chair"]`, string(account.ID))
		}
	}
	chair.click(`section[aria-labelledby="who"] form .button-row button`)
	chair.click(`button[value="open"]`)
	chair.click(`button[value="fill"]`)
	chair.click(`form:has(input[value="` + code + `"]) button[value="take"]`)
	chair.want(`document.querySelector("#now").innerText.includes("`+code+`")`, "the console does not say what is being discussed")
	return sitting
}

// decides votes about what is being discussed.
func (j *judged) decides(chair *tab, sitting, outcome, words string) {
	j.t.Helper()
	chair.visit(sitting)
	chair.click(`section[aria-labelledby="now"] a.button`)
	chair.choose(`select[name="outcome"]`, outcome)
	chair.fill(`textarea[name="to_author"]`, words)
	chair.fill(`input[name="in_favour"]`, "2")
	if status := chair.click(`section[aria-labelledby="decision"] form .button-row button`); status != 200 || !strings.Contains(chair.text(`section[aria-labelledby="agenda"]`), "omówione") {
		j.t.Fatalf("the decision is answered with %d: %s", status, chair.text(".error-summary"))
	}
}

// announces sends the letters, after reading them.
func (j *judged) announces(words string) {
	j.t.Helper()
	j.host.visit(j.council + "/ogloszenie")
	if page := j.host.text("main"); !strings.Contains(page, j.call.Mark) {
		j.t.Fatalf("nothing is there to be announced: %s", page)
	}
	j.host.press("main details.section summary")
	j.host.want(`document.querySelector("main").innerText.includes("`+words+`")`, "the letter does not hold what the council wrote for its author")
	j.host.fit("the announcement")
	j.host.click(`form:has(input[name="digest"]) button`)
}

// A city clerk sends in a good practice together with another office; it passes the formal check; of two reviewers one
// has a stake and leaves; the ministry gives its opinion, the council sits and decides, the letter comes, the clerk
// confirms; the practice is shown on stage and stays in the catalogue.
func TestAPracticeFromTheClerkToTheCatalogue(t *testing.T) {
	t.Parallel()
	j := theEnrolment(t).judges(t, call.Call{
		Slug: "praktyki-rady", Mark: "PR", Kind: call.Practice, Title: i18n.Both("Praktyki Rady"), Anonymity: call.SingleBlind,
		Paths: []call.Option{{Slug: "woda", Name: i18n.Both("Woda")}},
	})
	clerk, reader, friend := j.works(j.office("Urząd Miasta nad Rzeką")), j.holds(rights.Reviewer), j.holds(rights.Reviewer)
	chair, member := j.holds(rights.Council), j.holds(rights.Council)

	code := j.submits(clerk, "Rzeka wraca nad miasto")
	own := "/pl/moment/moje-zgloszenia/" + code
	clerk.attaches(own)
	clerk.visit(own + "/wspoltworcy")
	clerk.fill("#f-name", "Wydział Wód")
	clerk.press(`[name="roles"][value="unit"]`)
	if clerk.is(`document.querySelector('[name="roles"][value="author"]').checked`) {
		clerk.press(`[name="roles"][value="author"]`)
	}
	clerk.click("section form.form .button-row button")
	clerk.want(`document.querySelector("main").innerText.includes("Wydział Wód")`, "the other office does not stand in the list")
	j.passes(code)
	j.gives(code, reader)
	j.gives(code, friend)

	friend.visit(j.council + "/zgloszenia/" + code)
	friend.fit("a submission for its reviewer")
	friend.press(`section[aria-labelledby="review"] details summary`)
	friend.fill("#why-conflict", "Ta rzeka płynie przez moją gminę.")
	friend.click(`form[action$="/konflikt"] button`)
	friend.provoke(404)
	friend.visitFor(j.council+"/zgloszenia/"+code, 404)
	j.reviews(reader, code, "Świetne, proszę o koszty.")
	reader.fit("a review that was sent")

	j.ministry.visit("/pl/moment/biurko/rada/" + j.call.Slug + "/opinie")
	j.ministry.fit("what the ministry is asked about")
	j.ministry.click(`main a[href$="/` + code + `"]`)
	j.ministry.press(`[name="stance"][value="remarks"]`)
	j.ministry.fill(`textarea[name="words"]`, "Zgodne z polityką wodną.")
	j.ministry.fit("an opinion")
	j.ministry.click("main form.form .button-row button")

	sitting := j.sits(chair, member, code)
	chair.fit("the console of the chair")
	member.visit(sitting)
	member.fit("the console of a member")
	chair.visit(j.council + "/zgloszenia/" + code)
	chair.want(`document.querySelector("main").innerText.includes("Zgodne z polityką wodną.")`, "the council does not read the opinion")
	chair.fit("what the council reads")
	j.decides(chair, sitting, "accept", "Zapraszamy na scenę.")
	chair.visit(sitting + "/protokol")
	chair.fit("the minutes")
	clerk.visit(own)
	clerk.want(`!document.querySelector("main").innerText.includes("Zapraszamy na scenę")`, "the clerk knows before the announcement")
	chair.visit(sitting)
	chair.click(`button[value="closed"]`)
	j.announces("Zapraszamy na scenę.")
	if body := j.letterOf(t, clerk.address, "Decyzja w sprawie zgłoszenia "+code); !strings.Contains(body, "Zapraszamy na scenę.") || !strings.Contains(body, "Świetne, proszę o koszty.") {
		t.Errorf("the letter reads %s", body)
	}
	clerk.visit(own + "/decyzja")
	clerk.fit("the decision")
	clerk.visit(own)
	clerk.click(`button[value="confirm"]`)
	if got := clerk.text(".page-head"); !strings.Contains(got, "potwierdzone") {
		t.Errorf("the submission is %q, want confirmed", got)
	}

	slug := j.makes(code, "Rzeka wraca nad miasto")
	j.releases("Program z rzeką")
	clerk.visit("/pl/moment/sesje/" + slug)
	clerk.want(`document.querySelector("h1").innerText.includes("Rzeka wraca nad miasto")`, "the practice is not in the programme")
	j.keeps(code, "Rzeka wraca nad miasto")
	clerk.visit("/pl/moment/dobre-praktyki")
	clerk.clickText("Rzeka wraca nad miasto")
	clerk.want(`document.querySelector("main").innerText.includes("Rurę otwarto.")`, "the practice is not in the catalogue")
}

// An abstract is read by people who do not learn whose it is, becomes a talk in a cycle of a kaleidoscope, gets its
// slides, and stands in the proceedings.
func TestAnAbstractBecomesATalkAndStaysInTheProceedings(t *testing.T) {
	t.Parallel()
	j := theEnrolment(t).judges(t, call.Call{
		Slug: "abstrakty", Mark: "AB", Kind: call.Abstract, Title: i18n.Both("Abstrakty"), Anonymity: call.DoubleBlind,
		Paths: []call.Option{{Slug: "woda", Name: i18n.Both("Woda")}},
	})
	const canary = "Zenobia Kanarkowa"
	author, reader, chair, member := j.person(t), j.holds(rights.Reviewer), j.holds(rights.Council), j.holds(rights.Council)
	code := j.submits(author, "Ile wody mieści ulica")
	own := "/pl/moment/moje-zgloszenia/" + code
	author.visit(own + "/wspoltworcy")
	author.fill("#f-name", canary)
	author.fill("#f-affiliation", "Uniwersytet Kanarkowy")
	author.press(`[name="roles"][value="presenter"]`)
	author.click("section form.form .button-row button")
	author.want(`document.querySelector("main").innerText.includes("`+canary+`")`, "the co-author does not stand in the list")
	j.passes(code)
	j.gives(code, reader)
	j.reviews(reader, code, "Ważne pytanie i jasna odpowiedź.")
	for _, b := range []*tab{reader, chair} {
		for _, page := range []string{"", "/zgloszenia/" + code, "?words=kanarkowa"} {
			b.visit(j.council + page)
			if strings.Contains(strings.ReplaceAll(b.text("body"), "?words=kanarkowa", ""), "Kanark") {
				t.Errorf("%s%s says who sent it in", j.council, page)
			}
		}
	}
	sitting := j.sits(chair, member, code)
	j.decides(chair, sitting, "accept", "Zapraszamy do kalejdoskopu.")
	chair.visit(sitting)
	chair.click(`button[value="closed"]`)
	j.announces("Zapraszamy do kalejdoskopu.")
	author.visit(own)
	author.click(`button[value="confirm"]`)

	slug := j.composes("Kalejdoskop z wodą", code)
	j.releases("Program z kalejdoskopem")
	author.visit("/pl/moment/sesje/" + slug)
	author.want(`document.querySelector("main").innerText.includes("Ile wody mieści ulica")`, "the talk is not in the programme")
	author.showsSlides(code)
	j.host.visit(deskOf + "kalejdoskopy/" + slug + "/kolejnosc")
	j.host.want(`document.querySelector("main").innerText.includes("`+canary+`")`, "the running order does not say who speaks")
	j.prints("Materiały z kalejdoskopu")
	j.reads(t, "Ile wody mieści ulica", canary, code)
}
