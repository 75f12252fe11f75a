package app_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
)

const councilDesk = "/pl/kpm-2021/biurko/rada/dobre-praktyki"

// submit sends something in for somebody, with their name in no field that reviewers read, and lets it pass the formal check.
func (h *hall) submit(who, title string) (code string) {
	h.t.Helper()
	at := h.beginSubmission(who)
	code = at[strings.LastIndexByte(at, '/')+1:]
	form := sending("send", "1")
	form.Set("title", title)
	h.expect("sent", h.ask(who, "POST", at, form), 303)
	h.expect("passed", h.ask("ada", "POST", callDesk+"/dobre-praktyki/zgloszenia/"+code, url.Values{"seen": {"submitted"}, "next": {"eligible"}}), 303)
	return code
}

// rules sets how the call is judged.
func (h *hall) rules() {
	h.t.Helper()
	form := url.Values{
		"each": {"2"}, "opens_on": {h.now.Format(time.DateOnly)}, "closes_on": {h.now.AddDate(0, 0, 20).Format(time.DateOnly)}, "quorum": {"2"},
		"appeal_days": {"14"}, "consulted": {""}, "c_id": {""}, "c_label": {"Pomysł"}, "c_label_en": {"Idea"}, "c_weight": {"2"},
		"c_anchors": {"słaby|dobry|znakomity"}, "c_anchors_en": {"weak|good|brilliant"}, "p_path": {"woda"}, "p_format": {""}, "p_seats": {"1"}, "revision": {"0"},
	}
	bad := url.Values{}
	for name, values := range form {
		bad[name] = values
	}
	bad.Set("c_anchors", "słaby")
	h.expect("a scale of one mark", h.ask("ada", "POST", councilDesk+"/zasady", bad), 422, "Pomysł", "opisów")
	h.expect("the rules", h.ask("ada", "POST", councilDesk+"/zasady", form), 303)
	h.expect("as they stand", h.ask("ada", "GET", councilDesk+"/zasady", nil), 200, "znakomity", "Woda")
}

var (
	proposalOf = regexp.MustCompile(`name="proposal" value="([^"]+)"`)
	digestOf   = regexp.MustCompile(`name="digest" value="([^"]+)"`)
)

