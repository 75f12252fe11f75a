package app_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/web"
)

func build(t *testing.T, d *db.DB) *app.App {
	t.Helper()
	house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return house
}

// running is a house with its doors open.
type running struct {
	base string
	stop context.CancelFunc
	done chan error
}

func open(t *testing.T, house *app.App) running {
	t.Helper()
	at, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := running{"http://" + at.Addr().String(), stop, make(chan error, 1)}
	go func() { r.done <- house.Run(ctx, at) }()
	t.Cleanup(stop)
	return r
}

func (r running) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(content)
}

func TestTheHouseSaysHowItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		house := open(t, build(t, d))
		for path, wants := range map[string]string{
			"/healthz": "ok",
			"/readyz":  "database ok\npublication ok",
			"/metrics": "obrady_editions 1",
		} {
			if status, body := house.get(t, path); status != http.StatusOK || !strings.Contains(body, wants) {
				t.Errorf("GET %s = %d %.300q, want 200 with %q", path, status, body, wants)
			}
		}
	})
}

func TestTheHouseIsNotReadyWithoutItsDatabase(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	house := open(t, build(t, d))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if status, body := house.get(t, "/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "database failed") {
		t.Errorf("GET /readyz = %d %q, want 503 and what failed", status, body)
	}
	if status, _ := house.get(t, "/healthz"); status != http.StatusOK {
		t.Errorf("GET /healthz = %d, want 200: the process is alive", status)
	}
}

func TestARequestUnderWayIsFinishedAtTheEnd(t *testing.T) {
	house := build(t, dbtest.New(t, db.SQLite))
	arrived, goOn := make(chan struct{}), make(chan struct{})
	err := house.Site.Mount(web.Route{
		Name: "test.slow", Path: "/slow", Action: "programme.read",
		Handle: func(w http.ResponseWriter, _ *http.Request) error {
			close(arrived)
			<-goOn
			_, err := io.WriteString(w, "to the end")
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, house)
	body := make(chan string, 1)
	go func() {
		_, said := r.get(t, "/slow")
		body <- said
	}()
	<-arrived
	r.stop()
	for deadline := time.Now().Add(5 * time.Second); ; { // until the door is shut
		conn, err := net.DialTimeout("tcp", strings.TrimPrefix(r.base, "http://"), time.Second)
		if err != nil {
			break
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("the door is still open 5 s after the end")
		}
	}
	close(goOn)
	if got := <-body; got != "to the end" {
		t.Errorf("the request under way got %q, want its whole answer", got)
	}
	if err := <-r.done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
}

func TestAnotherInstanceSeesWhatIsPublished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		house := build(t, d)
		open(t, house)
		if n := len(house.Publication.Current().Editions); n != 0 {
			t.Fatalf("at first there are %d editions, want none", n)
		}
		fill(t, d) // as another process would
		for deadline := time.Now().Add(10 * time.Second); len(house.Publication.Current().Editions) == 0; {
			if time.Now().After(deadline) {
				t.Fatal("after 10 s the edition is not there")
			}
			<-time.After(20 * time.Millisecond)
		}
	})
}
