package db

import "time"

// OrZero is a moment that a column may lack, as Go writes none.
func OrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// OrNull is a moment as a column keeps it that may lack one.
func OrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
