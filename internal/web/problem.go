package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
)

// Refusal is an error with a status that no kind of errs stands for. Refusals are about the request itself,
// never about the things of the congress.
type Refusal struct {
	Status int
	Told   *errs.Error
	After  time.Duration // when to try again, if the visitor should; to the second above
}

func (e *Refusal) Error() string { return e.Told.Error() }

// Unwrap gives the sentence of the refusal.
func (e *Refusal) Unwrap() error { return e.Told }

// Why a request was refused before any page looked at it.
var (
	errSignIn      = errs.New(errs.Forbidden, "web.sign_in")
	errCrossSite   = errs.New(errs.Forbidden, "web.cross_site")
	errMethod      = refusal(http.StatusMethodNotAllowed, errs.New(errs.Invalid, "web.method"))
	errWrongHost   = refusal(http.StatusMisdirectedRequest, errs.New(errs.NotFound, "web.wrong_host"))
	errLongAddress = refusal(http.StatusRequestURITooLong, errs.New(errs.Invalid, "web.long_address"))
	errTooMany     = refusal(http.StatusBadRequest, errs.New(errs.Invalid, "web.too_many_fields"))
	errNoForm      = refusal(http.StatusUnsupportedMediaType, errs.New(errs.Invalid, "web.no_form"))
	errBadForm     = refusal(http.StatusBadRequest, errs.New(errs.Invalid, "web.bad_form"))
	errBusy        = Busy(5 * time.Second)
	errSignedOut   = refusal(http.StatusUnauthorized, errSignIn)
	errDiskFull    = &Refusal{http.StatusInsufficientStorage, errs.New(errs.Internal, "web.disk_full"), 30 * time.Second}
	errDown        = &Refusal{http.StatusServiceUnavailable, errs.New(errs.Internal, "web.database_away"), 5 * time.Second}
	errInternal    = errs.New(errs.Internal, "web.internal")
)

func refusal(status int, told *errs.Error) *Refusal { return &Refusal{Status: status, Told: told} }

// Busy refuses what there is no room for now, until after has passed (503).
func Busy(after time.Duration) *Refusal {
	return &Refusal{http.StatusServiceUnavailable, errs.New(errs.Internal, "web.busy"), after}
}

// TooOften refuses what somebody does faster than they may, until after has passed (429).
func TooOften(after time.Duration) *Refusal {
	return &Refusal{http.StatusTooManyRequests, errs.New(errs.Conflict, "web.too_often"), after}
}

// What a Guard says besides what the packages of the congress do.
var (
	// ErrNoPage is for an address that leads nowhere, and for what somebody must not know to be there.
	ErrNoPage = errs.New(errs.NotFound, "web.no_page")
	// ErrSignInAgain asks whoever is signed in to prove once more that it is them.
	ErrSignInAgain = errs.New(errs.Forbidden, "web.sign_in_again")
)

// ProblemPage tells what went wrong and where to go from here.
type ProblemPage struct {
	Status   int
	Sentence string
	ID       string // what to tell the organisers, when the fault is ours
	Home     string
	Programme,
	Search string // empty where there is none
	Kept      []Kept // what was typed, to be sent again; empty when nothing was, or that would not help
	Multipart bool   // the form came in parts
}

// Missing says whether the visitor should be helped to find what is not here.
func (p ProblemPage) Missing() bool { return p.Status == http.StatusNotFound }

// Kept is a field of a form that could not be saved. What people write in their own words has a label; they may want to
// copy it.
type Kept struct{ Name, Value, Label string }

// Long says whether the field should be seen.
func (k Kept) Long() bool {
	return k.Label != "" && (len(k.Value) > ownWords || strings.Contains(k.Value, "\n"))
}

// ownWords is from how many bytes on what was typed would be missed.
const ownWords = 60

// kept lists what was typed into a form.
func (f Form) kept() (all []Kept) {
	for _, name := range slices.Sorted(maps.Keys(f.Typed)) {
		for _, value := range f.Typed[name] {
			all = append(all, Kept{Name: name, Value: value, Label: f.Fields[name]})
		}
	}
	if f.Revision != 0 {
		all = append(all, Kept{Name: revisionField, Value: strconv.Itoa(f.Revision)})
	}
	return all
}

var problemPage = Parse[ProblemPage](frame, "templates/problem.html")

