package export

import (
	"encoding/xml"
	"fmt"
	"html"

	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// OEmbed is the answer to a site that wants to show one of our addresses as a
// card (oembed.com, version 1.0). It is of the type "rich": HTML without
// script and without a style of its own.
type OEmbed struct {
	XMLName      xml.Name `json:"-" xml:"oembed"`
	Type         string   `json:"type" xml:"type"`
	Version      string   `json:"version" xml:"version"`
	Title        string   `json:"title" xml:"title"`
	ProviderName string   `json:"provider_name" xml:"provider_name"`
	ProviderURL  string   `json:"provider_url" xml:"provider_url"`
	CacheAge     int      `json:"cache_age" xml:"cache_age"` // seconds
	Width        int      `json:"width" xml:"width"`         // pixels
	Height       int      `json:"height" xml:"height"`
	HTML         string   `json:"html" xml:"html"`
}

// Size is how much room a card may take, in pixels; 0: as much as it likes.
type Size struct{ Width, Height int }

func (s Size) within(width, height int) (int, int) {
	if s.Width > 0 {
		width = min(width, s.Width)
	}
	if s.Height > 0 {
		height = min(height, s.Height)
	}
	return width, height
}

// SessionCard is the card of a session: title, time, place and a link.
func SessionCard(x *timetable.Index, o Order, s *programme.Session, most Size) OEmbed {
	card := o.card(x, o.in(s.Title))
	card.Width, card.Height = most.within(480, 180)
	body := fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(o.session(x, s)), html.EscapeString(card.Title))
	if s.Status == programme.Cancelled {
		body += "<br>" + html.EscapeString(o.Words.T(s.Status.Key()))
	}
	for _, slot := range x.SlotsOf(s.ID) {
		start, end := slot.Start.In(x.Zone), slot.End.In(x.Zone)
		line := o.Words.Day(start) + ", " + o.Words.Hours(start, end)
		if place := o.placeName(x, slot.Place); place != "" {
			line += ", " + place
		}
		body += "<br>" + html.EscapeString(line)
	}
	card.HTML = fmt.Sprintf(`<blockquote lang="%s"><p>%s</p><footer>%s</footer></blockquote>`,
		o.Words.Lang, body, html.EscapeString(card.ProviderName))
	return card
}

// Frame is a page of ours that others may show inside theirs.
type Frame struct{ Title, URL string }

// FrameCard is the card of a stage or a block: its programme in a frame.
func FrameCard(x *timetable.Index, o Order, f Frame, most Size) OEmbed {
	card := o.card(x, f.Title)
	card.Width, card.Height = most.within(640, 600)
	card.HTML = fmt.Sprintf(`<iframe src="%s" width="%d" height="%d" title="%s" loading="lazy"></iframe>`,
		html.EscapeString(f.URL), card.Width, card.Height, html.EscapeString(f.Title))
	return card
}

func (o Order) card(x *timetable.Index, title string) OEmbed {
	card := OEmbed{Type: "rich", Version: "1.0", Title: title, ProviderName: o.in(x.Edition.Name), CacheAge: 3600}
	if o.Addresses != nil {
		card.ProviderURL = o.Addresses.Home()
	}
	return card
}
