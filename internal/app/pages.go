package app

import "obrady/internal/web"

// Names of routes that the frame and the kit lead to.
const (
	routeSignIn    = "signin"
	routeProgramme = "programme"
	routeSearch    = "search"
	routeEnter     = "enter"
)

// pages lists the routes of all audiences.
func (a *App) pages() []web.Route {
	return nil
}
