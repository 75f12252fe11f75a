package app_test

import (
	"encoding/json"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
)

// pulse is how a sitting stands before somebody; the test fails when the answer says anything else.
func (h *hall) pulse(who, sitting string) string {
	h.t.Helper()
	got := h.ask(who, "GET", sitting+"/stan", nil)
	h.expect("the pulse of "+who, got, 200)
	var said map[string]string
	if err := json.Unmarshal(got.Body.Bytes(), &said); err != nil || len(said) != 1 || len(said["state"]) != 24 {
		h.t.Fatalf("the pulse of %s is %q, want one word", who, got.Body.String())
	}
	return said["state"]
}

// sitting opens a sitting with two who vote, over everything that waits.
func (h *hall) sitting(chair string, members ...string) (address string) {
	h.t.Helper()
	added := h.ask(chair, "POST", councilDesk+"/posiedzenia", url.Values{"day": {h.now.Format(time.DateOnly)}, "hour": {"10:00"}})
	h.expect("a sitting", added, 303)
	address = added.Header().Get("Location")
	who := url.Values{
		"day": {h.now.Format(time.DateOnly)}, "hour": {"10:00"}, "member": {string(h.accounts[chair])}, "chair": {string(h.accounts[chair])},
		"revision": {revision(h.ask(chair, "GET", address, nil).Body.String())},
	}
	for _, one := range members {
		who.Add("member", string(h.accounts[one]))
	}
	h.expect("who is there", h.ask(chair, "POST", address, who), 303)
	h.expect("open", h.ask(chair, "POST", address+"/stan", url.Values{"to": {"open"}}), 303)
	h.expect("the agenda", h.ask(chair, "POST", address+"/porzadek", url.Values{"do": {"fill"}}), 303)
	return address
}

// Whoever has a stake in an item hears nothing of it: neither that it is under discussion, nor that it was decided.
func TestTheConsoleOfASittingFollowsWhatEachMayHear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		for name, role := range map[string]rights.Role{"kaja": rights.Council, "kuba": rights.Council, "kinga": rights.Council, "rysia": rights.Reviewer} {
			h.somebody(name, role)
		}
		river, tram := h.submit("ewa", "Rzeka w mieście"), h.submit("jan", "Tramwaj nocą")
		h.rules()
		h.expect("a stake", h.ask("kinga", "POST", councilDesk+"/zgloszenia/"+river+"/konflikt", url.Values{"why": {"Moja promotorka"}}), 303)
		at := h.sitting("kaja", "kuba", "kinga")
		h.expect("a reviewer", h.ask("rysia", "GET", at+"/stan", nil), 403)
		h.expect("nobody", h.ask("", "GET", at+"/stan", nil), 303)
		h.expect("the console says where to ask", h.ask("kinga", "GET", at, nil), 200, `data-follow="`+at+`/stan"`, h.pulse("kinga", at), "Odśwież")

		steps := []struct {
			what, code string
			do         func()
		}{
			{"under discussion", river, func() { h.ask("kaja", "POST", at+"/porzadek", url.Values{"do": {"take"}, "code": {river}}) }},
			{"decided", river, func() { h.decided("kaja", river, "2") }},
			{"under discussion", tram, func() { h.ask("kaja", "POST", at+"/porzadek", url.Values{"do": {"take"}, "code": {tram}}) }},
			{"decided", tram, func() { h.decided("kaja", tram, "2") }},
		}
		for _, step := range steps {
			before := map[string]string{"kuba": h.pulse("kuba", at), "kinga": h.pulse("kinga", at)}
			step.do()
			if h.pulse("kuba", at) == before["kuba"] {
				t.Errorf("%s is %s, and who sits there hears nothing", step.code, step.what)
			}
			if heard, may := h.pulse("kinga", at) != before["kinga"], step.code == tram; heard != may {
				t.Errorf("%s is %s: who has a stake in %s hears of it: %v, want %v", step.code, step.what, river, heard, may)
			}
			page := h.ask("kinga", "GET", at, nil).Body.String()
			for _, secret := range []string{"Rzeka w mieście", river, "(2)"} {
				if strings.Contains(page, secret) {
					t.Errorf("after %s is %s, the page that is asked for again says %q", step.code, step.what, secret)
				}
			}
		}
		h.minutesAsFile(at, river)
	})
}

func (h *hall) decided(by, code, votes string) {
	h.t.Helper()
	h.expect("decided "+code, h.ask(by, "POST", councilDesk+"/zgloszenia/"+code+"/decyzja", url.Values{
		"outcome": {"accept"}, "path": {"woda"}, "in_favour": {votes}, "to_author": {"Tak trzymać " + code}, "revision": {"0"},
	}), 303)
}

// minutesAsFile reads the minutes as a document: what stands on the page of whoever asks, and nothing that it hides.
func (h *hall) minutesAsFile(sitting, hidden string) {
	h.t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		h.t.Log("NOT TRIED: what the document says; pdftotext is not here")
		return
	}
	read := func(who string) string {
		got := h.ask(who, "GET", sitting+"/protokol.pdf", nil)
		if kind := got.Header().Get("Content-Type"); got.Code != 200 || kind != "application/pdf" {
			h.t.Fatalf("the document of %s: %d, %s", who, got.Code, kind)
		}
		command := exec.CommandContext(h.t.Context(), program, "-", "-")
		command.Stdin = got.Body
		text, err := command.Output()
		h.must(err)
		return strings.Join(strings.Fields(string(text)), " ")
	}
	for _, want := range []string{"Protokół posiedzenia nr 1", "Osoba kaja – przewodniczy", "za 2, przeciw 0", "Tak trzymać " + hidden, "Osoba kinga"} {
		if text := read("kuba"); !strings.Contains(text, want) {
			h.t.Errorf("the minutes do not say %q:\n%s", want, text)
		}
	}
	if text := read("kinga"); strings.Contains(text, hidden) || strings.Contains(text, "Rzeka") || !strings.Contains(text, "Tramwaj nocą") {
		h.t.Errorf("the minutes of who has a stake in %s say:\n%s", hidden, text)
	}
}
