package app

import (
	"net/http"

	"obrady/internal/web"
)

// Names of routes that the frame and the kit lead to.
const (
	routeSignIn    = "signin"
	routeEnter     = "enter"
	routeProgramme = "programme"
	routeSearch    = "search"
)

// pages lists the routes of all audiences.
func (a *App) pages() []web.Route {
	var routes []web.Route
	if a.config.Uncached {
		for i := range routes {
			routes[i].Generation = func(*http.Request) (string, bool) { return "", false }
		}
	}
	return routes
}
