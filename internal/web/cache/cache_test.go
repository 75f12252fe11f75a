package cache_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"obrady/internal/web/cache"
)

// What is not kept, because it is no whole answer, still reaches everybody who waited for it.
func TestAnAnswerThatIsNotKeptReachesEverybody(t *testing.T) {
	c := cache.New(0)
	const people = 20
	hold, body := make(chan struct{}), strings.Repeat("moved ", 1000)
	var crowd sync.WaitGroup
	for range people {
		crowd.Go(func() {
			e, drawn, err := c.Draw("/pl/", "1", func() (*cache.Drawing, error) {
				<-hold
				d := &cache.Drawing{}
				d.Header().Set("Location", "/en/")
				d.WriteHeader(http.StatusFound)
				_, err := d.Write([]byte(body))
				return d, err
			})
			if err != nil || e != nil {
				t.Errorf("Draw = %v, %v, want what was drawn and nothing kept", e, err)
				return
			}
			got := httptest.NewRecorder()
			if err := drawn.Replay(got); err != nil || got.Code != http.StatusFound || got.Header().Get("Location") != "/en/" || got.Body.String() != body {
				t.Errorf("%d to %q with %d bytes, %v, want the whole answer", got.Code, got.Header().Get("Location"), got.Body.Len(), err)
			}
		})
	}
	close(hold)
	crowd.Wait()
	if c.Find("/pl/", "1") != nil || c.Size() != 0 {
		t.Errorf("%d bytes are kept, want none", c.Size())
	}
}

func TestAnotherGenerationIsAnotherAnswer(t *testing.T) {
	c := cache.New(0)
	e, _, err := c.Draw("/pl/", "1", func() (*cache.Drawing, error) {
		d := &cache.Drawing{}
		_, err := d.Write([]byte("programme"))
		return d, err
	})
	if err != nil || e == nil || c.Find("/pl/", "1") != e {
		t.Errorf("Draw = %v, %v, want an answer that is found again", e, err)
	}
	if got := c.Find("/pl/", "2"); got != nil {
		t.Errorf("after a release %v is found, want nothing", got)
	}
	if c.Flush(); c.Find("/pl/", "1") != nil {
		t.Error("after Flush something is found")
	}
}