// From what was sent in to what is announced, by the pages alone; and nobody who must not learn who sent it does.
func TestFromTheReviewToTheAnnouncement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		for name, role := range map[string]rights.Role{"rysia": rights.Reviewer, "rafał": rights.Reviewer, "kaja": rights.Council, "kuba": rights.Council} {
			h.somebody(name, role)
		}
		river, tram := h.submit("ewa", "Rzeka w mieście"), h.submit("jan", "Tramwaj nocą")
		h.expect("before there are rules", h.ask("kaja", "GET", councilDesk, nil), 200, "Nie ustalono jeszcze")
		h.rules()
		for _, who := range []string{"rysia", "rafał"} {
			h.expect("what they take on", h.ask(who, "POST", councilDesk+"/zakres", url.Values{"most": {"5"}, "path0": {"2"}, "path1": {"1"}, "languages": {"pl"}}), 303)
		}
		h.expect("nobody who has no part", h.ask("ola", "GET", councilDesk, nil), 404)
		h.expect("nothing given yet", h.ask("rysia", "GET", councilDesk, nil), 200, "Nic nie czeka", "Nie ma tu zgłoszeń")
		h.expect("not theirs to see", h.ask("rysia", "GET", councilDesk+"/zgloszenia/"+river, nil), 404)

		h.expect("proposed", h.ask("ada", "POST", councilDesk+"/przydzial/propozycja", url.Values{}), 303)
		page := h.ask("ada", "GET", councilDesk+"/przydzial", nil)
		h.expect("the proposal", page, 200, "Lepszej nie ma", "Osoba rysia", "Tramwaj nocą")
		apply := url.Values{"proposal": {proposalOf.FindStringSubmatch(page.Body.String())[1]}}
		h.expect("given out", h.ask("ada", "POST", councilDesk+"/przydzial/wykonanie", apply), 303)
		h.expect("the queue", h.ask("rysia", "GET", councilDesk, nil), 200, "Rzeka w mieście", "Tramwaj nocą")

		paper := councilDesk + "/zgloszenia/" + river
		h.expect("the paper", h.ask("rysia", "GET", paper, nil), 200, "Odkryliśmy rzekę", "małe, duże", "znakomity", "Prześlij recenzję")
		h.expect("an empty review", h.ask("rysia", "POST", paper, url.Values{"to_council": {"coś już mam"}, "revision": {"0"}}), 422, "coś już mam", "Wybierz ocenę")
		kept := url.Values{"do": {"keep"}, "to_council": {"Szkic"}, "revision": {"0"}}
		h.expect("kept", h.ask("rysia", "POST", paper, kept), 303)
		other := url.Values{"do": {"keep"}, "to_council": {"Z drugiego okna"}, "revision": {"0"}}
		h.expect("a second window", h.ask("rysia", "POST", paper, other), 409, "Z drugiego okna", "Szkic")
		review := url.Values{"m0": {"3"}, "confidence": {"3"}, "advice": {"accept"}, "to_author": {"Świetne <script>alert(1)</script>"}, "to_council": {"Tak"}, "revision": {"1"}}
		h.expect("a mark outside the scale", h.ask("rysia", "POST", paper, url.Values{"m0": {"9"}, "confidence": {"3"}, "to_author": {"x"}, "revision": {"1"}}), 422, "od 1 do 3")
		h.expect("sent", h.ask("rysia", "POST", paper, review), 303)
		h.expect("not before one’s own", h.ask("rafał", "GET", paper, nil), 200, "po przesłaniu własnej")
		if strings.Contains(h.ask("rafał", "GET", paper, nil).Body.String(), "Świetne") {
			t.Error("a reviewer reads the other review before sending their own")
		}
		h.expect("refused", h.ask("rafał", "POST", councilDesk+"/zgloszenia/"+tram+"/odmowa", url.Values{"why": {"Nie moja dziedzina"}}), 303)
		h.expect("declared", h.ask("rafał", "POST", paper+"/konflikt", url.Values{"why": {"Moja promotorka"}}), 303)
		h.expect("out of sight", h.ask("rafał", "GET", paper, nil), 404)
		h.expect("the list of conflicts", h.ask("ada", "GET", councilDesk+"/konflikty", nil), 200, river, "Osoba rafał", "potwierdzony")
		h.blind(river, tram)

		// The sitting.
		begins := url.Values{"day": {h.now.Format(time.DateOnly)}, "hour": {"10:00"}, "place": {"Sala 101"}}
		added := h.ask("kaja", "POST", councilDesk+"/posiedzenia", begins)
		h.expect("a sitting", added, 303)
		sitting := added.Header().Get("Location")
		page = h.ask("kaja", "GET", sitting, nil)
		h.expect("the console", page, 200, "Otwórz posiedzenie", "Osoba kuba")
		who := url.Values{
			"day": {h.now.Format(time.DateOnly)}, "hour": {"10:00"}, "member": {string(h.accounts["kaja"]), string(h.accounts["kuba"])},
			"chair": {string(h.accounts["kaja"])}, "revision": {revision(page.Body.String())},
		}
		h.expect("who is there", h.ask("kaja", "POST", sitting, who), 303)
		h.expect("not open yet", h.ask("kaja", "POST", paper+"/decyzja", url.Values{"outcome": {"accept"}, "path": {"woda"}, "in_favour": {"2"}, "revision": {"0"}}), 422, "nie jest otwarte")
		h.expect("open", h.ask("kaja", "POST", sitting+"/stan", url.Values{"to": {"open"}}), 303)
		h.expect("the agenda", h.ask("kaja", "POST", sitting+"/porzadek", url.Values{"do": {"fill"}}), 303)
		h.expect("up", h.ask("kaja", "POST", sitting+"/porzadek", url.Values{"do": {"up"}, "code": {tram}}), 303)
		h.expect("under discussion", h.ask("kaja", "POST", sitting+"/porzadek", url.Values{"do": {"take"}, "code": {river}}), 303)
		h.expect("the console with an item", h.ask("kuba", "GET", sitting, nil), 200, "Teraz: "+river, "Przejdź do decyzji")
		h.expect("too many votes", h.ask("kaja", "POST", paper+"/decyzja", url.Values{"outcome": {"accept"}, "path": {"woda"}, "in_favour": {"7"}, "to_author": {"Tak trzymać"}, "revision": {"0"}}), 422, "Tak trzymać", "Głosów jest więcej")
		h.expect("decided", h.ask("kaja", "POST", paper+"/decyzja", url.Values{"outcome": {"accept"}, "path": {"woda"}, "in_favour": {"2"}, "to_author": {"Tak trzymać"}, "revision": {"0"}}), 303)
		h.expect("decided as well", h.ask("kaja", "POST", councilDesk+"/zgloszenia/"+tram+"/decyzja", url.Values{"outcome": {"reject"}, "in_favour": {"2"}, "to_author": {"Za mało wyników"}, "revision": {"0"}}), 303)
		h.expect("a dissent", h.ask("kuba", "POST", paper+"/zdanie-odrebne", url.Values{"why": {"Za drogo"}}), 303)
		h.expect("the minutes", h.ask("kuba", "GET", sitting+"/protokol", nil), 200, "Tak trzymać", "Za drogo", "przewodniczy", "za 2, przeciw 0")
		h.expect("the author knows nothing", h.ask("ewa", "GET", ownPage+"/"+river, nil), 200, "w ocenie")
		h.expect("closed", h.ask("kaja", "POST", sitting+"/stan", url.Values{"to": {"closed"}}), 303)

		// The announcement.
		h.expect("not the council’s to announce", h.ask("kaja", "GET", councilDesk+"/ogloszenie", nil), 403)
		page = h.ask("ada", "GET", councilDesk+"/ogloszenie", nil)
		h.expect("the letters", page, 200, "Decyzja w sprawie zgłoszenia "+river, "Tak trzymać", "Za mało wyników", "Świetne", "Ogłoś decyzje i wyślij listy (2)")
		h.expect("something else than was read", h.ask("ada", "POST", councilDesk+"/ogloszenie", url.Values{"digest": {"inny"}}), 303)
		h.expect("nothing has gone", h.ask("ewa", "GET", ownPage+"/"+river, nil), 200, "w ocenie")
		digest := url.Values{"digest": {digestOf.FindStringSubmatch(page.Body.String())[1]}}
		h.expect("announced", h.ask("ada", "POST", councilDesk+"/ogloszenie", digest), 303)
		h.expect("the author knows", h.ask("ewa", "GET", ownPage+"/"+river, nil), 200, "przyjęte")
		h.expect("what the author reads", h.ask("ewa", "GET", ownPage+"/"+river+"/decyzja", nil), 200, "przyjęte", "Tak trzymać", "Świetne <script>")
		h.expect("not somebody else’s", h.ask("jan", "GET", ownPage+"/"+river+"/decyzja", nil), 404)
		h.expect("an empty appeal", h.ask("jan", "POST", ownPage+"/"+tram+"/decyzja", url.Values{}), 422, "Napisz, dlaczego")
		h.expect("an appeal", h.ask("jan", "POST", ownPage+"/"+tram+"/decyzja", url.Values{"words": {"Wyniki są w załączniku"}}), 303)
		h.expect("once", h.ask("jan", "POST", ownPage+"/"+tram+"/decyzja", url.Values{"words": {"Jeszcze raz"}}), 422, "już złożono")
		h.expect("the appeals", h.ask("kuba", "GET", councilDesk+"/odwolania", nil), 200, "Wyniki są w załączniku", "czeka na odpowiedź")
		h.expect("the figures", h.ask("kaja", "GET", councilDesk+"/zestawienia", nil), 200, "Surowość", "1 z 2", "Woda")
		h.expect("the file", h.ask("kaja", "GET", councilDesk+"/zgloszenia.csv", nil), 200, river, "Rzeka w mieście")
		h.expect("a file behind glass", h.ask("ada", "POST", councilDesk+"/wglad", url.Values{"code": {tram}, "why": {"Awaria"}}), 303)
		h.blind(river, tram)
	})
}

// blind opens every page that a reviewer or a member of the council can, and wants no name of an author on it.
func (h *hall) blind(codes ...string) {
	h.t.Helper()
	pages := []string{"", "/konflikty", "/zestawienia", "/posiedzenia", "/odwolania", "/zgloszenia.csv", "?words=osoba", "?words=ewa"}
	for _, code := range codes {
		pages = append(pages, "/zgloszenia/"+code)
	}
	read := 0
	for _, who := range []string{"rysia", "rafał", "kaja", "kuba"} {
		for _, page := range pages {
			got := h.ask(who, "GET", councilDesk+page, nil)
			if got.Code == 200 {
				read++
			}
			for _, author := range []string{"ewa", "jan"} {
				for _, name := range []string{"Osoba " + author, string(h.accounts[author]), author + "@"} {
					if strings.Contains(got.Body.String(), name) {
						h.t.Errorf("%s reads %q at %s", who, name, page)
					}
				}
			}
		}
	}
	if read < len(pages)*2 {
		h.t.Errorf("%d pages were read, want those of two members of the council at least: %s", read, fmt.Sprint(pages))
	}
}
