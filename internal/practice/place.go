package practice

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Region is a voivodeship by its number in the register of the country's division
// (TERYT), the whole country, or abroad.
type Region string

// Regions that are no voivodeship.
const (
	WholeCountry Region = "00"
	Abroad       Region = "99"
)

// Regions lists the regions in the order in which forms offer them.
var Regions = []Region{
	"02", "04", "06", "08", "10", "12", "14", "16", "18", "20", "22", "24", "26", "28", "30", "32", WholeCountry, Abroad,
}

// Key names the sentence that says the region.
// key: practice.region.*
func (r Region) Key() string { return "practice.region." + string(r) }

// Size says how large the city is, by its inhabitants.
type Size string

// The sizes.
const (
	Village Size = "village"
	Small   Size = "small"  // up to 20 thousand
	Medium  Size = "medium" // up to 100 thousand
	Large   Size = "large"  // up to 500 thousand
	Largest Size = "largest"
	Area    Size = "area" // several municipalities: a functional area, a metropolis
)

// Sizes lists the sizes in the order in which forms offer them.
var Sizes = []Size{Village, Small, Medium, Large, Largest, Area}

// Key names the sentence that says the size.
// key: practice.size.*
func (s Size) Key() string { return "practice.size." + string(s) }

// Position is where something lies, in degrees of WGS 84.
type Position struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// The map shows these degrees.
const (
	South = 48.8
	North = 55.0
	West  = 13.8
	East  = 24.4
)

func (p Position) onMap() bool {
	return p.Lat >= South && p.Lat <= North && p.Lon >= West && p.Lon <= East
}

// String writes the position as people copy it out of maps: 50.2649, 19.0238.
func (p Position) String() string {
	return strconv.FormatFloat(p.Lat, 'f', -1, 64) + ", " + strconv.FormatFloat(p.Lon, 'f', -1, 64)
}

// ParsePosition reads "50.2649, 19.0238"; nothing typed is no position.
func ParsePosition(s string) (*Position, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil //nolint:nilnil // none was given, which is no error
	}
	lat, lon, _ := strings.Cut(s, ",")
	y, errY := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	x, errX := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if errY != nil || errX != nil || math.IsNaN(y) || math.IsNaN(x) {
		return nil, fmt.Errorf("read the position: %w", ErrPosition)
	}
	return &Position{Lat: y, Lon: x}, nil
}
