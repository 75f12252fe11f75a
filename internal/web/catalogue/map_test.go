package catalogue

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"obrady/internal/practice"
)

func TestTheBorderIsReadPointByPoint(t *testing.T) {
	points := 0
	for _, point := range strings.Fields(outline) {
		lon, lat, _ := strings.Cut(point, ",")
		x, errX := strconv.ParseFloat(lon, 64)
		y, errY := strconv.ParseFloat(lat, 64)
		if errX != nil || errY != nil {
			t.Fatalf("%q is no point of the border", point)
		}
		px, py := project(practice.Position{Lat: y, Lon: x})
		if px < 0 || px > mapWidth || py < 0 || py > mapHeight {
			t.Errorf("%q lies outside of the map", point)
		}
		points++
	}
	if points < 100 || !strings.HasPrefix(border, "M") || !strings.HasSuffix(border, "Z") {
		t.Errorf("the border has %d points: %.40s", points, border)
	}
}

func TestDistancesOnTheMapAreThoseOnTheGround(t *testing.T) {
	at := map[string]practice.Position{}
	for _, l := range landmarks {
		at[l.name] = l.Position
	}
	for _, test := range []struct {
		from, to string
		km       float64
	}{{"Warszawa", "Kraków", 252}, {"Gdańsk", "Katowice", 456}, {"Szczecin", "Białystok", 570}, {"Poznań", "Warszawa", 279}} {
		x1, y1 := project(at[test.from])
		x2, y2 := project(at[test.to])
		const kilometres = 111.2 * 0.6157 / perDegree // of one unit, at the middle latitude
		if got := math.Hypot(x2-x1, y2-y1) * kilometres; math.Abs(got-test.km)/test.km > 0.04 {
			t.Errorf("%s to %s: %.0f km on the map, want %.0f", test.from, test.to, got, test.km)
		}
	}
}
