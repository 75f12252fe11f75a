package publication

import (
	"obrady/internal/partner"
	"obrady/internal/programme"
)

// BrandOfBlock is the brand under which a block stands: its own, or that of the
// block around it. Without a partner it is nil.
func (e *Edition) BrandOfBlock(id programme.BlockID) *partner.Brand {
	for steps := 0; id != "" && steps <= len(e.Programme.Blocks); steps++ {
		for i := range e.Brands {
			if e.Brands[i].Block == id {
				return &e.Brands[i].Brand
			}
		}
		b := e.Programme.Block(id)
		if b == nil {
			return nil
		}
		id = b.Parent
	}
	return nil
}

// BrandOfStage is the brand under which a stage stands; see BrandOfBlock.
func (e *Edition) BrandOfStage(g *programme.Stage) *partner.Brand {
	for i := range e.Brands {
		if e.Brands[i].Stage == g.ID {
			return &e.Brands[i].Brand
		}
	}
	return e.BrandOfBlock(g.Block)
}

// Picture finds a mark of the congress or of a partner that has a picture, by its id.
func (e *Edition) Picture(id string) (mediaType string, image []byte, found bool) {
	for _, logo := range e.Logos {
		if logo.ID == id && logo.MediaType != "" {
			return logo.MediaType, logo.Image, true
		}
	}
	for _, b := range e.Brands {
		for _, m := range b.Marks {
			if m.ID == id && m.MediaType != "" {
				return m.MediaType, m.Image, true
			}
		}
	}
	return "", nil, false
}
