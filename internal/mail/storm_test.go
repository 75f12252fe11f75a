package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/test/postbox"
)

// The sender runs in a process of its own, which is this program with these in its environment.
const (
	envSender   = "OBRADY_TEST_SENDER" // honest, hasty or fickle
	envDatabase = "OBRADY_TEST_SENDER_DATABASE"
	envServer   = "OBRADY_TEST_SENDER_SERVER"
	envBegan    = "OBRADY_TEST_SENDER_BEGAN"
)

func TestMain(m *testing.M) {
	if sort := os.Getenv(envSender); sort != "" {
		if err := send(sort); err != nil {
			fmt.Fprintln(os.Stderr, "sender:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	forget, err := trust()
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a certificate:", err)
		return 1
	}
	defer forget()
	return m.Run()
}

// haste is how much faster the sender's clock goes, so that nobody has to wait for it.
const haste = 10

func hurried(began time.Time) func() time.Time {
	return func() time.Time { return began.Add(haste * time.Since(began)) }
}

// send delivers until it is killed or told to stop.
func send(sort string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	d, err := db.Open(ctx, os.Getenv(envDatabase))
	if err != nil {
		return err
	}
	defer d.Close()
	relay, err := mail.ParseRelay(mail.Secret("smtp://" + os.Getenv(envServer)))
	if err != nil {
		return err
	}
	micros, err := strconv.ParseInt(os.Getenv(envBegan), 10, 64)
	if err != nil {
		return err
	}
	s := house
	s.Relay, s.Rate, s.Timeout = &relay, 1e6, 2*time.Second
	if sort == "fickle" { // a name of its own for each letter and process
		s.BaseURL = fmt.Sprintf("https://p%d.example.org", os.Getpid())
	}
	deliverer := &mail.Deliverer{
		DB: d, Now: hurried(time.UnixMicro(micros)), Log: slog.New(slog.DiscardHandler), Settings: s, FirstRest: 20 * time.Millisecond,
	}
	defer deliverer.Close()
	worker := deliverer.Worker()
	worker.Pause = 20 * time.Millisecond
	if sort == "hasty" { // notes that it has sent, then sends
		for kind, handle := range worker.Handlers {
			worker.Handlers[kind] = func(ctx context.Context, e outbox.Entry) error {
				if err := outbox.Done(ctx, d, deliverer.Now(), e.ID); err != nil {
					return err
				}
				return handle(ctx, e)
			}
		}
	}
	return worker.Run(ctx)
}

// storm is a mail server and senders that fall over again and again.
type storm struct {
	t       *testing.T
	sort    string // of sender
	folder  string // of letters
	program string // the postbox
	server  string // its address
	url     string // of the database
	db      *db.DB
	began   time.Time
	letters int

	box     *exec.Cmd
	senders []*exec.Cmd

	serverKills, senderKills int
}

// brew posts n letters into an empty database and stops everything with the test.
func brew(t *testing.T, engine db.Engine, sort string, n int) *storm {
	t.Helper()
	url := dbtest.URL(t, engine)
	s := &storm{
		t: t, sort: sort, letters: n, url: url, db: dbtest.Open(t, url), began: time.Now(),
		folder: t.TempDir(), program: filepath.Join(t.TempDir(), "postbox"),
	}
	if out, err := exec.Command("go", "build", "-o", s.program, "obrady/test/postbox/cmd").CombinedOutput(); err != nil {
		t.Fatalf("build the postbox: %v\n%s", err, out)
	}
	at, err := net.Listen("tcp", "127.0.0.1:0") // a port that stays the server's while it is down
	if err != nil {
		t.Fatal(err)
	}
	s.server = at.Addr().String()
	at.Close()
	t.Cleanup(func() {
		s.kill(s.box)
		for _, sender := range s.senders {
			s.kill(sender)
		}
	})
	for first := 0; first < n; first += 500 {
		s.post(first, min(first+500, n))
	}
	return s
}

// Every hundredth letter goes to somebody whom the server does not know.
func (s *storm) post(first, end int) {
	s.t.Helper()
	var batch []mail.Letter
	for i := first; i < end; i++ {
		who := "person"
		if i%100 == 99 {
			who = "nobody"
		}
		l := note(fmt.Sprintf("%s%d@example.net", who, i))
		l.Secret, l.Bulk = i%3 == 0, i%5 == 0
		batch = append(batch, l)
	}
	err := s.db.Tx(s.t.Context(), func(tx *db.Tx) error {
		for _, l := range batch {
			if _, err := mail.Post(s.t.Context(), tx, s.began, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *storm) refused() int { return s.letters / 100 }

// serve starts the postbox and waits until it listens.
func (s *storm) serve(flags ...string) {
	s.t.Helper()
	flags = append(flags, "-listen", s.server, "-folder", s.folder, "-refuse", "nobody")
	s.box = exec.Command(s.program, flags...)
	s.box.Stderr = os.Stderr
	out, err := s.box.StdoutPipe()
	if err == nil {
		err = s.box.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		s.t.Fatalf("the postbox does not listen: %v", err)
	}
}

// sender starts one more sender.
func (s *storm) sender() {
	s.t.Helper()
	c := exec.Command(os.Args[0])
	c.Stderr = os.Stderr
	c.Env = append(os.Environ(), envSender+"="+s.sort, envDatabase+"="+s.url, envServer+"="+s.server,
		envBegan+"="+strconv.FormatInt(s.began.UnixMicro(), 10))
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.senders = append(s.senders, c)
}

// kill ends a process as a power cut would.
func (s *storm) kill(c *exec.Cmd) {
	if c != nil && c.ProcessState == nil {
		_ = c.Process.Signal(syscall.SIGKILL)
		_ = c.Wait()
	}
}

func (s *storm) killServer() { s.kill(s.box); s.serverKills++ }

// killSender ends the oldest sender.
func (s *storm) killSender() {
	s.kill(s.senders[0])
	s.senders = s.senders[1:]
	s.senderKills++
}

// until waits for a condition and looks often.
func (s *storm) until(what string, holds func() bool) {
	s.t.Helper()
	end := time.After(2 * time.Minute)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-end:
			s.t.Fatalf("in two minutes it did not come to this: %s; %d letters are there", what, s.arrived())
		case <-look.C:
		}
	}
}

func (s *storm) arrived() int {
	folder, err := os.Open(s.folder)
	if err != nil {
		s.t.Fatal(err)
	}
	defer folder.Close()
	names, err := folder.Readdirnames(-1) // unsorted: this looks often at many
	if err != nil {
		s.t.Fatal(err)
	}
	return len(names)
}

// untilArrived waits until so many per cent of the letters have come.
func (s *storm) untilArrived(percent int) {
	s.t.Helper()
	want := s.letters * percent / 100
	s.until(fmt.Sprintf("%d letters came", want), func() bool { return s.arrived() >= want })
}

// untilSettled waits until no letter is promised any more.
func (s *storm) untilSettled() {
	s.t.Helper()
	s.until("nothing is promised any more", func() bool {
		var n int
		err := s.db.QueryRow(s.t.Context(), `SELECT COUNT(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL`).Scan(&n)
		return err == nil && n == 0
	})
}

// while lets a little time pass in which something is down.
func while(d time.Duration) { <-time.After(d) }

// toll is what the storm left behind.
type toll struct {
	arrived    int // different letters
	refused    int // by the server, and known to be
	lost       int // neither
	duplicates int // copies beside the first
	renamed    int // letters whose copies have different Message-IDs
	stray      int // for people to whom none was posted
	crashes    int // of server and senders, and answers that never came
	told       map[mail.State]int
}

func (s *storm) count() (c toll) {
	s.t.Helper()
	letters, err := postbox.Read(s.folder)
	if err != nil {
		s.t.Fatal(err)
	}
	names := map[string][]string{}
	for _, l := range letters {
		names[l.To] = append(names[l.To], l.Header.Get("Message-Id"))
	}
	for i := range s.letters {
		copies := names[fmt.Sprintf("person%d@example.net", i)]
		delete(names, fmt.Sprintf("person%d@example.net", i))
		if len(copies) == 0 {
			continue
		}
		c.arrived++
		c.duplicates += len(copies) - 1
		for _, name := range copies {
			if name != copies[0] {
				c.renamed++
				break
			}
		}
	}
	c.stray = len(names)
	if c.told, err = mail.Counts(s.t.Context(), s.db); err != nil {
		s.t.Fatal(err)
	}
	c.refused = c.told[mail.Refused]
	c.lost = s.letters - c.arrived - s.refused()
	events, _ := os.ReadFile(filepath.Join(s.folder, postbox.EventsFile)) // not there when nothing happened
	c.crashes = s.serverKills + s.senderKills + strings.Count(string(events), "\n")
	return c
}

// judge fails the test unless everything came, and nothing twice without a reason.
func (s *storm) judge() {
	s.t.Helper()
	c := s.count()
	s.t.Logf("%d letters on %s: %d delivered, %d refused by the server, %d lost, %d duplicates in %d crashes"+
		" (%d of the server, %d of a sender, %d answers that never came), %d with another Message-ID, in %s",
		s.letters, s.db.Engine(), c.arrived, c.refused, c.lost, c.duplicates, c.crashes,
		s.serverKills, s.senderKills, c.crashes-s.serverKills-s.senderKills, c.renamed, time.Since(s.began).Round(time.Second/10))
	if c.lost != 0 || c.stray != 0 || c.renamed != 0 {
		s.t.Errorf("%d lost, %d stray, %d renamed, want none", c.lost, c.stray, c.renamed)
	}
	if c.duplicates > c.crashes {
		s.t.Errorf("%d duplicates, want at most one for each of %d crashes", c.duplicates, c.crashes)
	}
	if c.refused != s.refused() || c.told[mail.Sent] != s.letters-s.refused() {
		s.t.Errorf("the letters say %v, want %d refused and all others sent", c.told, s.refused())
	}
	wantSound(s.t, s.db)
}

func TestTenThousandLettersSurvive(t *testing.T) {
	n := 10_000
	switch {
	case testing.Short():
		n = 1_000
	case raced:
		n = 2_000
	}
	every := func(percent, times int) string { return strconv.Itoa(max(n*percent/100/times, 2)) }
	s := brew(t, db.SQLite, "honest", n)
	s.sender() // nobody is there to take anything
	while(500 * time.Millisecond)
	s.serve("-delay=1ms", "-sluggish=50", "-later-every=40") // slow, and full now and then
	s.untilArrived(15)
	s.killServer()
	s.serve("-hang-every=" + every(20, 4))
	s.untilArrived(35)
	s.killServer()
	s.serve("-cut-every=" + every(20, 20))
	s.untilArrived(55)
	for percent := 56; percent <= 70; percent++ {
		s.killServer()
		if percent%5 == 0 {
			while(200 * time.Millisecond)
		}
		s.serve("-later-every=30")
		s.untilArrived(percent)
	}
	for percent := 71; percent <= 90; percent++ {
		s.killSender()
		s.sender()
		s.untilArrived(percent)
	}
	s.untilSettled()
	s.judge()
}

// Several instances over one PostgreSQL share the letters out.
func TestSendersShareTheLettersOut(t *testing.T) {
	n := 1_000
	if testing.Short() {
		n = 300
	}
	s := brew(t, db.Postgres, "honest", n)
	s.serve("-later-every=40", "-cut-every="+strconv.Itoa(n/10))
	s.sender()
	s.sender()
	for percent := 20; percent <= 80; percent += 10 {
		s.untilArrived(percent)
		if percent%20 == 0 {
			s.killSender()
			s.sender()
			continue
		}
		s.killServer()
		s.serve("-later-every=40")
	}
	s.untilSettled()
	s.judge()
}

// The two tests above would see a sender that notes first and sends then.
func TestAHastySenderIsFoundOut(t *testing.T) {
	s := brew(t, db.SQLite, "hasty", 300)
	s.serve("-later-every=50")
	s.sender()
	s.untilArrived(50)
	s.killSender()
	s.sender()
	s.untilSettled()
	c := s.count()
	t.Logf("a sender that notes before it sends loses %d of %d letters", c.lost, s.letters)
	if c.lost == 0 {
		t.Error("no letter is lost, so the test would not see it")
	}
}

// And one that names a letter anew at each attempt.
func TestAFickleSenderIsFoundOut(t *testing.T) {
	s := brew(t, db.SQLite, "fickle", 200)
	s.serve("-hang-every=50")
	s.sender()
	hung := func() bool {
		events, err := os.ReadFile(filepath.Join(s.folder, postbox.EventsFile))
		return err == nil && len(events) > 0
	}
	s.until("a letter was taken without an answer", hung)
	s.killSender() // its next name comes from the next process
	s.killServer()
	s.serve()
	s.sender()
	s.untilSettled()
	c := s.count()
	t.Logf("a sender without lasting names leaves %d letters whose copies nobody can tell", c.renamed)
	if c.renamed == 0 {
		t.Error("every copy has the same name, so the test would not see it")
	}
}
