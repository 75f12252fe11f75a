package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"obrady/internal/errs"
)

var (
	errFull   = errs.New(errs.Conflict, "signup.full")
	errClosed = errs.New(errs.Forbidden, "signup.closed")
)

func TestKindOf(t *testing.T) {
	var form errs.Problems
	form.Add("title", "form.empty")
	for name, test := range map[string]struct {
		err  error
		want errs.Kind
	}{
		"nothing went wrong":        {nil, errs.Internal},
		"an error of a library":     {errors.New("disk"), errs.Internal},
		"one of ours":               {errFull, errs.Conflict},
		"one of ours, wrapped":      {fmt.Errorf("take a seat: %w", errClosed), errs.Forbidden},
		"one filled with arguments": {errFull.With("Miasto"), errs.Conflict},
		"problems of a form":        {fmt.Errorf("save: %w", form.Err()), errs.Invalid},
	} {
		if got := errs.KindOf(test.err); got != test.want {
			t.Errorf("%s: KindOf = %v, want %v", name, got, test.want)
		}
	}
}

func TestWithStaysTheSameError(t *testing.T) {
	filled := fmt.Errorf("take: %w", errFull.With("Miasto", 3))
	if !errors.Is(filled, errFull) {
		t.Errorf("errors.Is(%v, %v) = false, want true", filled, errFull)
	}
	if errors.Is(filled, errClosed) {
		t.Errorf("errors.Is(%v, %v) = true, want false", filled, errClosed)
	}
	if len(errFull.Args) != 0 {
		t.Errorf("With changed the original: Args = %v, want none", errFull.Args)
	}
}

func TestProblems(t *testing.T) {
	var form errs.Problems
	if err := form.Err(); err != nil {
		t.Errorf("an untouched form: Err = %v, want nil", err)
	}
	form.Add("title", "form.empty")
	form.Add("title", "form.too_short", 3)
	form.Add("seats", "form.not_a_number")

	var found errs.Problems
	if err := fmt.Errorf("save: %w", form.Err()); !errors.As(err, &found) || len(found) != 3 {
		t.Errorf("errors.As found %v, want the three problems", found)
	}
	if got := found.Of("title"); got == nil || got.Key != "form.empty" {
		t.Errorf("Of(title) = %v, want the first problem, form.empty", got)
	}
	if got := found.Of("stage"); got != nil {
		t.Errorf("Of(stage) = %v, want nil", got)
	}
	if !errors.Is(form.Err(), errs.New(errs.Invalid, "form.not_a_number")) {
		t.Error("errors.Is does not find the problem of one field")
	}
}
