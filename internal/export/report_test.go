package export_test

import (
	"strings"
	"testing"

	"obrady/internal/errs"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/schedule"
)

func TestEveryRepairRefusalAndDifferenceHasItsSentence(t *testing.T) {
	for _, lang := range i18n.Langs {
		p := words(t, lang)
		for _, code := range schedule.Codes() {
			// Two arguments are the most that a code has; too many are no harm.
			got := export.RepairSentence(p, schedule.Repair{Code: code, Args: []any{"a", 2}})
			if strings.Contains(got, "export.") || strings.Contains(got, "%") {
				t.Errorf("%s: %s reads %q", lang, code, got)
			}
		}
		for _, reason := range schedule.Reasons() {
			if got := export.RefusalSentence(p, &schedule.Refusal{Line: 7, Reason: reason}); strings.Contains(got, "export.") || !strings.Contains(got, "7") {
				t.Errorf("%s: %s reads %q", lang, reason, got)
			}
		}
		for _, kind := range []schedule.Kind{schedule.Added, schedule.Removed, schedule.Changed} {
			if key := export.DifferenceKey(kind); p.T(key) == key {
				t.Errorf("%s: no sentence for %s", lang, kind)
			}
		}
	}
}

func TestRefusedFileIsToldAsAMistakeInTheForm(t *testing.T) {
	_, _, err := schedule.Read(strings.NewReader("<html><body>404</body></html>"), "schedule.xml", schedule.Options{})
	if err = export.Refused(err); errs.KindOf(err) != errs.Invalid {
		t.Errorf("Refused = %v, want a mistake in the form", err)
	}
}
