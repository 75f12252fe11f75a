package roles

import "net/http"

// Installation is how the program and its database are: figures, and nothing about anybody.
type Installation struct {
	Release  string // "1.2.3 (commit)"
	Engine   string
	Schema   int64
	FreeDisk uint64 // bytes; 0 where it is not known
	SignedIn int    // browsers in which somebody is signed in
	Promises []Promises
}

// Promises counts what the outbox holds of one kind.
type Promises struct {
	Kind            string
	Waiting, GaveUp int
}

// Gigabytes is the free space as people say it.
func (i Installation) Gigabytes() uint64 { return i.FreeDisk >> 30 }

// Waiting counts everything that is still to be done.
func (i Installation) Waiting() (n int) {
	for _, p := range i.Promises {
		n += p.Waiting
	}
	return n
}

// GaveUp counts everything that every attempt failed to do.
func (i Installation) GaveUp() (n int) {
	for _, p := range i.Promises {
		n += p.GaveUp
	}
	return n
}

var installationPage = parse[Installation]("installation.html")

func (p *Pages) showInstallation(w http.ResponseWriter, r *http.Request) error {
	state, err := p.Machine.State(r.Context())
	if err != nil {
		return err
	}
	return installationPage.Show(w, r, state)
}