// fail answers r with what err says. A fault of ours is logged whole and told as one sentence; that there is no room is
// no fault, and the line of the request says it.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, told := verdict(err)
	if refused := (*Refusal)(nil); status >= http.StatusInternalServerError && !errors.As(err, &refused) && s.isNews(err) {
		s.log.ErrorContext(r.Context(), "request failed", "request", RequestID(r), "route", s.label(r),
			"status", status, "err", err)
	}
	if x, alone := of(r); alone == nil && x.answer.status != 0 {
		return // the answer has begun; it cannot be taken back
	}
	setHeaders(w.Header(), everyAnswer[len(everyAnswer)-1:])
	for _, name := range []string{"Etag", "Last-Modified", "Content-Encoding", "Content-Length", "Content-Disposition"} {
		w.Header().Del(name)
	}
	if after := retryAfter(err, status); after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(after))
	}
	lang := Lang(r)
	sentence := s.config.Catalogue.In(lang).T(told.Key, told.Args...)
	if isLean(r) && WantsJSON(r) {
		_ = WriteJSON(w, status, map[string]string{"why": sentence}) // it is text, which can be written
		return
	}
	if _, isPage := prefixed(r.URL.Path); !isPage && s.machine(r) {
		plain(w, status, sentence)
		return
	}
	page := ProblemPage{Status: status, Sentence: sentence, Home: "/" + string(lang) + "/"}
	if status >= http.StatusInternalServerError {
		page.ID = RequestID(r)
	}
	if x, alone := of(r); alone == nil && (status == http.StatusServiceUnavailable || status == http.StatusInsufficientStorage) {
		page.Kept, page.Multipart = x.sent.kept(), strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/")
	}
	page.Programme, page.Search = s.named(r, s.config.Programme), s.named(r, s.config.Search)
	if err := problemPage.ShowStatus(w, r, status, page); err != nil {
		s.log.ErrorContext(r.Context(), "problem page failed", "request", RequestID(r), "err", err)
		plain(w, status, sentence)
	}
}

// isNews says whether the log should tell of err. When nothing can be written everybody meets the same error, and one
// line a second says as much as thousands.
func (s *Site) isNews(err error) bool {
	if !db.CannotWrite(err) {
		return true
	}
	now, last := s.config.Now().Unix(), s.troubled.Load()
	return now != last && s.troubled.CompareAndSwap(last, now)
}

// retryAfter is in how many seconds to try again; 0 when trying again would not help.
func retryAfter(err error, status int) int {
	after := time.Duration(0)
	if refused := (*Refusal)(nil); errors.As(err, &refused) {
		after = refused.After
	}
	if status == http.StatusInsufficientStorage && after <= 0 {
		after = errDiskFull.After
	}
	if status == http.StatusServiceUnavailable && after <= 0 {
		after = errBusy.After
	}
	return int((after + time.Second - 1) / time.Second)
}

// machine says whether r is for a file that a machine reads.
func (s *Site) machine(r *http.Request) bool {
	x, err := of(r)
	return err == nil && x.route != nil && x.route.Path != "" || strings.HasPrefix(r.URL.Path, "/assets/")
}

// named returns the address of a route that may not exist or may need what the request does not know.
func (s *Site) named(r *http.Request, name string) string {
	address, err := s.address(Lang(r), name, r, nil)
	if err != nil {
		return ""
	}
	return address
}

func plain(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, sentence) //nolint:gosec // sent as text/plain with nosniff; who has hung up misses nothing
}

// verdict turns an error into a status and a sentence.
func verdict(err error) (int, *errs.Error) {
	var refusal *Refusal
	var large *http.MaxBytesError
	var problems errs.Problems
	var told *errs.Error
	switch {
	case errors.As(err, &refusal):
		return refusal.Status, refusal.Told
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, errs.New(errs.Invalid, "web.too_large", megabytes(large.Limit))
	case errors.Is(err, db.ErrNoRoom):
		return errDiskFull.Status, errDiskFull.Told
	case db.CannotWrite(err):
		return errDown.Status, errDown.Told
	case errors.Is(err, context.DeadlineExceeded):
		return errBusy.Status, errBusy.Told
	case errors.As(err, &problems) && len(problems) > 0:
		return http.StatusUnprocessableEntity, problems[0].Error
	case errors.As(err, &told):
		return statusOf(told.Kind), told
	}
	return http.StatusInternalServerError, errInternal
}

func statusOf(kind errs.Kind) int {
	switch kind {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Unsupported:
		return http.StatusUnsupportedMediaType
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusInternalServerError
	}
}

// megabytes writes a limit as people say it.
func megabytes(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// titleKeys are the headings of problem pages.
//
// key: web.problem.*
var titleKeys = map[int]string{
	http.StatusNotFound:            "web.problem.not_found",
	http.StatusForbidden:           "web.problem.forbidden",
	http.StatusConflict:            "web.problem.conflict",
	http.StatusInternalServerError: "web.problem.internal",
	http.StatusServiceUnavailable:  "web.problem.busy",
	http.StatusInsufficientStorage: "web.problem.full",
}

// Heading is the title of the page in the words of printer.
func (p ProblemPage) Heading(printer i18n.Printer) string {
	key := titleKeys[p.Status]
	if key == "" {
		key = "web.problem.other"
	}
	return printer.T(key)
}
