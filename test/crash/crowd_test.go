package crash

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// press is somebody who presses the button of a session; both by their number.
type press struct{ person, session int }

// crowd presses buttons, everybody every session once, in an order drawn from a seed.
type crowd struct {
	congress congress
	ledger   *ledger
	client   *http.Client

	mu       sync.Mutex
	base     string // where the server is
	presses  []press
	next     int
	later    []int       // who has to come back
	statuses map[int]int // how often each was answered; 0 stands for no answer at all
	faults   []string    // answers that must not be
	told     chan struct{}
}

// hands is how many press at the same time.
const hands = 24

func newCrowd(c congress, book *ledger, chance *rand.Rand) *crowd {
	w := &crowd{
		congress: c, ledger: book, statuses: map[int]int{}, told: make(chan struct{}, 1),
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: hands},
			Timeout:       patience,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for person := range c.accounts {
		for session := range c.sessions {
			w.presses = append(w.presses, press{person, session})
		}
	}
	chance.Shuffle(len(w.presses), func(i, j int) { w.presses[i], w.presses[j] = w.presses[j], w.presses[i] })
	return w
}

// at tells the crowd where the server is.
func (w *crowd) at(base string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.base = base
}

// during lets the crowd press while do is done. The context of do ends when nobody presses any more.
func (w *crowd) during(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rushed := make(chan error, 1)
	go func() {
		defer cancel()
		rushed <- w.rush(ctx)
	}()
	err := do(ctx)
	cancel()
	return errors.Join(err, <-rushed)
}

// rush lets many hands press until ctx ends or everybody has pressed everything. Who gets neither a place nor a refusal
// has to come back later.
func (w *crowd) rush(ctx context.Context) error {
	var group errgroup.Group
	for range hands {
		group.Go(func() error {
			for n, ok := w.turn(); ok && ctx.Err() == nil; n, ok = w.turn() {
				answered, err := w.press(n)
				if err != nil {
					return err
				}
				if answered {
					continue
				}
				select {
				case <-ctx.Done():
				case <-time.After(200 * time.Millisecond): // nobody hammers
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func (w *crowd) turn() (n int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	return w.next - 1, w.next <= len(w.presses)
}

// comeBack lets everybody press again, with the same key, who got neither a place nor a refusal. All must get one now.
func (w *crowd) comeBack() error {
	w.mu.Lock()
	later := w.later
	w.later = nil
	w.mu.Unlock()
	var group errgroup.Group
	group.SetLimit(hands)
	for _, n := range later {
		group.Go(func() error {
			if answered, err := w.press(n); !answered || err != nil {
				return fmt.Errorf("somebody comes back and is not answered: %w; answers by status %v", err, w.seen())
			}
			return nil
		})
	}
	return group.Wait()
}

// keyOf is the key of the n-th press, as the page would have given it.
func keyOf(n int) string {
	var bytes [16]byte
	binary.BigEndian.PutUint64(bytes[8:], uint64(n)+1)
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}

// press presses once, and notes what is answered.
func (w *crowd) press(n int) (answered bool, err error) {
	p := w.presses[n]
	status, head, body := w.send(p, keyOf(n), "application/json")
	w.count(status, head, body)
	switch status {
	case http.StatusOK:
		return true, w.note(n, body)
	case http.StatusConflict:
		return true, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.later = append(w.later, n)
	return false, nil
}

func (w *crowd) note(n int, body string) error {
	r, err := read(body)
	if err != nil {
		return fmt.Errorf("read %q: %w", body, err)
	}
	r.press, r.key, r.body = w.presses[n], keyOf(n), body
	if err := w.ledger.note(r); err != nil {
		return err
	}
	select {
	case w.told <- struct{}{}:
	default: // who waits has been told already
	}
	return nil
}

// send asks for a place, and returns status 0 if there is no answer.
func (w *crowd) send(p press, key, accept string) (status int, head http.Header, body string) {
	w.mu.Lock()
	base := w.base
	w.mu.Unlock()
	address := base + "/pl/" + congressSlug + "/sesje/" + w.congress.slugs[p.session] + "/zapis"
	request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(url.Values{"k": {key}}.Encode()))
	if err != nil {
		return 0, nil, err.Error()
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", accept)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.AddCookie(&http.Cookie{Name: "sid", Value: w.congress.tokens[p.person]})
	answer, err := w.client.Do(request)
	if err != nil {
		return 0, nil, ""
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil, ""
	}
	return answer.StatusCode, answer.Header, string(text)
}

// count notes the status, and whatever nobody should be shown: only places, refusals, and a plain word to come back.
func (w *crowd) count(status int, head http.Header, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statuses[status]++
	fault := ""
	switch status {
	case 0, http.StatusOK, http.StatusConflict:
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage, http.StatusTooManyRequests:
		if _, err := strconv.Atoi(head.Get("Retry-After")); err != nil {
			fault = fmt.Sprintf("%d without Retry-After: %.300s", status, body)
		}
	default:
		fault = fmt.Sprintf("%d: %.300s", status, body)
	}
	if fault != "" && len(w.faults) < 5 {
		w.faults = append(w.faults, fault)
	}
}

// seen returns how often each status was answered.
func (w *crowd) seen() map[int]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.statuses)
}

// turnedAway is how many were asked to come back.
func (w *crowd) turnedAway() int {
	seen := w.seen()
	return seen[http.StatusServiceUnavailable] + seen[http.StatusInsufficientStorage]
}

// until waits for n receipts in all.
func (w *crowd) until(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for w.ledger.len() < n {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d people were answered, want %d; answers by status %v, %v", w.ledger.len(), n, w.seen(), w.faults)
		case <-w.told:
		}
	}
	return nil
}

// read reads an answer.
func read(body string) (r receipt, err error) {
	var said struct {
		Receipt string
		Seats   []struct {
			Session, State, Why string
			Position            int
		}
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		return r, err
	}
	if len(said.Seats) != 1 {
		return r, errors.New("want one seat")
	}
	digits, check, _ := strings.Cut(said.Receipt, "-")
	r.state = said.Seats[0].State
	if r.seq, err = strconv.ParseInt(digits, 10, 64); err != nil {
		return r, err
	}
	if want := fmt.Sprintf("%02d", 97-r.seq%97); check != want {
		return r, fmt.Errorf("the check digits of the receipt are %s, want %s", check, want)
	}
	return r, nil
}
