package outbox

import "sync"

// bells wakes the workers of this process when a promise has been committed in
// it. It knows no database: a worker that is woken for nothing looks once and
// sleeps again. Other instances look at their own pace.
var bells = struct {
	sync.Mutex
	of map[*Worker]struct{}
}{of: map[*Worker]struct{}{}}

func ring() {
	bells.Lock()
	defer bells.Unlock()
	for w := range bells.of {
		w.Wake()
	}
}

func hang(w *Worker) (takeDown func()) {
	bells.Lock()
	defer bells.Unlock()
	bells.of[w] = struct{}{}
	return func() {
		bells.Lock()
		defer bells.Unlock()
		delete(bells.of, w)
	}
}
