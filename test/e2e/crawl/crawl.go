// Package crawl walks through the whole site as a visitor who follows every link, and names what such a visitor
// should never meet: an error page, a sentence in the wrong language, a form that leads nowhere, a foreign server.
package crawl

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is something that a visitor should never meet.
type Fault struct {
	// Where is the path and query of the page.
	Where string
	// What names the promise that is broken: one word of the constants below.
	What string
	// Detail quotes the place.
	Detail string
}

func (f Fault) String() string { return f.Where + ": " + f.What + ": " + f.Detail }

// What may be wrong. One word each, so that a test can ask for it.
const (
	Status   = "status"   // not 200 after redirects inside the site
	Outside  = "outside"  // a redirect, a form or a file of the page leads to another host
	Title    = "title"    // no title, or the same for everything
	Lang     = "lang"     // the page does not say its language, or another than its address
	Landmark = "landmark" // not exactly one main
	Heading  = "heading"  // not exactly one h1
	ID       = "id"       // an id stands twice, or a label or reference leads to none
	Policy   = "policy"   // a weak or missing Content-Security-Policy, or a missing header
	Inline   = "inline"   // script, style or handler inside the page
	Key      = "key"      // a raw key, or a place that was not filled
	Words    = "words"    // words of the other language
	Switch   = "switch"   // the way to the other language does not lead there and back
	Mail     = "mail"     // an e-mail address of a person
	Anchor   = "anchor"   // a link to a part of a page that is not there
	Nesting  = "nesting"  // tags that do not fit into each other
	Endless  = "endless"  // ever more addresses
	Format   = "format"   // a machine file of another type than promised, or one that does not parse
)

// Crawler walks through one site. It is used once.
type Crawler struct {
	// Base is the address of the site without a path, such as http://127.0.0.1:8080.
	Base string
	// Speech knows the sentences of both languages.
	Speech *Speech
	// Client asks for pages; it must not be nil.
	Client *http.Client
	// Hands is how many pages are asked for at once; 4 when zero.
	Hands int
	// Limit ends a walk that finds no end; 20,000 addresses when zero.
	Limit int
	// Only keeps the walk to the paths that it lets pass; to all when nil. It is never asked twice at once.
	Only func(path string) bool

	mu     sync.Mutex
	seen   map[string]bool
	shapes map[string]bool
	pages  map[string]*Page // by path and query
	aims   []aim
	report Report
}

// aim is a link to a part of a page.
type aim struct{ from, page, id string }

// Report is what a walk met.
type Report struct {
	Faults []Fault
	// Pages counts pages of HTML by language, Files everything else by media type.
	Pages, Files map[string]int
	// Visited lists all pages of HTML, sorted.
	Visited []string
	Took    time.Duration
}

// Walk starts at the given paths and returns when nothing new is found.
func (c *Crawler) Walk(ctx context.Context, starts ...string) Report {
	begun := time.Now()
	c.seen, c.shapes, c.pages = map[string]bool{}, map[string]bool{}, map[string]*Page{}
	c.report = Report{Pages: map[string]int{}, Files: map[string]int{}}
	if c.Hands == 0 {
		c.Hands = 4
	}
	if c.Limit == 0 {
		c.Limit = 20_000
	}
	for next := c.fresh(starts); len(next) > 0; {
		next = c.round(ctx, next)
	}
	c.checkAims()
	c.checkSwitches()
	c.report.Took = time.Since(begun)
	slices.Sort(c.report.Visited)
	slices.SortFunc(c.report.Faults, func(a, b Fault) int { return strings.Compare(a.String(), b.String()) })
	return c.report
}

// round visits all given addresses and returns those that it found and nobody has seen.
func (c *Crawler) round(ctx context.Context, addresses []string) []string {
	queue := make(chan string)
	var found []string
	var work sync.WaitGroup
	for range c.Hands {
		work.Go(func() {
			for address := range queue {
				links := c.visit(ctx, address)
				c.mu.Lock()
				found = append(found, links...)
				c.mu.Unlock()
			}
		})
	}
	for _, address := range addresses {
		queue <- address
	}
	close(queue)
	work.Wait()
	slices.Sort(found)
	return c.fresh(found)
}

