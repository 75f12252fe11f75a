package organiser_test

import (
	"testing"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/signin"
	"obrady/internal/web/account"
	desks "obrady/internal/web/desk"
	"obrady/internal/web/session"
)

// door is where people come in to the desk of kit.
func door(t *testing.T, d *db.DB, kit *desks.Kit) *account.Pages {
	t.Helper()
	sessions := session.NewStore(d, kit.Now)
	ways, err := signin.NewService(d, kit.Now, signin.Config{Sessions: sessions})
	if err != nil {
		t.Fatal(err)
	}
	return &account.Pages{
		Desk: kit, People: people.NewService(d, kit.Now), SignIn: ways, Sessions: sessions, Editions: kit.Editions, Now: kit.Now,
	}
}
