package admission_test

import (
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/i18n"
	"obrady/internal/rights"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC) // in Warsaw

func window(mode admission.Mode, change ...func(*admission.Window)) admission.Window {
	w := admission.Window{
		Edition: "e", Name: i18n.Both("Warsztaty"), Mode: mode, OpensAt: noon, ClosesAt: noon.AddDate(0, 0, 10),
		Waiting: true, SureHours: 24, OfferMinutes: 60, DoorHours: 2,
	}
	if mode.Collects() {
		w.DecidesAt = noon.AddDate(0, 0, 5)
	}
	if mode == admission.Selection {
		w.AnnouncesAt = noon.AddDate(0, 0, 6)
	}
	for _, f := range change {
		f(&w)
	}
	return w
}

func TestWhereAWindowStands(t *testing.T) {
	decided := func(w *admission.Window) { w.DecidedAt = noon.AddDate(0, 0, 6) }
	for _, test := range []struct {
		name string
		w    admission.Window
		at   time.Time
		want admission.Phase
	}{
		{"a moment early", window(admission.FirstCome), noon.Add(-1), admission.Before},
		{"on the stroke", window(admission.FirstCome), noon, admission.Running},
		{"a moment before it closes", window(admission.FirstCome), noon.AddDate(0, 0, 10).Add(-1), admission.Running},
		{"as it closes", window(admission.FirstCome), noon.AddDate(0, 0, 10), admission.Closed},
		{"a lottery collects at once", window(admission.Lottery), noon, admission.Entries},
		{"a lottery decides", window(admission.Lottery), noon.AddDate(0, 0, 5), admission.Deciding},
		{"a lottery is drawn", window(admission.Lottery, decided), noon.AddDate(0, 0, 6), admission.Running},
		{"a selection collects", window(admission.Selection), noon.AddDate(0, 0, 5).Add(-1), admission.Entries},
		{"a selection is announced", window(admission.Selection, decided), noon.AddDate(0, 0, 7), admission.Running},
		{"a lottery that was never drawn has closed", window(admission.Lottery), noon.AddDate(0, 0, 10), admission.Closed},
		{"a pre-queue has no time of entries", window(admission.Prequeue), noon, admission.Running},
	} {
		if got := test.w.Phase(test.at); got != test.want {
			t.Errorf("%s: Phase = %s, want %s", test.name, got, test.want)
		}
	}
	if got := window(admission.Prequeue).ReadyFrom(); !got.Equal(noon.Add(-15 * time.Minute)) {
		t.Errorf("ReadyFrom = %v, want a quarter of an hour before noon", got)
	}
}

func TestHowAPlaceIsHandedOn(t *testing.T) {
	start := noon.AddDate(0, 0, 8)
	w := window(admission.FirstCome)
	for _, test := range []struct {
		name  string
		start time.Time
		left  time.Duration
		w     admission.Window
		want  admission.Manner
	}{
		{"days before", start, 72 * time.Hour, w, admission.AtOnce},
		{"exactly a day before", start, 24 * time.Hour, w, admission.AtOnce},
		{"a moment later", start, 24*time.Hour - 1, w, admission.ByOffer},
		{"two hours before", start, 2 * time.Hour, w, admission.ByOffer},
		{"a moment after that", start, 2*time.Hour - 1, w, admission.AtDoor},
		{"it has begun", start, -time.Minute, w, admission.AtDoor},
		{"nobody knows when", time.Time{}, 0, w, admission.AtOnce},
		{"no hours at the door", start, time.Minute, window(admission.FirstCome, func(w *admission.Window) { w.DoorHours = 0 }), admission.ByOffer},
		{"never sure", start, 240 * time.Hour, window(admission.FirstCome, func(w *admission.Window) { w.SureHours = 720 }), admission.ByOffer},
		{"neither offers nor a door", start, time.Minute, window(admission.FirstCome, func(w *admission.Window) { w.DoorHours, w.SureHours = 0, 0 }), admission.AtOnce},
	} {
		if got := test.w.Manner(start.Add(-test.left), test.start); got != test.want {
			t.Errorf("%s: Manner = %s, want %s", test.name, got, test.want)
		}
	}
}