// fresh keeps what has not been seen. Filters are links that can be combined nearly without end: every single filter
// is followed, one of each pair of filters on each kind of page, and one each of three, four and more.
func (c *Crawler) fresh(addresses []string) []string {
	var next []string
	for _, address := range addresses {
		if c.seen[address] {
			continue
		}
		if len(c.seen) >= c.Limit {
			c.fault(Fault{address, Endless, fmt.Sprintf("more than %d addresses", c.Limit)})
			return next
		}
		if at, err := url.Parse(address); err == nil && len(at.Query()) > 1 {
			shape := shapeOf(at)
			if c.shapes[shape] {
				continue
			}
			c.shapes[shape] = true
		}
		c.seen[address] = true
		if path, _, _ := strings.Cut(address, "?"); c.Only != nil && !c.Only(path) {
			continue
		}
		next = append(next, address)
	}
	return next
}

func shapeOf(at *url.URL) string {
	var names []string
	for name := range at.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > 2 {
		names = []string{strconv.Itoa(len(names))}
	}
	// The kind of a page counts and not which day or stage it shows: its last segment is left out.
	path := at.Path[:strings.LastIndexByte(at.Path, '/')+1]
	return path + "?" + strings.Join(names, "&")
}

// visit asks for one address, looks at the answer, and returns where it leads.
func (c *Crawler) visit(ctx context.Context, address string) []string {
	answer, body, err := c.get(ctx, address) //nolint:bodyclose // get reads the body and closes it
	if err != nil {
		c.fault(Fault{address, Status, err.Error()})
		return nil
	}
	if answer.Request.URL.Host != hostOf(c.Base) {
		c.fault(Fault{address, Outside, "redirected to " + answer.Request.URL.String()})
		return nil
	}
	if answer.StatusCode != http.StatusOK {
		c.fault(Fault{address, Status, answer.Status})
		return nil
	}
	media, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if media != "text/html" {
		c.mu.Lock()
		c.report.Files[media]++
		c.mu.Unlock()
		c.fault(FileFaults(address, answer.Header, body)...)
		return nil
	}
	return c.readPage(address, answer, body)
}

func (c *Crawler) readPage(address string, answer *http.Response, body []byte) []string {
	landed := answer.Request.URL.RequestURI()
	answer.Header.Set(ownHost, answer.Request.URL.Host)
	page := Read(landed, answer.Header, body)
	c.fault(page.Faults(c.Speech)...)
	links := page.Links()

	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages[landed] == nil {
		c.report.Pages[page.Lang()]++
		c.report.Visited = append(c.report.Visited, landed)
	}
	c.pages[landed] = page
	if address != landed {
		c.pages[address] = page
	}
	var inside []string
	for _, link := range links {
		if link.ID != "" {
			c.aims = append(c.aims, aim{landed, link.Address, link.ID})
		}
		inside = append(inside, link.Address)
	}
	return inside
}

func (c *Crawler) get(ctx context.Context, address string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+address, nil)
	if err != nil {
		return nil, nil, err
	}
	answer, err := c.Client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, body, err
}

func (c *Crawler) fault(faults ...Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Faults = append(c.report.Faults, faults...)
}

func (c *Crawler) checkAims() {
	for _, a := range c.aims {
		page := c.pages[a.page]
		if page != nil && !page.Has(a.id) {
			c.fault(Fault{a.from, Anchor, a.page + "#" + a.id})
		}
	}
}

// checkSwitches follows the way to the other language from every page, and back.
func (c *Crawler) checkSwitches() {
	for address, page := range c.pages {
		if address != page.Address {
			continue
		}
		other, ok := page.Other()
		if !ok {
			c.fault(Fault{address, Switch, "no way to the other language"})
			continue
		}
		there := c.pages[other]
		if there == nil {
			continue // a combination of filters that was not followed; its shape was
		}
		if back, _ := there.Other(); meaning(back) != meaning(address) || there.Lang() == page.Lang() {
			c.fault(Fault{address, Switch, fmt.Sprintf("leads to %s (%s) and from there to %s", other, there.Lang(), back)})
		}
	}
}

// meaning is an address without parameters that say nothing, and with the others in order.
func meaning(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := at.Query()
	for name, values := range query {
		if len(values) == 1 && values[0] == "" {
			delete(query, name)
		}
	}
	return at.Path + "?" + query.Encode()
}

func hostOf(base string) string {
	at, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return at.Host
}
