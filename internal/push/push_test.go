package push_test

import (
	"slices"
	"sync"
	"testing"

	"obrady/internal/push"
)

func TestSnapshotsAreWrittenAsEvents(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"one line", `{"n":7}`, "event: counts\nid: 7\ndata: {\"n\":7}\n\n"},
		{"several lines", "a\r\nb\n", "event: counts\nid: 7\ndata: a\ndata: b\n\n"},
		{"nothing to say", "", "event: counts\nid: 7\n\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(push.NewSnapshot("counts", "7", []byte(test.data)).Bytes()); got != test.want {
				t.Errorf("Bytes = %q, want %q", got, test.want)
			}
		})
	}
}

func snapshot(id string) push.Snapshot { return push.NewSnapshot("counts", id, []byte(id)) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestASlowReaderGetsTheNewest(t *testing.T) {
	hub := push.NewHub(nil)
	s := hub.Subscribe("kpm")
	defer s.Close()
	none, newer := s.Latest()
	if none.Bytes() != nil || isClosed(newer) {
		t.Errorf("before anything: %q, newer %v, want nothing", none.Bytes(), isClosed(newer))
	}
	for _, id := range []string{"1", "2", "3"} {
		hub.Publish("kpm", snapshot(id))
	}
	hub.Publish("other", snapshot("9"))
	if !isClosed(newer) {
		t.Error("three snapshots came and nobody was woken")
	}
	latest, newer := s.Latest()
	if latest.ID != "3" || isClosed(newer) {
		t.Errorf("Latest = %s, newer %v, want 3 and nothing newer", latest.ID, isClosed(newer))
	}
	hub.Publish("kpm", snapshot("3"))
	if isClosed(newer) {
		t.Error("the same state once more woke the reader")
	}
}

func TestCountingBeginsWithTheFirstWhoLooks(t *testing.T) {
	var begun []push.Topic
	hub := push.NewHub(func(topic push.Topic) { begun = append(begun, topic) })
	hub.Publish("kpm", snapshot("0")) // to nobody
	ada, ola := hub.Subscribe("kpm"), hub.Subscribe("kpm")
	if seen, _ := ada.Latest(); seen.Bytes() != nil {
		t.Errorf("the first sees %q, want nothing: what was published before is old", seen.Bytes())
	}
	if n := hub.Watchers("kpm"); n != 2 || !slices.Equal(hub.Watched(), []push.Topic{"kpm"}) {
		t.Errorf("watchers %d of %q, want two of kpm", n, hub.Watched())
	}
	hub.Publish("kpm", snapshot("1"))
	ada.Close()
	ada.Close() // by mistake
	if seen, _ := ola.Latest(); seen.ID != "1" || hub.Watchers("kpm") != 1 {
		t.Errorf("after one has left: %q for %d, want 1 for one", seen.ID, hub.Watchers("kpm"))
	}
	ola.Close()
	if len(hub.Watched()) != 0 {
		t.Errorf("watched after all have left: %q, want none", hub.Watched())
	}
	again := hub.Subscribe("kpm")
	defer again.Close()
	if seen, _ := again.Latest(); seen.Bytes() != nil || !slices.Equal(begun, []push.Topic{"kpm", "kpm"}) {
		t.Errorf("somebody came back: sees %q, counting began for %q, want nothing yet and twice", seen.Bytes(), begun)
	}
}

// Everybody comes to the last snapshot, whatever they missed on the way.
func TestEverybodyArrivesAtTheLast(t *testing.T) {
	const readers, states = 50, 200
	hub := push.NewHub(nil)
	var crowd sync.WaitGroup
	for range readers {
		s := hub.Subscribe("kpm")
		crowd.Go(func() {
			defer s.Close()
			for {
				seen, newer := s.Latest()
				if seen.ID == "last" {
					return
				}
				<-newer
			}
		})
	}
	for i := range states {
		hub.Publish("kpm", snapshot(string(rune('a'+i%26))))
	}
	hub.Publish("kpm", snapshot("last"))
	crowd.Wait()
	if n := hub.Watchers("kpm"); n != 0 {
		t.Errorf("%d still watch, want none", n)
	}
}
