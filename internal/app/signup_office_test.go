package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"obrady/internal/admission"
	"obrady/internal/app"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// office is people who are signed in and press for one session.
type office struct {
	t    *testing.T
	d    *db.DB
	page string
	made int
}

// token signs somebody new in.
func (o *office) token() string {
	o.t.Helper()
	o.made++
	digest := sha256.Sum256(fmt.Appendf(nil, "browser %d", o.made))
	token := base64.RawURLEncoding.EncodeToString(digest[:])
	sum := sha256.Sum256([]byte(token))
	now := time.Now()
	err := o.d.Tx(o.t.Context(), func(tx *db.Tx) error {
		a, err := people.OpenAccount(o.t.Context(), tx, people.Account{Email: fmt.Sprintf("urzad%d@example.org", o.made), Name: "Urząd", CreatedAt: now})
		if err != nil {
			return err
		}
		data, err := scs.GobCodec{}.Encode(now.Add(time.Hour), map[string]any{"account": string(a.ID), "proved": now.Unix()})
		if err != nil {
			return err
		}
		_, err = tx.Exec(o.t.Context(), `
			INSERT INTO web_session (token_sum, data, seen_at, expires_at, created_at, account_id, label, authenticated_at)
			VALUES ($1, $2, $3, $4, $3, $5, '', $3)`, hex.EncodeToString(sum[:]), data, now, now.Add(time.Hour), a.ID)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return token
}

// press presses once from an address of this machine, and returns the status of
// the answer and how long it took.
func (o *office) press(token, from, key string) (status int, took time.Duration) {
	dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	client := &http.Client{Transport: &http.Transport{DialContext: dial.DialContext}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.page, strings.NewReader("k="+key))
	if err != nil {
		o.t.Error(err)
		return 0, 0
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.AddCookie(&http.Cookie{Name: "sid", Value: token})
	began := time.Now()
	answer, err := client.Do(request)
	if err != nil {
		o.t.Error(err)
		return 0, 0
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode == http.StatusOK && !strings.Contains(string(body), `"receipt":"0`) {
		o.t.Errorf("a press is answered %d %s (%v)", answer.StatusCode, body, err)
	}
	return answer.StatusCode, time.Since(began)
}

// crowd lets many press at once, and counts the answers by their status.
func (o *office) crowd(from func(i int) string) (statuses map[int]int, median time.Duration) {
	const many = 400
	tokens := make([]string, many)
	for i := range tokens {
		tokens[i] = o.token()
	}
	took := make([]time.Duration, many)
	statuses = map[int]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	for i, token := range tokens {
		wait.Go(func() {
			status, time := o.press(token, from(i), fmt.Sprintf("press-of-somebody-%04d", i))
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
			took[i] = time
		})
	}
	wait.Wait()
	slices.Sort(took)
	return statuses, took[many/2]
}

// Four hundred people of one office, behind one address, are served like four
// hundred at home; what is counted is how often one account presses.
func TestAnOfficeIsServedLikeItsPeople(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	fill(t, d)
	house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, d: d}
	slug := o.openSession(house)
	doors := open(t, house)
	o.page = doors.base + "/pl/wzorcowy/sesje/" + slug + "/zapis"
	home, median := o.crowd(func(i int) string { return fmt.Sprintf("127.0.%d.%d", 1+i/200, 1+i%200) })
	at, medianOffice := o.crowd(func(int) string { return "127.0.0.1" })
	t.Logf("median of the answers: %v at 400 addresses, %v at one", median, medianOffice)
	for name, statuses := range map[string]map[int]int{"at home": home, "at the office": at} {
		if statuses[http.StatusOK] != 400 {
			t.Errorf("%s: answers by status %v, want 400 times 200", name, statuses)
		}
	}
	token, refused := o.token(), 0
	for i := range 30 {
		status, _ := o.press(token, "127.0.0.1", fmt.Sprintf("press-of-a-script-%04d", i))
		if status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("one account pressed 30 times at once and was never asked to wait: the limit does nothing")
	}
	doors.stop()
	if err := <-doors.done; err != nil && !strings.Contains(err.Error(), context.Canceled.Error()) {
		t.Error(err)
	}
}

// openSession opens a session of the sample to sign-ups and returns its address.
func (o *office) openSession(house *app.App) (slug string) {
	o.t.Helper()
	var session programme.SessionID
	var of edition.ID
	err := o.d.QueryRow(o.t.Context(), `
		SELECT id, edition_id, slug FROM session WHERE status = 'ready' ORDER BY slug LIMIT 1`).Scan(&session, &of, &slug)
	if err != nil {
		o.t.Fatal(err)
	}
	house.Signups.Guard = nil // who may set what is no matter of this test
	w, err := arrangement.NewService(house.Signups, time.Now).SaveWindow(o.t.Context(), signup.Change{By: "desk"}, admission.Window{
		Edition: of, Name: i18n.Both("Warsztaty"), Mode: admission.FirstCome, OpensAt: time.Now().Add(-time.Hour),
		ClosesAt: time.Now().AddDate(0, 1, 0), Waiting: true, OfferMinutes: 60,
	})
	if err == nil {
		err = arrangement.NewService(house.Signups, time.Now).SaveOffer(o.t.Context(), signup.Change{By: "desk", Reason: "próba"}, admission.Offer{
			Session: session, Edition: of, Window: w.ID, Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 100}},
		})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return slug
}
