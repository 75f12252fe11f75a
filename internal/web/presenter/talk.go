package presenter

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// mostOfUpload is how many bytes a form with slides may have.
const mostOfUpload = attachment.MaxBytes + 1<<20

// talk is what somebody presents, with what is known of when and where.
type talk struct {
	onstage.Talk

	Announced bool // the session is known, to whoever is shown the talk
	Session   i18n.Text
	Slug      string
	Start     time.Time // zero: there are no hours yet
	End       time.Time // of the talk
	Over      time.Time // when its session ends
	Begins    time.Time // when its session begins
	Room      i18n.Text
	Order     int // among the talks of its cycle or its session, from 1; 0: the session is this one talk
	Of        int
	Slides    onstage.Slides
	Sent      bool
}

// Minutes is how long the talk may take; 0: not known.
func (t talk) Minutes() int { return int(t.End.Sub(t.Start) / time.Minute) }

// Public says whether everybody can have the slides at the moment now.
func (t talk) Public(now time.Time) bool { return t.Sent && t.Slides.Public(t.Over, now) }

// announced says whether the public counts on a session.
func announced(s *programme.Session) bool { return plan.Public(s) && s.Status != programme.Cancelled }

// workedOn says whether a session stands in the working programme.
func workedOn(s *programme.Session) bool { return s != nil }

// knowing fills in what is known of the session of a talk, if it is one of those that counts lets through.
func knowing(x *timetable.Index, t onstage.Talk, counts func(*programme.Session) bool) talk {
	one := talk{Talk: t}
	s := x.Session(t.Session)
	if !counts(s) {
		return one
	}
	one.Announced, one.Session, one.Slug = true, s.Title, s.Slug
	slots := x.SlotsOf(s.ID)
	if len(slots) > 0 {
		one.Begins, one.Over = slots[0].Start, slots[len(slots)-1].End
		one.Start, one.End = slots[0].Start, slots[0].End
		if at := x.Place(slots[0].Place); at != nil {
			one.Room = at.Name
		}
	}
	one.among(s)
	return one
}

// among finds the part of a session in which the talk stands.
func (t *talk) among(s *programme.Session) {
	timed := s.Timed(t.Start)
	i := slices.IndexFunc(timed, func(g programme.Timed) bool { return g.ID == t.Segment })
	if i < 0 {
		return
	}
	if !t.Start.IsZero() {
		t.Start, t.End = timed[i].Start, timed[i].End
	} else {
		t.End = t.Start.Add(time.Duration(timed[i].Minutes) * time.Minute)
	}
	for n, g := range timed {
		if g.Kind != programme.Talk || g.Cycle != timed[i].Cycle {
			continue
		}
		if t.Of++; n == i {
			t.Order = t.Of
		}
	}
}

// talksPage lists what somebody presents.
type talksPage struct {
	Edition *publication.Edition
	Talks   []talk
}

// talkPage is one talk before whoever presents it.
type talkPage struct {
	Edition *publication.Edition
	Talk    talk
	Setting onstage.Setting
	Form    web.Form
	now     time.Time
}

var (
	talksTemplate = page[talksPage]("talks.html")
	talkTemplate  = page[talkPage]("talk.html")
	slidesFields  = web.Fields{"file": "presenter.slides.file"}
	shareFields   = web.Fields{"with": "presenter.slides.share"}
)

// Until is the date until which slides are taken in; zero where none is known.
func (p talkPage) Until() time.Time {
	if p.Setting.SlidesUntil.IsZero() {
		return p.Talk.Begins
	}
	return p.Setting.SlidesUntil
}

// Takes says whether slides are still taken in.
func (p talkPage) Takes() bool { return p.Setting.Takes(p.Talk.Begins, p.now) }

// Public says whether everybody has the slides now.
func (p talkPage) Public() bool { return p.Talk.Public(p.now) }

// With asks who gets the slides to see.
func (p talkPage) With(v web.View) web.Input {
	f := web.NewForm(shareFields)
	f.Set("with", string(onstage.Room))
	if p.Talk.Slides.Shared() {
		f.Set("with", string(onstage.Everybody))
	}
	var options []web.Option
	for _, a := range onstage.Audiences {
		options = append(options, web.Option{Value: string(a), Label: v.T(a.Key())})
	}
	return v.Input(f, "with").Choices(options)
}

