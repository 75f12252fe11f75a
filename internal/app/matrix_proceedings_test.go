package app_test

import (
	"obrady/internal/call"
	"obrady/internal/i18n"
	"obrady/internal/proceedings"
)

// print makes two volumes of a congress: one of the call of the whole stays a draft, one of the partner's call is
// published, and corrected once. What is on stage stands in it.
func (w *world) print(name string, c *congress) {
	w.t.Helper()
	ctx, press := w.t.Context(), proceedings.NewService(w.db, atDawn)
	w.volume(press, c.sent[0], "organiser@"+name+" partner@"+c.sent[0].place, name, "draft")
	to := c.sent[1]
	w.volume(press, to, seen(name, to.place), name, "printed")
	for _, mark := range []proceedings.Mark{{}, {DOI: "10.12345/kpm", Pages: "1–2"}} {
		one, err := call.Submissions(ctx, w.db, call.ID(to.id))
		w.must(err)
		for _, s := range one {
			if mark.Submission = s.ID; s.Code == c.kept["staged"][0] {
				w.must(press.SetMark(ctx, "desk", call.ID(to.id), mark))
			}
		}
		preview, err := press.Preview(ctx, call.ID(to.id))
		w.must(err)
		_, err = press.Publish(ctx, "desk", call.ID(to.id), preview.Digest)
		w.must(err)
	}
	for _, what := range []string{"name", "affiliation", "title", "answer"} { // printed for everybody
		w.also(seen(name, to.place), "CNRY-"+name+"-staged-"+what)
	}
}

// volume writes a title page that only the audience reads.
func (w *world) volume(press *proceedings.Service, of sentThing, audience string, parts ...string) {
	w.t.Helper()
	mark := func(part string) string { return w.mark(audience, append(parts, "volume", part)...) }
	_, err := press.Save(w.t.Context(), "desk", proceedings.Volume{Call: call.ID(of.id), About: proceedings.About{
		Title: i18n.Text{PL: mark("pl"), EN: mark("en")}, Editors: []string{mark("editor")}, Publisher: mark("publisher"), Place: mark("place"),
		Year: 2031, Licence: "CC-BY-4.0", Abstract: "text",
	}})
	w.must(err)
}

// printed lists what an address about volumes is tried on: the one that is published, the one that is not, and a
// contribution under each.
func (w *world) printed(key string) (all []target, known bool) {
	if key != "volume" && key != "volume code" {
		return nil, false
	}
	for name, c := range sorted(w.c) {
		values := map[string]string{"volume": c.sent[1].call, "code": c.kept["staged"][0]}
		one := thing{kind: "volume", congress: name, places: []string{c.sent[1].place}}
		shown := one.target(values)
		shown.public = name == "c1"
		draft := one.target(with(values, "volume", c.sent[0].call))
		draft.places, draft.relation = nil, "volume that is not published"
		all = append(all, shown, draft)
	}
	return all, true
}
