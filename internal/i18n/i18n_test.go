package i18n_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/i18n"
)

func files(pl, en string) fstest.MapFS {
	return fstest.MapFS{"locale/pl.json": {Data: []byte(pl)}, "locale/en.json": {Data: []byte(en)}}
}

func load(t *testing.T, pl, en string) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(files(pl, en))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	seatsPL = `"seats": {"one": "jedno miejsce", "few": "%d miejsca", "many": "%d miejsc w %s"}`
	seatsEN = `"seats": {"one": "one seat", "other": "%d seats in %s"}`
)

func TestN(t *testing.T) {
	c := load(t, `{`+seatsPL+`}`, `{`+seatsEN+`}`)
	for _, test := range []struct {
		n      int
		pl, en string
	}{
		{0, "0 miejsc w sali", "0 seats in sali"},
		{1, "jedno miejsce", "one seat"},
		{2, "2 miejsca", "2 seats in sali"},
		{5, "5 miejsc w sali", "5 seats in sali"},
		{12, "12 miejsc w sali", "12 seats in sali"},
		{22, "22 miejsca", "22 seats in sali"},
		{101, "101 miejsc w sali", "101 seats in sali"},
		{1002, "1002 miejsca", "1002 seats in sali"},
		{1012, "1012 miejsc w sali", "1012 seats in sali"},
	} {
		if got := c.In(i18n.Polish).N("seats", test.n, "sali"); got != test.pl {
			t.Errorf("Polish N(%d) = %q, want %q", test.n, got, test.pl)
		}
		if got := c.In(i18n.English).N("seats", test.n, "sali"); got != test.en {
			t.Errorf("English N(%d) = %q, want %q", test.n, got, test.en)
		}
	}
}

