package demo

import (
	"context"
	"fmt"

	"obrady/internal/call"
	"obrady/internal/i18n"
	"obrady/internal/proceedings"
)

// proceedings publishes a volume of a call for abstracts that is over. It is made up like the abstracts, and says so.
func (b *builder) proceedings(ctx context.Context, of call.Call) error {
	e, press := b.edition, proceedings.NewService(b.db, b.now)
	_, err := press.Save(ctx, author, proceedings.Volume{Call: of.ID, Example: true, About: proceedings.About{
		Title: i18n.Text{
			PL: "Kalejdoskopy: materiały pokonferencyjne (przykład)", EN: "Kaleidoscopes: proceedings (example)",
		},
		Editors: []string{"Maria Przykładowa (przykład)"}, Publisher: e.Name.PL, Place: e.City.PL, Year: e.StartsOn.In(e.Location()).Year(),
		Licence: "CC-BY-4.0", Abstract: "abstract", Keywords: "keywords",
	}})
	if err != nil {
		return fmt.Errorf("volume of %s: %w", of.Slug, err)
	}
	preview, err := press.Preview(ctx, of.ID)
	if err != nil {
		return err
	}
	if len(preview.Document.Entries) == 0 {
		return nil
	}
	_, err = press.Publish(ctx, author, of.ID, preview.Digest)
	return err
}
