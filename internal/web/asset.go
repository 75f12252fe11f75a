package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"obrady/internal/web/cache"
)

//go:embed assets
var house embed.FS

// House returns the style sheets, scripts, fonts and icons of the house.
func House() fs.FS {
	sub, err := fs.Sub(house, "assets")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// styleSheet is the one file that the sheets named in css/order.txt become. It lies in the root of the assets, for
// so they write their addresses: url(font/…).
const styleSheet = "obrady.css"

// kinds are the files that go out, by ending; what is not here (a README, say) stays in.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".webp": "image/webp",
	".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
}

// Assets are the files under /assets. Their addresses carry a hash of them all, so that browsers keep them for
// good and a new release of the house brings new ones, imports between scripts included.
type Assets struct {
	hash  string
	files map[string]func() (*cache.Entry, error) // made ready when first asked for
}

func newAssets(dir fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]func() (*cache.Entry, error){}}
	sum := sha256.New()
	err := fs.WalkDir(dir, ".", func(name string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() || kinds[path.Ext(name)] == "" {
			return err
		}
		content, err := fs.ReadFile(dir, name)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content) // a hash takes everything
		a.add(name, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	sheet, err := concatenate(dir)
	if err != nil {
		return nil, err
	}
	a.add(styleSheet, sheet)
	a.hash = base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:9])
	return a, nil
}

func (a *Assets) add(name string, content []byte) {
	a.files[name] = sync.OnceValues(func() (*cache.Entry, error) {
		d := &cache.Drawing{}
		d.Header().Set("Content-Type", kinds[path.Ext(name)])
		d.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		if path.Ext(name) == ".svg" {
			// An icon opened on its own is a document; it must not run anything.
			d.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		}
		_, _ = d.Write(content) // to memory
		return d.Finish("")
	})
}

// concatenate joins the style sheets in the order that css/order.txt says.
func concatenate(dir fs.FS) ([]byte, error) {
	order, err := fs.ReadFile(dir, "css/order.txt")
	if err != nil {
		return nil, fmt.Errorf("order of style sheets: %w", err)
	}
	var sheet bytes.Buffer
	for line := range strings.Lines(string(order)) {
		name := strings.TrimSpace(line)
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		content, err := fs.ReadFile(dir, "css/"+name)
		if err != nil {
			return nil, fmt.Errorf("css/order.txt: %w", err)
		}
		sheet.Write(content)
		sheet.WriteByte('\n')
	}
	return sheet.Bytes(), nil
}

// Has says whether there is a file called name.
func (a *Assets) Has(name string) bool { return a.files[name] != nil }

// URL is the address of the file called name.
func (a *Assets) URL(name string) string { return "/assets/" + a.hash + "/" + name }

// serveAsset answers /assets/HASH/NAME. Under a hash of another release the file of this one is sent, not to be kept:
// while a release goes out, pages of both are open.
func (s *Site) serveAsset(w http.ResponseWriter, r *http.Request) {
	e, err := s.assets.find(r.PathValue("file"))
	switch {
	case err != nil:
		s.fail(w, r, err)
	case r.PathValue("hash") == s.assets.hash:
		e.Send(w, r)
	default:
		e.Send(shortened{w}, r)
	}
}

// serveIcon answers the address that browsers try by themselves.
func (s *Site) serveIcon(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{"icon/favicon.ico", "icon/icon.svg", "icon/favicon.svg"} {
		if e, err := s.assets.find(name); err == nil {
			e.Send(shortened{w}, r)
			return
		}
	}
	s.fail(w, r, ErrNoPage)
}

// find returns the file called name, ready to be sent.
func (a *Assets) find(name string) (*cache.Entry, error) {
	file := a.files[name]
	if file == nil {
		return nil, ErrNoPage
	}
	e, err := file()
	if err != nil {
		return nil, fmt.Errorf("prepare asset %s: %w", name, err)
	}
	return e, nil
}

var shortly = []string{"public, max-age=300"}

// shortened lets an answer be kept for minutes instead of for good.
type shortened struct{ http.ResponseWriter }

// WriteHeader changes how long the answer may be kept.
func (s shortened) WriteHeader(status int) {
	s.Header()["Cache-Control"] = shortly
	s.ResponseWriter.WriteHeader(status)
}
