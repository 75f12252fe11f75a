package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far something is: a bar on a terminal, elsewhere a line each time a quarter is done.
type progress struct {
	t    terminal
	what string
	bar  *progressbar.ProgressBar // nil where there is no terminal
	said int64                    // quarters
}

func (t terminal) progress(what string) *progress {
	p := &progress{t: t, what: what}
	if isTerminal(t.err) {
		p.bar = newBar(t.err, what)
	}
	return p
}

func newBar(w io.Writer, what string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(40),
		progressbar.OptionThrottle(50*time.Millisecond), progressbar.OptionClearOnFinish())
}

// at says that done of total is over.
func (p *progress) at(done, total int64) {
	if p.bar != nil {
		if p.bar.GetMax64() != total && total > 0 {
			p.bar.ChangeMax64(total)
		}
		_ = p.bar.Set64(done) // a bar that cannot be drawn harms nothing
		return
	}
	if total <= 0 || done*4/total <= p.said {
		return
	}
	p.said = done * 4 / total
	p.t.note("%s: %d %%", p.what, p.said*25)
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
