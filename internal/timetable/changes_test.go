package timetable

import (
	"fmt"
	"slices"
	"testing"

	"obrady/internal/i18n"
	"obrady/internal/programme"
)

func TestCompare(t *testing.T) {
	before := func() *Programme {
		return congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(12, 0), hour(13, 0), "b")
	}
	for _, test := range []struct {
		name   string
		change func(*Programme)
		want   []string
	}{
		{"nothing", func(*Programme) {}, nil},
		{"another hour", func(p *Programme) { p.Slots[0].Start = hour(9, 0) }, []string{"moved x hours"}},
		{"another room", func(p *Programme) { p.Slots[0].Place = "b" }, []string{"moved x place"}},
		{"another title and hour", func(p *Programme) { p.Slots[0].Start, p.Sessions[0].Title.PL = hour(9, 0), "Nowy" }, []string{"moved x hours,title"}},
		{"a Polish comma", func(p *Programme) { p.Sessions[1].Lead.PL = "Przecinek," }, []string{"changed y lead"}},
		{"cancelled", func(p *Programme) { p.Sessions[0].Status = programme.Cancelled }, []string{"cancelled x "}},
		{"taken out", func(p *Programme) { p.Sessions = p.Sessions[1:]; p.Slots = p.Slots[1:] }, []string{"withdrawn x "}},
		{"a new one", func(p *Programme) { p.with("z", hour(14, 0), hour(15, 0), "a") }, []string{"new z hours,place"}},
		{"a person", func(p *Programme) { withJan(&p.Sessions[0]) }, []string{"changed x people"}},
		{"what a visitor does not see", func(p *Programme) { p.Sessions[0].Revision++ }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			after := before()
			test.change(after)
			var got []string
			for _, c := range Compare(before().Index(), after.Index()) {
				names := ""
				for i, f := range c.Fields {
					if i > 0 {
						names += ","
					}
					names += string(f.Field)
				}
				got = append(got, fmt.Sprintf("%s %s %s", c.Kind, c.Slug, names))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("Compare = %q, want %q", got, test.want)
			}
		})
	}
	if got := Compare(nil, before().Index()); got != nil {
		t.Errorf("against nothing Compare = %v, want none", got)
	}
}

func TestFreeze(t *testing.T) {
	inInner := func(s *programme.Session) { s.Block = "inner" }
	last := congress().with("x", hour(10, 0), hour(11, 0), "a").with("y", hour(12, 0), hour(13, 0), "b", inInner)
	working := congress().
		with("x", hour(9, 0), hour(10, 0), "a").
		with("y", hour(14, 0), hour(15, 0), "b", inInner).
		with("z", hour(16, 0), hour(17, 0), "b", inInner).
		with("draft", hour(18, 0), hour(19, 0), "b", inInner, func(s *programme.Session) { s.Status = programme.Draft })

	for _, test := range []struct {
		name  string
		scope Scope
		want  map[string]string
	}{
		{"the whole, without drafts", Scope{Kind: Whole}, map[string]string{"x": "07:00", "y": "12:00", "z": "14:00"}},
		{"one block alone", Scope{OneBlock, "inner"}, map[string]string{"x": "08:00", "y": "12:00", "z": "14:00"}},
		{"a block with the block inside it", Scope{OneBlock, "main"}, map[string]string{"x": "07:00", "y": "12:00", "z": "14:00"}},
		{"a stage that has no session", Scope{OneStage, "metro"}, map[string]string{"x": "08:00", "y": "10:00"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]string{}
			frozen := Freeze(last, working, test.scope)
			for _, slot := range frozen.Slots {
				got[string(slot.Session)] = slot.Start.Format("15:04")
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) || len(frozen.Sessions) != len(test.want) {
				t.Errorf("frozen %v with %d sessions, want %v", got, len(frozen.Sessions), test.want)
			}
			if len(frozen.Persons) != 0 {
				t.Errorf("%d persons whom nothing names, want none", len(frozen.Persons))
			}
		})
	}
}

func TestDocumentComesBackAsItWent(t *testing.T) {
	p := congress().with("x", hour(10, 0), hour(11, 0), "a", withJan)
	p.Sessions[0].Title = i18n.Text{PL: "Zażółć gęślą jaźń", ENState: i18n.Machine, EN: "Yellow"}
	document, hash, err := p.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decode(document)
	if err != nil {
		t.Fatal(err)
	}
	_, again, err := back.encode()
	if err != nil || again != hash {
		t.Errorf("hash %s, %v, want %s", again, err, hash)
	}
}
