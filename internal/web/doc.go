// Package web carries every page of the congress to the person who asked for it: it finds the page by its
// address, speaks the visitor's language, draws the frame, reads what was typed into forms, and says plainly
// what went wrong.
//
// A page is five things: a struct, a template, a handler, its sentences in both languages, and one row in a
// table of routes.
//
//	type SessionPage struct {
//		Session Session
//		Form    web.Form
//	}
//
//	var sessionPage = web.Parse[SessionPage](templates, "templates/session.html")
//
//	// Only the fields named here are read; each is called by the sentence beside it.
//	var sessionFields = web.Fields{"title": "organiser.session.title", "places": "organiser.session.places"}
//
//	func (p *Pages) Routes() []web.Route {
//		return []web.Route{
//			{Name: "session", PL: "/{edition}/sesje/{session}", EN: "/{edition}/sessions/{session}",
//				Action: "programme.read", Public: true, Query: []string{"page"}, Handle: p.showSession},
//			{Name: "session.save", Method: "POST", PL: "/{edition}/sesje/{session}", EN: "/{edition}/sessions/{session}",
//				Action: "programme.edit", Who: web.SignedIn, Handle: p.saveSession},
//		}
//	}
//
//	func (p *Pages) saveSession(w http.ResponseWriter, r *http.Request) error {
//		form, err := web.ReadForm(r, sessionFields) // read
//		if err != nil {
//			return err
//		}
//		change := Change{Title: form.Value("title"), Places: form.Int("places"), Revision: form.Revision}
//		if form.Good() {
//			err = p.Desk.Save(r.Context(), web.Account(r), change) // ask
//		}
//		if err := form.Blame(err); err != nil { // decide: what the form is not to blame for
//			return err
//		}
//		if !form.Good() {
//			return sessionPage.ShowForm(w, r, form, SessionPage{Form: form}) // show again, nothing lost
//		}
//		web.Flash(r, "organiser.session.saved")
//		return web.Redirect(w, r, "session", r.PathValue("edition"), r.PathValue("session")) // redirect
//	}
//
// and the template:
//
//	{{define "title"}}{{.Plain .Data.Session.Title}}{{end}}
//	{{define "main"}}
//	<h1>{{template "text" (.Words .Data.Session.Title)}}</h1>
//	<form method="post">
//	  {{template "error-summary" (.Summary .Data.Form)}}
//	  {{template "field" (.Input .Data.Form "title")}}
//	  {{template "field" ((.Input .Data.Form "places").Optional.Help (.T "organiser.session.places_help"))}}
//	  {{template "revision" .Data.Form}}
//	  <button class="button">{{.T "organiser.session.save"}}</button>
//	</form>
//	<a href="{{.URL "programme"}}">{{.T "visitor.programme"}}</a>
//	{{end}}
//
// Two kinds of row are for the moment at which everybody comes. One with Lean is for a press: CallerOf says who it is,
// ReadPress what was sent, WriteJSON answers a script (WantsJSON) and a page everybody else; TooOften and Busy say when to
// come again. The guard is not asked, so the handler's own transaction asks what the account may do, and the store of
// sessions whether the session still lives. One with Stream keeps its answer open:
//
//	func (p *Pages) counts(w http.ResponseWriter, r *http.Request) error {
//		in, err := p.Desk.Edition(r.Context(), r.PathValue("edition"))
//		if err != nil {
//			return err
//		}
//		return web.Watch(w, r, p.Hub.Subscribe(push.Topic(in.ID)))
//	}
//
// Addresses come from the names of routes: {{.URL "session" "miasto-zielone"}} takes what is not given (here the
// edition) from the address of the page that is being shown.
package web
