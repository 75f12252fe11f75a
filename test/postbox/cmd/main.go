// Command cmd is a postbox in a process of its own, for tests that kill it.
package main

import (
	"flag"
	"fmt"
	"os"

	"obrady/test/postbox"
)

func main() {
	var s postbox.Script
	flag.StringVar(&s.Listen, "listen", "127.0.0.1:0", "where to listen")
	flag.StringVar(&s.Folder, "folder", ".", "where to keep letters")
	flag.DurationVar(&s.Delay, "delay", 0, "before each answer")
	flag.IntVar(&s.Sluggish, "sluggish", 0, "every n-th answer takes ten delays")
	flag.StringVar(&s.Refuse, "refuse", "", "550 for recipients that begin so")
	flag.IntVar(&s.LaterEvery, "later-every", 0, "451 for every n-th recipient")
	flag.IntVar(&s.HangEvery, "hang-every", 0, "no answer for every n-th letter")
	flag.IntVar(&s.CutEvery, "cut-every", 0, "cut the connection after every n-th letter")
	flag.Parse()
	server, err := postbox.Open(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "postbox:", err)
		os.Exit(1)
	}
	fmt.Println(server.Addr)
	select {}
}
