package journal

import (
	"slices"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestEntriesAreChosenByWhoWhatAndWhom(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			for _, e := range []Entry{
				{Actor: "ada", Action: "people.signed_in", Object: "ada"},
				{Actor: "ada", Action: "rights.granted", Object: "g-1", Edition: "kpm"},
				{Actor: "jan", Action: "rights.looked", Object: "ada", Edition: "kpm"},
				{Actor: "jan", Action: "rightsize.done", Object: "s-1"},
			} {
				e.At = time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)
				if err := Write(t.Context(), tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			name string
			by   Filter
			want []int64
		}{
			{"all, the newest first", Filter{}, []int64{4, 3, 2, 1}},
			{"what ada did", Filter{Actor: "ada"}, []int64{2, 1}},
			{"everything about rights", Filter{Action: "rights."}, []int64{3, 2}},
			{"about ada, by her and of her", Filter{About: "ada"}, []int64{3, 2, 1}},
			{"of some objects", Filter{Objects: []string{"g-1", "s-1", "none"}}, []int64{4, 2}},
			{"of some objects in an edition", Filter{Objects: []string{"g-1", "s-1"}, Edition: "kpm"}, []int64{2}},
			{"a page of one", Filter{Limit: 1, Before: 4}, []int64{3}},
		} {
			found, err := Entries(t.Context(), d, test.by)
			var got []int64
			for _, e := range found {
				got = append(got, e.Seq)
			}
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, %v, want %v", test.name, got, err, test.want)
			}
		}
	})
}