func TestT(t *testing.T) {
	c := load(t,
		`{"plain": "Zapis", "named": "%[2]s, %[1]s", "share": "%d%% głosów", "sign": "50 % miejsc", "doubled": "100%%"}`,
		`{"plain": "Sign-up", "named": "%[1]s %[2]s", "share": "%d%% of votes", "sign": "50% of seats", "doubled": "100%%"}`)
	p := c.In(i18n.Polish)
	for _, test := range []struct{ name, got, want string }{
		{"a plain sentence", p.T("plain"), "Zapis"},
		{"arguments nobody asked for", p.T("plain", 7, "x"), "Zapis"},
		{"arguments in the order of the language", p.T("named", "Ewa", "Łoś"), "Łoś, Ewa"},
		{"a per cent sign beside a placeholder", p.T("share", 51), "51% głosów"},
		{"a per cent sign alone", p.T("sign"), "50 % miejsc"},
		{"a doubled per cent sign alone", p.T("doubled"), "100%"},
		{"an unknown key", p.T("nothing"), "nothing"},
		{"a Printer of no catalogue", i18n.Printer{}.N("nothing", 3), "nothing"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
	if !c.Has("plain") || c.Has("nothing") {
		t.Errorf("Has(plain), Has(nothing) = %v, %v, want true, false", c.Has("plain"), c.Has("nothing"))
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, test := range map[string]struct{ pl, en, want string }{
		"a key that English lacks":           {`{"a": "a", "b": "b"}`, `{"a": "a"}`, "b is missing"},
		"a key that Polish lacks":            {`{"a": "a"}`, `{"a": "a", "b": "b"}`, "b is missing"},
		"a missing plural form":              {`{"a": {"one": "a", "few": "b"}}`, `{"a": {"one": "a", "other": "b"}}`, `"many" is missing`},
		"a foreign plural form":              {`{` + seatsPL + `}`, `{"seats": {"one": "a", "few": "%d b", "other": "%d %s"}}`, `"few" is not`},
		"plural forms in one language only":  {`{` + seatsPL + `}`, `{"seats": "%d %s"}`, "one language only"},
		"a key given twice in a file":        {`{"a": "a", "a": "b"}`, `{"a": "a"}`, "a is given twice"},
		"different placeholders":             {`{"a": "%s z %d"}`, `{"a": "%s of %s"}`, "different placeholders"},
		"a placeholder less":                 {`{"a": "%s z %d"}`, `{"a": "%s"}`, "different placeholders"},
		"a bare per cent sign":               {`{"a": "%d % z"}`, `{"a": "%d%% of"}`, "written %%"},
		"a plural form that is broken":       {`{"a": {"few": "%d % z", "one": "%d", "many": "%d"}}`, `{"a": "a"}`, "written %%"},
		"an empty sentence":                  {`{"a": " "}`, `{"a": "a"}`, "empty"},
		"a sentence that is a number":        {`{"a": 7}`, `{"a": "a"}`, "neither"},
		"what is not JSON":                   {`{`, `{}`, "locale/pl.json"},
		"what is JSON but not an object":     {`["a"]`, `{}`, "not a JSON object"},
		"a list after one that is all right": {`{"a": ["b"]}`, `{"a": "a"}`, "neither"},
	} {
		_, err := i18n.Load(files(test.pl, test.en))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Load = %v, want an error with %q", name, err, test.want)
		}
	}
	one := files(`{"a": "a"}`, `{"a": "a"}`)
	if _, err := i18n.Load(one, one); err == nil || !strings.Contains(err.Error(), "given twice") {
		t.Errorf("two packages with one key: Load = %v, want an error", err)
	}
	if _, err := i18n.Load(fstest.MapFS{}); err == nil {
		t.Error("a package without a locale: Load = nil, want an error")
	}
}

func TestTextIn(t *testing.T) {
	both := i18n.Text{PL: "Otwarcie", EN: "Opening"}
	draft := i18n.Text{PL: "Otwarcie", EN: "Opning", ENState: i18n.Draft}
	machine := i18n.Text{PL: "Otwarcie", EN: "Opening", ENState: i18n.Machine}
	for _, test := range []struct {
		name string
		text i18n.Text
		lang i18n.Lang
		want i18n.Reading
	}{
		{"Polish", both, i18n.Polish, i18n.Reading{Text: "Otwarcie", Lang: i18n.Polish}},
		{"English", both, i18n.English, i18n.Reading{Text: "Opening", Lang: i18n.English}},
		{"English by machine is shown as such", machine, i18n.English, i18n.Reading{Text: "Opening", Lang: i18n.English, State: i18n.Machine}},
		{"an English draft gives way", draft, i18n.English, i18n.Reading{Text: "Otwarcie", Lang: i18n.Polish}},
		{"no English", i18n.Text{PL: "Otwarcie"}, i18n.English, i18n.Reading{Text: "Otwarcie", Lang: i18n.Polish}},
		{"no Polish", i18n.Text{EN: "Opening"}, i18n.Polish, i18n.Reading{Text: "Opening", Lang: i18n.English}},
		{"an English draft and nothing else", i18n.Text{EN: "Opning", ENState: i18n.Draft}, i18n.English, i18n.Reading{Text: "Opning", Lang: i18n.English, State: i18n.Draft}},
		{"nothing at all", i18n.Text{}, i18n.English, i18n.Reading{Lang: i18n.Polish}},
	} {
		if got := test.text.In(test.lang); got != test.want {
			t.Errorf("%s: In = %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestTextAsJSON(t *testing.T) {
	text := i18n.Text{PL: "Otwarcie", EN: "Opening", ENState: i18n.Machine}
	got, err := json.Marshal(text)
	if want := `{"pl":"Otwarcie","en":"Opening","en_state":"machine"}`; err != nil || string(got) != want {
		t.Errorf("Marshal = %s, %v, want %s", got, err, want)
	}
	if text.IsZero() || !(i18n.Text{ENState: i18n.Draft}).IsZero() {
		t.Error("IsZero goes by the states, want by the texts")
	}
	if !i18n.Both("Jan").Equal(i18n.Text{PL: "Jan", EN: "Jan"}) {
		t.Error("Both is not the same in both languages")
	}
}

func TestDates(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	at := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 12, 5, 0, 0, warsaw)
	}
	june := at(2021, 6, 7)
	pl, en := i18n.Printer{Lang: i18n.Polish}, i18n.Printer{Lang: i18n.English}
	for _, test := range []struct{ name, got, want string }{
		{"a day", pl.Day(june), "7 czerwca 2021, poniedziałek"},
		{"a day", en.Day(june), "Monday, 7 June 2021"},
		{"a short day", pl.ShortDay(june), "pon., 7 czerwca"},
		{"a short day", en.ShortDay(june), "Mon 7 June"},
		{"a date", pl.Date(june), "7 czerwca 2021"},
		{"a date", en.Date(june), "7 June 2021"},
		{"an hour", pl.Hour(june), "12:05"},
		{"an early hour", en.Hour(june.Add(-4 * time.Hour)), "08:05"},
		{"hours", pl.Hours(june, june.Add(90*time.Minute)), "12:05–13:35"},
		{"one day", pl.Dates(june, june.Add(time.Hour)), "7 czerwca 2021"},
		{"days of a month", pl.Dates(june, at(2021, 6, 8)), "7–8 czerwca 2021"},
		{"days of a month", en.Dates(june, at(2021, 6, 8)), "7–8 June 2021"},
		{"across months", pl.Dates(at(2021, 6, 30), at(2021, 7, 2)), "30 czerwca – 2 lipca 2021"},
		{"across months", en.Dates(at(2021, 6, 30), at(2021, 7, 2)), "30 June – 2 July 2021"},
		{"across years", pl.Dates(at(2021, 12, 31), at(2022, 1, 1)), "31 grudnia 2021 – 1 stycznia 2022"},
		{"the same day a year later", en.Dates(june, at(2022, 6, 7)), "7 June 2021 – 7 June 2022"},
		{"minutes", pl.Minutes(45), "45 min"},
		{"hours alone", en.Minutes(120), "2 h"},
		{"hours and minutes", pl.Minutes(90), "1 h 30 min"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", test.name, test.got, test.want)
		}
	}
}

func TestCompare(t *testing.T) {
	got := []string{"Zając", "Ława", "Ćma", "Lis", "Świt", "Cyrk", "Sowa", "Żuk", "Masa", "ława"}
	slices.SortFunc(got, i18n.Compare(i18n.Polish))
	want := []string{"Cyrk", "Ćma", "Lis", "ława", "Ława", "Masa", "Sowa", "Świt", "Zając", "Żuk"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Polish order (-want +got):\n%s", diff)
	}
}

func TestParseLang(t *testing.T) {
	for s, want := range map[string]bool{"pl": true, "en": true, "de": false, "PL": false, "": false} {
		if lang, ok := i18n.ParseLang(s); ok != want || ok && string(lang) != s {
			t.Errorf("ParseLang(%q) = %q, %v, want %v", s, lang, ok, want)
		}
	}
	if i18n.Polish.Other() != i18n.English || i18n.English.Other() != i18n.Polish {
		t.Error("Other does not lead to the other language")
	}
}

func BenchmarkT(b *testing.B) {
	c, err := i18n.Load(files(`{"plain": "Zapis"}`, `{"plain": "Sign-up"}`))
	if err != nil {
		b.Fatal(err)
	}
	p := c.In(i18n.Polish)
	for b.Loop() {
		p.T("plain")
	}
}
