package main

import (
	"strings"
	"testing"

	"obrady/internal/draw"
)

func TestEverythingAboutADrawIsSaidInWords(t *testing.T) {
	for _, reason := range draw.Reasons() {
		if drawReasons[reason] == "" {
			t.Errorf("there are no words for the refusal %q", reason)
		}
	}
	for _, point := range draw.Points() {
		said := differenceInWords(draw.Difference{What: point, Code: "CODE", Said: "1", Due: "2"})
		if points[point] == "" || strings.Contains(said, "%!") {
			t.Errorf("the difference %q is said as %q", point, said)
		}
	}
	for _, why := range []draw.Why{draw.Held, draw.Apart, draw.AtLimit, draw.GroupMax} {
		said := fateInWords(draw.Fate{State: draw.Refused, Why: why, By: "x"})
		if rules[why] == "" || strings.Contains(said, "%!") || !strings.Contains(said, "x") {
			t.Errorf("the rule %q is said as %q", why, said)
		}
	}
}