func (p *Pages) showTalks(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Released.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	mine, err := p.Stage.Mine(r.Context(), e.ID, desk.By(r))
	if err != nil {
		return err
	}
	all, err := p.withSlides(r, mine, e.Programme, announced)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b talk) int { return a.Start.Compare(b.Start) })
	return talksTemplate.Show(w, r, talksPage{e, all})
}

// withSlides finds hours and slides of talks.
func (p *Pages) withSlides(r *http.Request, some []onstage.Talk, x *timetable.Index, counts func(*programme.Session) bool) (all []talk, err error) {
	sent, err := p.Stage.SlidesOf(r.Context(), some)
	if err != nil {
		return nil, err
	}
	for _, t := range some {
		one := knowing(x, t, counts)
		one.Slides, one.Sent = sent[t.Submission]
		all = append(all, one)
	}
	return all, nil
}

func (p *Pages) talk(r *http.Request) (page talkPage, err error) {
	page.now = p.Now()
	if page.Edition, err = p.Released.Edition(r.PathValue("edition")); err != nil {
		return page, err
	}
	one, err := p.Stage.Talk(r.Context(), page.Edition.ID, desk.By(r), r.PathValue("submission"))
	if err != nil {
		return page, err
	}
	all, err := p.withSlides(r, []onstage.Talk{one}, page.Edition.Programme, announced)
	if err != nil {
		return page, err
	}
	page.Talk, page.Form = all[0], web.NewForm(slidesFields)
	page.Setting, err = p.Stage.Setting(r.Context(), one.Call)
	return page, err
}

func (p *Pages) showTalk(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	return talkTemplate.Show(w, r, page)
}

// takeSlides keeps slides, or says beside the field why not.
func (p *Pages) takeSlides(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	came := false
	page.Form, err = web.ReadUpload(r, slidesFields, func(f web.File) error {
		if f.Name == "" {
			return nil // no file was chosen
		}
		came = true
		_, err := p.Stage.KeepSlides(r.Context(), onstage.Upload{
			Submission: page.Talk.Submission, By: desk.By(r), Begins: page.Talk.Begins, File: attachment.Sent{Name: f.Name, Reader: f},
		})
		return err
	})
	told := &errs.Error{}
	switch {
	case errors.As(err, &told) && told.Kind.Correctable():
		page.Form.Problems.Put("file", told)
	case err != nil:
		if err := desk.Blame(&page.Form, err); err != nil {
			return err
		}
	case !came && page.Form.Good():
		page.Form.Problems.Add("file", "presenter.slides.no_file")
	}
	if !page.Form.Good() {
		return talkTemplate.ShowForm(w, r, page.Form, page)
	}
	return p.told(w, r, page, "presenter.slides.kept")
}

// told leads back to the talk after something was done.
func (p *Pages) told(w http.ResponseWriter, r *http.Request, page talkPage, key string) error {
	web.Flash(r, key)
	return web.Redirect(w, r, "talk", page.Edition.Slug, page.Talk.Code)
}

func (p *Pages) removeSlides(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	if err := p.Stage.RemoveSlides(r.Context(), desk.By(r), page.Talk.Submission); err != nil {
		return err
	}
	return p.told(w, r, page, "presenter.slides.removed")
}

func (p *Pages) share(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, shareFields)
	if err != nil {
		return err
	}
	with := onstage.Audience(f.Value("with"))
	if !slices.Contains(onstage.Audiences, with) {
		with = onstage.Room
	}
	if err := p.Stage.Share(r.Context(), desk.By(r), page.Talk.Submission, with); err != nil {
		return err
	}
	return p.told(w, r, page, "presenter.slides.shared")
}

func (p *Pages) sendOwn(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	return p.send(w, r, page.Talk.Submission)
}

// send hands slides out to be saved. Who may have them, the caller has decided.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, of call.SubmissionID) error {
	one, content, err := p.Stage.OpenSlides(r.Context(), of)
	if err != nil {
		return err
	}
	return desk.Handout{Name: one.Name, Kind: string(one.Kind), Content: content}.Send(w)
}
