package i18n

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Printer writes sentences, dates and times in one language. Times are written
// in the zone that they carry: give them in the zone of the congress.
type Printer struct {
	Lang      Lang
	sentences map[string]sentence
	plural    func(n int) string
}

// Keys is an argument of a sentence that is made of sentences itself: their
// keys, written one after the other with commas between them.
type Keys []string

// T returns the sentence of key with args in its placeholders. An unknown key
// comes back as it is, for tests to find.
func (p Printer) T(key string, args ...any) string {
	s, ok := p.sentences[key]
	if !ok {
		return key
	}
	return s.plain.fill(p.spelt(args))
}

// spelt writes out what is given as keys.
func (p Printer) spelt(args []any) []any {
	for i, arg := range args {
		keys, ok := arg.(Keys)
		if !ok {
			continue
		}
		words := make([]string, len(keys))
		for n, key := range keys {
			words[n] = p.T(key)
		}
		args = slices.Clone(args)
		args[i] = strings.Join(words, ", ")
	}
	return args
}

// N returns the form of the sentence that fits n. In its placeholders n comes
// first, then args.
func (p Printer) N(key string, n int, args ...any) string {
	s, ok := p.sentences[key]
	if !ok {
		return key
	}
	w := s.plain
	if s.forms != nil {
		w = s.forms[p.plural(n)]
	}
	return w.fill(append([]any{n}, args...))
}

// Day writes a day in full: "7 czerwca 2021, poniedziałek", "Monday, 7 June 2021".
func (p Printer) Day(t time.Time) string {
	if p.Lang == English {
		return t.Format("Monday, 2 January 2006")
	}
	return p.Date(t) + ", " + weekdays[t.Weekday()]
}

// ShortDay writes a day of a known year: "pon., 7 czerwca", "Mon 7 June".
func (p Printer) ShortDay(t time.Time) string {
	if p.Lang == English {
		return t.Format("Mon 2 January")
	}
	return shortWeekdays[t.Weekday()] + ", " + p.dayMonth(t)
}

// Date writes a date: "7 czerwca 2021", "7 June 2021".
func (p Printer) Date(t time.Time) string {
	return fmt.Sprintf("%s %d", p.dayMonth(t), t.Year())
}

// Dates writes the days from and to with everything between them, and says
// month and year once where they are the same: "7–8 czerwca 2021".
func (p Printer) Dates(from, to time.Time) string {
	switch sameYear := from.Year() == to.Year(); {
	case sameYear && from.YearDay() == to.YearDay():
		return p.Date(from)
	case sameYear && from.Month() == to.Month():
		return fmt.Sprintf("%d–%s", from.Day(), p.Date(to))
	case sameYear:
		return p.dayMonth(from) + " – " + p.Date(to)
	}
	return p.Date(from) + " – " + p.Date(to)
}

// Hour writes the time of day: "09:05".
func (p Printer) Hour(t time.Time) string { return t.Format("15:04") }

// Hours writes when something begins and ends: "12:00–13:30".
func (p Printer) Hours(from, to time.Time) string { return p.Hour(from) + "–" + p.Hour(to) }

// Minutes writes a length of time with the signs of hour and minute, which are
// the same in both languages: "45 min", "2 h", "1 h 30 min".
func (p Printer) Minutes(n int) string {
	switch h, m := n/60, n%60; {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d h %d min", h, m)
	}
}

func (p Printer) dayMonth(t time.Time) string {
	if p.Lang == English {
		return t.Format("2 January")
	}
	return fmt.Sprintf("%d %s", t.Day(), months[t.Month()-1])
}

// Polish names of CLDR, the months in the genitive, as a date takes them.
var (
	months = [...]string{
		"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
		"lipca", "sierpnia", "września", "października", "listopada", "grudnia",
	}
	weekdays      = [...]string{"niedziela", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota"}
	shortWeekdays = [...]string{"niedz.", "pon.", "wt.", "śr.", "czw.", "pt.", "sob."}
)
