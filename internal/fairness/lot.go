package fairness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/people"
)

// Lot is what the public knows of a draw: before it the commitment, after it all.
type Lot struct {
	Window      admission.WindowID
	Commitment  string
	Fingerprint string
	DrawnAt     time.Time
	Entries     int
}

// Lot returns the draw of a window, or ErrNoWindow.
func (s *Service) Lot(ctx context.Context, window admission.WindowID) (l Lot, err error) {
	var drawn *time.Time
	err = s.db.QueryRow(ctx, `
		SELECT window_id, commitment, fingerprint, drawn_at,
			(SELECT COUNT(*) FROM signup_entry WHERE signup_entry.window_id = signup_draw.window_id)
		FROM signup_draw WHERE window_id = $1`, window).Scan(&l.Window, &l.Commitment, &l.Fingerprint, &drawn, &l.Entries)
	if errors.Is(err, db.ErrNoRow) {
		return l, admission.ErrNoWindow
	}
	if drawn != nil {
		l.DrawnAt = *drawn
	}
	return l, err
}

// Record returns the record of a draw as a file, or admission.ErrNoWindow while
// there is none.
func (s *Service) Record(ctx context.Context, window admission.WindowID) (file []byte, err error) {
	err = s.db.QueryRow(ctx, `
		SELECT record FROM signup_draw WHERE window_id = $1 AND drawn_at IS NOT NULL`, window).Scan(&file)
	if errors.Is(err, db.ErrNoRow) {
		return nil, admission.ErrNoWindow
	}
	return file, err
}

// Codes are the codes under which somebody takes part in draws, by window.
func (s *Service) Codes(ctx context.Context, of edition.ID, who people.AccountID) (map[admission.WindowID]draw.Code, error) {
	type row struct {
		window admission.WindowID
		code   draw.Code
	}
	rows, err := db.Collect(func(r db.Scanner) (one row, err error) {
		return one, r.Scan(&one.window, &one.code)
	})(s.db.Query(ctx, `
		SELECT e.window_id, e.code FROM signup_entry AS e JOIN admission_window AS w ON w.id = e.window_id
		WHERE w.edition_id = $1 AND e.account_id = $2`, of, who))
	if err != nil {
		return nil, fmt.Errorf("read codes of draws: %w", err)
	}
	codes := map[admission.WindowID]draw.Code{}
	for _, r := range rows {
		codes[r.window] = r.code
	}
	return codes, nil
}
