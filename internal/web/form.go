package web

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"obrady/internal/errs"
	"obrady/internal/text"
)

const (
	mostParameters = 1000
	longestText    = 1 << 20 // bytes of one text field that comes with a file
	revisionField  = "revision"
)

// Fields names the fields that a form has and, for each, the key of the sentence that labels it. What is not
// named is not read, so that nobody can send a price or a role that the form does not show.
type Fields map[string]string

// Form is what somebody typed, and what is wrong with it.
type Form struct {
	Fields   Fields
	Typed    url.Values // composed (NFC), trimmed, without characters that cannot be kept
	Problems errs.Problems
	// Revision is the revision that the form was opened with, so that a change made meanwhile is noticed.
	Revision int
	tooLarge bool
}

// NewForm returns an empty form, to be filled with Set from what is already known.
func NewForm(fields Fields) Form { return Form{Fields: fields, Typed: url.Values{}} }

// Set puts values into the field called name.
func (f *Form) Set(name string, values ...string) {
	if f.Typed == nil {
		f.Typed = url.Values{}
	}
	f.Typed[name] = values
}

// Value is what was typed into the field called name.
func (f Form) Value(name string) string { return f.Typed.Get(name) }

// All is everything that was chosen in the field called name.
func (f Form) All(name string) []string { return f.Typed[name] }

// Problem is the first thing wrong with the field called name, or nil.
func (f Form) Problem(name string) *errs.Error { return f.Problems.Of(name) }

// Good says whether nothing is wrong so far.
func (f Form) Good() bool { return len(f.Problems) == 0 }

// Int reads a whole number and notes a problem where there is none; an empty field is 0.
func (f *Form) Int(name string) int {
	if f.Value(name) == "" {
		return 0
	}
	n, err := strconv.Atoi(f.Value(name))
	if err != nil {
		f.Problems.Add(name, "web.form.number")
	}
	return n
}

// Date reads a day as midnight in zone and notes a problem where there is none; an empty field is the zero time.
func (f *Form) Date(name string, zone *time.Location) time.Time {
	return f.moment(name, time.DateOnly, f.Value(name), zone)
}

// Moment reads a day and an hour from two fields. An hour that the clocks of zone skip or show twice is a
// problem of the field of the hour.
func (f *Form) Moment(day, hour string, zone *time.Location) time.Time {
	date := f.Date(day, zone)
	if date.IsZero() || f.Value(hour) == "" {
		return time.Time{}
	}
	at := f.moment(hour, "2006-01-02 15:04", date.Format(time.DateOnly)+" "+f.Value(hour), zone)
	if at.IsZero() {
		return at
	}
	const clock = "2006-01-02 15:04"
	skipped := at.Format("15:04") != f.Value(hour)
	twice := at.Add(time.Hour).Format(clock) == at.Format(clock) || at.Add(-time.Hour).Format(clock) == at.Format(clock)
	if skipped || twice {
		f.Problems.Add(hour, "web.form.clock_change")
	}
	return at
}

func (f *Form) moment(name, layout, value string, zone *time.Location) time.Time {
	if value == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(layout, value, zone)
	if err != nil || at.Year() < 1900 || at.Year() > 2200 {
		f.Problems.Add(name, "web.form.date")
		return time.Time{}
	}
	return at
}

// Blame puts the problems that err names into the form and returns nil, or returns err when the form is not
// to blame for it.
func (f *Form) Blame(err error) error {
	var problems errs.Problems
	if errors.As(err, &problems) {
		f.Problems = append(f.Problems, problems...)
		return nil
	}
	var told *errs.Error
	if errors.As(err, &told) && told.Kind.Correctable() {
		f.Problems = append(f.Problems, errs.Field{Error: told})
		return nil
	}
	return err
}

// Status is the status of the page that shows the form again.
func (f Form) Status() int {
	if f.tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	for _, problem := range f.Problems {
		if problem.Kind == errs.Unsupported || problem.Kind == errs.TooLarge {
			return statusOf(problem.Kind)
		}
	}
	if f.Good() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// ReadForm reads the fields from the body of r. What a person can correct is in the form's problems; an error
// means that the request was no form of ours, or too large.
func ReadForm(r *http.Request, fields Fields) (Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return ReadUpload(r, fields, refuseFile)
	}
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return Form{}, errNoForm
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return Form{}, fmt.Errorf("read form: %w", err)
	}
	if strings.Count(string(body), "&") >= mostParameters {
		return Form{}, errTooMany
	}
	sent, err := url.ParseQuery(string(body))
	if err != nil {
		return Form{}, errBadForm
	}
	form := NewForm(fields)
	for name, values := range sent {
		for _, value := range values {
			form.take(name, value)
		}
	}
	remember(r, form)
	return form, nil
}

// remember keeps what was typed at hand, should it turn out that it cannot be saved.
func remember(r *http.Request, form Form) {
	if x, err := of(r); err == nil {
		x.sent = form
	}
}

// File is a file on its way in. It is read once, as a stream.
type File struct {
	Field string
	Name  string // as the visitor's machine calls it: for display only
	Type  string // as the browser believes
	io.Reader
}

func refuseFile(File) error { return errNoForm }

// ReadUpload reads a form that may carry files and hands each of them to keep as it comes. The text fields of
// such a form stand before its files, so that a file that is too large leaves the text.
func ReadUpload(r *http.Request, fields Fields, keep func(File) error) (form Form, err error) {
	form = NewForm(fields)
	defer func() { remember(r, form) }()
	parts, err := r.MultipartReader()
	if err != nil {
		return form, errNoForm
	}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return form, nil
		case err != nil:
			return form, form.large("", err)
		case n >= mostParameters:
			return form, errTooMany
		}
		if err := form.takePart(part, keep); err != nil {
			return form, form.large(part.FormName(), err)
		}
		if form.tooLarge {
			return form, nil
		}
	}
}

func (f *Form) takePart(part *multipart.Part, keep func(File) error) error {
	name := part.FormName()
	if f.Fields[name] == "" && name != revisionField {
		return nil
	}
	if part.FileName() != "" {
		return keep(File{name, part.FileName(), part.Header.Get("Content-Type"), part})
	}
	value, err := io.ReadAll(io.LimitReader(part, longestText+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if len(value) > longestText {
		return &http.MaxBytesError{Limit: longestText}
	}
	f.take(name, string(value))
	return nil
}

// large notes that a field was too large, which leaves the rest of the form as it is. Any other fault of the
// body means that it was cut off or was no form.
func (f *Form) large(name string, err error) error {
	var limit *http.MaxBytesError
	var told *errs.Error
	var refusal *Refusal
	switch {
	case errors.As(err, &limit):
		f.tooLarge = true
		f.Problems.Add(name, "web.too_large", megabytes(limit.Limit))
		return nil
	case errors.As(err, &refusal) || errors.As(err, &told):
		return err
	}
	return fmt.Errorf("%w: %w", errBadForm, err)
}

// take cleans value and puts it into the field called name, if there is one.
func (f *Form) take(name, value string) {
	if name == revisionField {
		f.Revision, _ = strconv.Atoi(value) // a forged one is 0, which no revision is
		return
	}
	if f.Fields[name] == "" {
		return
	}
	kept, flaws := text.Clean(value)
	if len(flaws) > 0 && f.Problem(name) == nil {
		f.Problems.Add(name, "web.form.bad_character", flaws[0].At)
	}
	f.Typed.Add(name, kept)
}

// clean says whether s holds nothing but characters that can be seen, or spaces.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
