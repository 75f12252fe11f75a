package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"obrady/internal/db"
	"obrady/internal/schedule"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"obrady": main}) }

// TestCommands runs the program as an operator does; what each script shows is its first line.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"OBRADY_SHARED", "OBRADY_TEST_POSTGRES"} {
				e.Setenv(name, os.Getenv(name))
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"port":  takePort,
			"await": await,
			"sql":   runSQL,
			"holds": holds,
		},
	})
}

// takePort NAME sets $NAME to an address at which nobody listens.
func takePort(ts *testscript.TestScript, _ bool, args []string) {
	at, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], at.Addr().String())
	ts.Check(at.Close())
}

// await URL waits until the address answers, and fails unless it answers well.
func await(ts *testscript.TestScript, neg bool, args []string) {
	for deadline := time.Now().Add(90 * time.Second); ; {
		answer, err := http.Get(args[0])
		if err == nil {
			ts.Check(answer.Body.Close())
			if good := answer.StatusCode == http.StatusOK; good == neg {
				ts.Fatalf("%s answers %s", args[0], answer.Status)
			}
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s does not answer: %v", args[0], err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// sql FILE STATEMENT does to a SQLite file what no command would.
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	d, err := db.Open(context.Background(), "sqlite:"+ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = d.Exec(context.Background(), args[1])
	ts.Check(err)
	ts.Check(d.Close())
}

// holds FILE QUERY fails unless the query, which counts, counts something.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	d, err := db.Open(context.Background(), "sqlite:"+ts.MkAbs(args[0]))
	ts.Check(err)
	var n int
	ts.Check(d.QueryRow(context.Background(), args[1]).Scan(&n))
	ts.Check(d.Close())
	if (n > 0) == neg {
		ts.Fatalf("%s = %d", args[1], n)
	}
}

func TestEveryRefusalOfAScheduleIsSaidInWords(t *testing.T) {
	for _, reason := range schedule.Reasons() {
		if reasons[reason] == "" {
			t.Errorf("there are no words for %q", reason)
		}
	}
}
