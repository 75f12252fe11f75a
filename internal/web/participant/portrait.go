package participant

import (
	"net/http"

	"obrady/internal/people"
	"obrady/internal/web"
)

// The sizes of portraits, as their addresses say them: sides of the square in pixels.
const (
	largePhoto = "640"
	smallPhoto = "160"
)

// keptForADay lets whoever carries the site keep a portrait. Its address changes with the picture; a day is how long
// one may be shown from somebody's memory after its owner has taken it back.
const keptForADay = "public, max-age=86400, immutable"

func (p *Pages) portraitRoutes() []web.Route {
	return []web.Route{{
		Name: "photo", Path: "/{edition}/photo/{size}/{photo}", Action: readProgramme, Public: true, Generation: p.generation, Handle: p.showPortrait,
	}}
}

// generation names what an edition's portraits are sent from.
func (p *Pages) generation(r *http.Request) (string, bool) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return "", false
	}
	return e.Generation, true
}

// showPortrait sends the portrait of somebody who is in the release of the edition. The address names nobody; a portrait
// of anybody else, and one that was taken back, is not there.
func (p *Pages) showPortrait(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	public := false
	for _, hash := range e.Photos {
		public = public || hash == r.PathValue("photo")
	}
	size := r.PathValue("size")
	if !public || size != largePhoto && size != smallPhoto {
		return people.ErrNoPhoto
	}
	photo, err := p.People.PhotoAt(r.Context(), r.PathValue("photo"))
	if err != nil {
		return err
	}
	picture := photo.Large
	if size == smallPhoto {
		picture = photo.Small
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", keptForADay)
	_, _ = w.Write(picture) // who has hung up misses nothing
	return nil
}