// What Narrows lets pass must never take from anybody what they were promised.
func TestOnlyWhatGivesMoreMayChange(t *testing.T) {
	day := 24 * time.Hour
	for _, test := range []struct {
		name   string
		mode   admission.Mode
		change func(*admission.Window)
		want   string
	}{
		{"nothing", admission.FirstCome, func(*admission.Window) {}, ""},
		{"another name", admission.FirstCome, func(w *admission.Window) { w.Name.PL = "Inne" }, ""},
		{"another mode", admission.FirstCome, func(w *admission.Window) { w.Mode = admission.Open }, "mode"},
		{"it opens earlier", admission.FirstCome, func(w *admission.Window) { w.OpensAt = w.OpensAt.Add(-day) }, ""},
		{"it opens later", admission.FirstCome, func(w *admission.Window) { w.OpensAt = w.OpensAt.Add(1) }, "opens_at"},
		{"it closes later", admission.FirstCome, func(w *admission.Window) { w.ClosesAt = w.ClosesAt.Add(day) }, ""},
		{"it closes earlier", admission.FirstCome, func(w *admission.Window) { w.ClosesAt = w.ClosesAt.Add(-1) }, "closes_at"},
		{"more days for wishes", admission.Lottery, func(w *admission.Window) { w.DecidesAt = w.DecidesAt.Add(day) }, ""},
		{"fewer days for wishes", admission.Lottery, func(w *admission.Window) { w.DecidesAt = w.DecidesAt.Add(-1) }, "decides_at"},
		{"known earlier", admission.Selection, func(w *admission.Window) { w.AnnouncesAt = w.AnnouncesAt.Add(-1) }, ""},
		{"known later", admission.Selection, func(w *admission.Window) { w.AnnouncesAt = w.AnnouncesAt.Add(1) }, "announces_at"},
		{"no waiting list any more", admission.FirstCome, func(w *admission.Window) { w.Waiting = false }, "waiting"},
		{"less time for an answer", admission.FirstCome, func(w *admission.Window) { w.OfferMinutes-- }, "offer_minutes"},
		{"more time for an answer", admission.FirstCome, func(w *admission.Window) { w.OfferMinutes++ }, ""},
	} {
		before := window(test.mode)
		next := before
		test.change(&next)
		if got := before.Narrows(next); got != test.want {
			t.Errorf("%s: Narrows = %q, want %q", test.name, got, test.want)
		}
	}
	without := window(admission.FirstCome, func(w *admission.Window) { w.Waiting = false })
	if got := without.Narrows(window(admission.FirstCome)); got != "" {
		t.Errorf("a waiting list more: Narrows = %q, want nothing", got)
	}
}

