package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
)

// rehearse does all of it and keeps the report.
func (s *Service) rehearse(ctx context.Context, of edition.ID, o Order) error {
	began := s.Now()
	w, err := observe(ctx, s.DB, of, o.Window)
	if err != nil {
		return err
	}
	if o.People == 0 {
		o.People = min(max(w.people, LeastPeople), MostPeople)
		if w.people == 0 {
			o.People = usualPeople
		}
	}
	s.note(of, func(p *Progress) { p.Step, p.Order = Laying, o })
	var r Report
	err = onCopy(ctx, s.Folder, func(d *db.DB) error {
		st := &stage{db: d, world: w, guests: w.gather(o.People), now: began}
		if err := st.lay(ctx); err != nil {
			return err
		}
		r, err = s.perform(ctx, newPlay(st, s.Now), of)
		return err
	})
	if err != nil {
		return err
	}
	r.At, r.Took = began.UTC().Truncate(time.Microsecond), s.Now().Sub(began)
	err = s.DB.Tx(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		return insertReport(ctx, tx, of, r)
	})
	if err != nil {
		return fmt.Errorf("rehearse window %s: %w", o.Window, err)
	}
	return nil
}

// perform plays, shows meanwhile how far it has come, and counts. A play that was
// cut short is counted all the same.
func (s *Service) perform(ctx context.Context, p *play, of edition.ID) (Report, error) {
	s.note(of, func(state *Progress) { state.Step = Playing })
	playing, stop := context.WithCancel(ctx)
	defer stop()
	go s.follow(playing, p, of)
	err := p.run(ctx)
	cut := ctx.Err() != nil
	if err != nil && !cut {
		return Report{}, err
	}
	stop()
	s.note(of, func(state *Progress) { state.Step = Counting })
	r, err := p.report(context.WithoutCancel(ctx), s.Check)
	r.Cut = cut
	return r, err
}

// look is how often it is looked how far a play has come.
const look = 100 * time.Millisecond

func (s *Service) follow(ctx context.Context, p *play, of edition.ID) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.note(of, func(state *Progress) { state.Done = int(p.done.Load()) })
		}
	}
}

// onCopy runs fn on an empty database in a folder that is gone afterwards.
func onCopy(ctx context.Context, folder string, fn func(*db.DB) error) (err error) {
	place, err := os.MkdirTemp(folderOf(folder), prefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return fmt.Errorf("make room for a copy: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(place)) }()
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(place, "copy.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	return fn(d)
}

// prefix begins the names of the folders of copies; the id of the process follows.
const prefix = "obrady-rehearsal-"

func folderOf(folder string) string {
	if folder == "" {
		return os.TempDir()
	}
	return folder
}

// sweep removes the copies of processes that are no more.
func sweep(folder string) error {
	left, err := filepath.Glob(filepath.Join(folderOf(folder), prefix+"*"))
	for _, place := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(place), prefix), "-")
		if pid, notOurs := strconv.Atoi(number); notOurs == nil && !lives(pid) {
			err = errors.Join(err, os.RemoveAll(place))
		}
	}
	return err
}

// lives says whether another process has this id. What had our own was before us.
func lives(pid int) bool {
	if pid == os.Getpid() {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
