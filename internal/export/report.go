package export

import (
	"fmt"
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/schedule"
)

// RepairSentence says what reading a file has mended, in the words of p.
//
// key: export.repair.*
func RepairSentence(p i18n.Printer, r schedule.Repair) string {
	args := make([]any, len(r.Args))
	for i, arg := range r.Args {
		switch arg := arg.(type) {
		case time.Time:
			args[i] = arg.Format("2006-01-02 15:04 -07:00")
		default:
			args[i] = fmt.Sprint(arg)
		}
	}
	return p.T("export.repair."+string(r.Code), args...)
}

// RefusalSentence says why a file cannot be read and on which line that
// shows, in the words of p.
//
// key: export.refused.*
func RefusalSentence(p i18n.Printer, r *schedule.Refusal) string {
	reason := p.T("export.refused." + string(r.Reason))
	if r.Line == 0 {
		return reason
	}
	return p.T("export.refused_at", r.Line, reason)
}

// Refused gives the error of reading a schedule the kind and the sentence for
// a form; any other error stays as it is.
func Refused(err error) error {
	refusal, is := schedule.IsRefusal(err)
	if !is {
		return err
	}
	return fmt.Errorf("read schedule, line %d: %w", refusal.Line, errs.New(errs.Invalid, "export.refused."+string(refusal.Reason)))
}

// DifferenceKey names the sentence that says what has become of an event.
//
// key: export.difference.*
func DifferenceKey(k schedule.Kind) string { return "export.difference." + string(k) }