func TestAWindowThatCanBeSaved(t *testing.T) {
	for _, mode := range admission.Modes {
		if err := window(mode).Validate(); err != nil {
			t.Errorf("%s: %v, want it saved", mode, err)
		}
	}
	for _, test := range []struct {
		name   string
		mode   admission.Mode
		change func(*admission.Window)
		want   string // the field
	}{
		{"no name", admission.Open, func(w *admission.Window) { w.Name = i18n.Text{} }, "name_pl"},
		{"a long name", admission.Open, func(w *admission.Window) { w.Name.PL = strings.Repeat("ó", 121) }, "name_pl"},
		{"a long English name", admission.Open, func(w *admission.Window) { w.Name.EN = strings.Repeat("o", 121) }, "name_en"},
		{"no mode", "", func(*admission.Window) {}, "mode"},
		{"no opening", admission.Open, func(w *admission.Window) { w.OpensAt = time.Time{} }, "opens_at"},
		{"closed as it opens", admission.Open, func(w *admission.Window) { w.ClosesAt = w.OpensAt }, "closes_at"},
		{"decided as it opens", admission.Lottery, func(w *admission.Window) { w.DecidesAt = w.OpensAt }, "decides_at"},
		{"decided after it closes", admission.Lottery, func(w *admission.Window) { w.DecidesAt = w.ClosesAt.Add(1) }, "decides_at"},
		{"announced before it decides", admission.Selection, func(w *admission.Window) { w.AnnouncesAt = w.DecidesAt.Add(-1) }, "announces_at"},
		{"announced after it closes", admission.Selection, func(w *admission.Window) { w.AnnouncesAt = w.ClosesAt.Add(1) }, "announces_at"},
		{"sure for less than no hour", admission.Open, func(w *admission.Window) { w.SureHours = -1 }, "sure_hours"},
		{"a door of two months", admission.Open, func(w *admission.Window) { w.DoorHours = 24 * 60 }, "door_hours"},
		{"an offer for no minute", admission.Open, func(w *admission.Window) { w.OfferMinutes = 0 }, "offer_minutes"},
		{"an offer for a month", admission.Open, func(w *admission.Window) { w.OfferMinutes = 60 * 24 * 30 }, "offer_minutes"},
	} {
		if got := fields(window(test.mode, test.change).Validate()); got != test.want {
			t.Errorf("%s: wrong fields %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSettingsThatCanBeSaved(t *testing.T) {
	for margin, want := range map[int]string{-1: "margin", 0: "", 240: "", 241: "margin"} {
		if got := fields(admission.Settings{Margin: margin}.Validate()); got != want {
			t.Errorf("a margin of %d: wrong fields %q, want %q", margin, got, want)
		}
	}
	if s := admission.Settled("e"); s.Edition != "e" || !s.Walking || s.Overlap || s.Held {
		t.Errorf("Settled = %+v, want walks counted, no overlap, not held", s)
	}
}

// A window is asked about at its partner's workspace, and else at the congress.
func TestWhereAWindowIsAskedAbout(t *testing.T) {
	var tree rights.Tree
	hosts := window(admission.Open)
	partners := window(admission.Open, func(w *admission.Window) { w.Workspace = "w" })
	first := func(path []rights.Node) (n rights.Node) {
		if len(path) > 0 {
			n = path[0]
		}
		return n
	}
	if got, want := first(hosts.Path(tree)), first(tree.Path(rights.OfCongress("e"))); got != want {
		t.Errorf("the host's: %v, want %v", got, want)
	}
	if got, want := first(partners.Path(tree)), first(tree.Path(rights.OfWorkspace("w"))); got != want {
		t.Errorf("a partner's: %v, want %v", got, want)
	}
}

// Each word has a key of its own, so that each has its sentence.
func TestWordsHaveKeys(t *testing.T) {
	seen := map[string]bool{}
	var keys []string
	for _, m := range admission.Modes {
		keys = append(keys, m.Key())
	}
	for _, p := range []admission.Phase{admission.Before, admission.Entries, admission.Deciding, admission.Running, admission.Closed} {
		keys = append(keys, p.Key())
	}
	for _, m := range []admission.Manner{admission.AtOnce, admission.ByOffer, admission.AtDoor} {
		keys = append(keys, m.Key())
	}
	for _, k := range admission.PoolKinds {
		keys = append(keys, k.Key())
	}
	for _, n := range admission.Needs {
		keys = append(keys, n.Key())
	}
	for _, k := range admission.RuleKinds {
		keys = append(keys, k.Key())
	}
	for _, o := range admission.Overs {
		keys = append(keys, o.Key())
	}
	for _, key := range keys {
		if seen[key] || !strings.HasPrefix(key, "admission.") {
			t.Errorf("the key %q is not one of this package's own, or there twice", key)
		}
		seen[key] = true
	}
}
