package catalogue

import (
	_ "embed"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/text"
	"obrady/internal/web"
)

// outline is the border of Poland as pairs of longitude and latitude, thinned out from Natural Earth (see REUSE.toml).
//
//go:embed outline.txt
var outline string

// The map is drawn on a sheet of this width. A degree of longitude is as wide as it is at the middle latitude, so that
// distances are true there and at most four in a hundred off at the edges: enough to see who is near whom.
const (
	mapWidth  = 640.0
	middle    = 52.0 // degrees
	perDegree = mapWidth / (practice.East - practice.West)
)

var stretch = 1 / math.Cos(middle*math.Pi/180)

func project(p practice.Position) (x, y float64) {
	return (p.Lon - practice.West) * perDegree, (practice.North - p.Lat) * perDegree * stretch
}

var mapHeight = math.Round((practice.North - practice.South) * perDegree * stretch)

// border is the outline as a path of SVG.
var border = func() string {
	var path strings.Builder
	for ring := range strings.Lines(outline) {
		command := "M"
		for _, point := range strings.Fields(ring) {
			lon, lat, _ := strings.Cut(point, ",")
			x, errX := strconv.ParseFloat(lon, 64)
			y, errY := strconv.ParseFloat(lat, 64)
			if errX != nil || errY != nil {
				continue // a test reads every point
			}
			px, py := project(practice.Position{Lat: y, Lon: x})
			fmt.Fprintf(&path, "%s%.0f %.0f", command, px, py)
			command = "L"
		}
		path.WriteString("Z")
	}
	return path.String()
}()

// landmarks are large cities by which people find their way on the map.
var landmarks = []struct {
	name string
	practice.Position
}{
	{"Białystok", practice.Position{Lat: 53.13, Lon: 23.16}},
	{"Gdańsk", practice.Position{Lat: 54.35, Lon: 18.65}},
	{"Katowice", practice.Position{Lat: 50.26, Lon: 19.02}},
	{"Kraków", practice.Position{Lat: 50.06, Lon: 19.94}},
	{"Lublin", practice.Position{Lat: 51.25, Lon: 22.57}},
	{"Łódź", practice.Position{Lat: 51.76, Lon: 19.46}},
	{"Olsztyn", practice.Position{Lat: 53.78, Lon: 20.48}},
	{"Poznań", practice.Position{Lat: 52.41, Lon: 16.93}},
	{"Rzeszów", practice.Position{Lat: 50.04, Lon: 22.00}},
	{"Szczecin", practice.Position{Lat: 53.43, Lon: 14.55}},
	{"Warszawa", practice.Position{Lat: 52.23, Lon: 21.01}},
	{"Wrocław", practice.Position{Lat: 51.11, Lon: 17.03}},
}

// mark is something at a point of the map.
type mark struct {
	X, Y, R float64
	Name    string
	URL     string
	Count   int
}

// gridline is a line of the graticule.
type gridline struct{ X1, Y1, X2, Y2 float64 }

// mapPage is the catalogue on a map.
type mapPage struct {
	head
	sifted
	Width, Height float64
	Border        string
	Grid          []gridline
	Landmarks     []mark
	Marks         []mark
	Unplaced      int    // practices without a point
	List          string // address of the list with the same filters
}

var mapTemplate = parsePublic[mapPage]("map.html")

func (v *view) showMap(w http.ResponseWriter, r *http.Request) error {
	page := mapPage{
		head:   v.headed(v.T("catalogue.map"), web.Link{Label: v.T("catalogue.practices"), URL: v.to("practices")}),
		sifted: v.sift(r.URL), Width: mapWidth, Height: mapHeight, Border: border, List: v.to("practices"),
	}
	if r.URL.RawQuery != "" {
		page.List += "?" + r.URL.Query().Encode()
	}
	for lon := math.Ceil(practice.West); lon < practice.East; lon += 2 {
		x, _ := project(practice.Position{Lat: practice.North, Lon: lon})
		page.Grid = append(page.Grid, gridline{x, 0, x, mapHeight})
	}
	for lat := math.Ceil(practice.South); lat < practice.North; lat++ {
		_, y := project(practice.Position{Lat: lat, Lon: practice.West})
		page.Grid = append(page.Grid, gridline{0, y, mapWidth, y})
	}
	for _, l := range landmarks {
		x, y := project(l.Position)
		page.Landmarks = append(page.Landmarks, mark{X: x, Y: y, Name: l.name})
	}
	page.Marks, page.Unplaced = v.marks(page.Left)
	return mapTemplate.Show(w, r, page)
}

// marks puts one dot for each place; one with several practices leads to the list of them.
func (v *view) marks(all []*practice.Shown) (marks []mark, unplaced int) {
	at := map[string]int{}
	for _, p := range all {
		if p.Position == nil {
			unplaced++
			continue
		}
		city := text.Slug(p.City.In(i18n.Polish).Text)
		if i, there := at[city]; there {
			marks[i].Count++
			marks[i].R = radius(marks[i].Count)
			marks[i].Name = p.City.In(v.Lang).Text + ": " + v.N("catalogue.n_practices", marks[i].Count)
			marks[i].URL = v.to("practices") + "?" + byPlace.in(v.Lang) + "=" + city
			continue
		}
		x, y := project(*p.Position)
		at[city] = len(marks)
		marks = append(marks, mark{
			X: x, Y: y, R: radius(1), Count: 1, URL: v.to("practice", p.Slug), Name: p.City.In(v.Lang).Text + ": " + p.Title.In(v.Lang).Text,
		})
	}
	return marks, unplaced
}

// radius grows so that the area of a dot tells how many there are.
func radius(n int) float64 { return math.Round(70*math.Sqrt(float64(n))) / 10 }
