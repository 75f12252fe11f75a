# What is done in the yard of Obrady. `make` alone checks; `make test` is the whole truth.
SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := check

GOLANGCI    := golangci-lint@v2.15.0
GOVULNCHECK := govulncheck@v1.9.0

# Tests that read published schemas and real schedules look for them here, and say so when they are not.
export OBRADY_SHARED ?= $(dir $(CURDIR))shared

.PHONY: check test demo run build fmt lint vulnerabilities fast race odds doors browser crash crash-long need golden bench \
	migration sentence help

check: lint vulnerabilities fast ## format, vet, lint, known vulnerabilities, tests on SQLite

test: need ## everything: both engines, the race detector, the browser
	tools/with-postgres $(MAKE) --no-print-directory race odds doors crash browser

demo: ## the demo congress on http://127.0.0.1:8080
	go run ./cmd/obrady demo $(ARGS)

run: demo

build: ## one static binary: ./obrady
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o obrady ./cmd/obrady

fmt: ## format Go and sort the sentences
	"$$(tools/tool $(GOLANGCI))" fmt
	go run ./tools/sentence sort

lint:
	"$$(tools/tool $(GOLANGCI))" fmt --diff
	go vet ./...
	"$$(tools/tool $(GOLANGCI))" run

vulnerabilities:
	tools/vulnerabilities "$$(tools/tool $(GOVULNCHECK))"

fast:
	go test $$(go list ./... | grep -v /test/e2e)

# The race detector makes everything ten times as slow, and sees only what runs side by side. So it looks at the packages
# in which something does, and what must be tried a thousand times, or at every address, is tried so without it.
race:
	packages=$$(tools/raced | grep -v $(ALONE:%=-e /%$$)); \
	OBRADY_TEST_NO_SKIP=1 go test -race -short -timeout 20m -skip '$(SLOW)' $$packages
	OBRADY_TEST_NO_SKIP=1 go test -race -short -timeout 20m -run '$(RUNNING)' ./internal/app

SLOW := ^(TestTheLastSeatOfTenThousand|TestCountThenInsertOversells|TestFlawsAreSeen)$$
# They start other processes, or nothing that they share. Of the whole house, the tests that let it run are watched.
ALONE := cmd/obrady internal/draw internal/app
RUNNING := ^(TestAPressIsConfirmedByALetter|TestARequestUnderWayIsFinishedAtTheEnd|TestAnErasedPersonIsNowhere|TestAnOfficeIsServedLikeItsPeople|TestAnotherInstanceSeesWhatIsPublished|TestEveryLinkOfTheDemoLeadsToWhereTheRoleBegins|TestLettersLeaveTheHouse|TestLettersTellNobodyWhatTheyMustNotRead|TestTheDemoIsOpenToVisitorsAndMachines|TestTheHouse.*)$$

odds: ## everything else; random histories against a model, races for the last seat, thousands of draws and letters
	packages=$$(tools/raced -v); \
	OBRADY_TEST_NO_SKIP=1 go test -timeout 20m ./internal/signup ./internal/mail ./cmd/obrady ./internal/draw $$packages

doors: ## the whole house: every address as everybody, every damage that fsck must find
	OBRADY_TEST_NO_SKIP=1 go test -timeout 20m ./internal/app

browser:
	OBRADY_TEST_NO_SKIP=1 go test -count=1 -timeout 20m ./test/e2e/...

# A module of its own: the file system with a plug is no dependency of Obrady.
crash: ## kill -9, power cuts, a full disk, PostgreSQL restarts, all while people sign up
	OBRADY_TEST_NO_SKIP=1 go -C test/crash test -count=1 -timeout 20m $(ARGS) ./...

crash-long: ## RUNS=3000: as crash, so many times each
	OBRADY_TEST_NO_SKIP=1 OBRADY_CRASH_RUNS=$(or $(RUNS),3000) go -C test/crash test -count=1 -timeout 0 -v $(ARGS) ./...

need: ## install what the tests need, or say what is missing
	tools/need

golden: ## write the golden files anew; read the difference before you commit it
	{ grep -rlF '"update"' --include='*_test.go' . || true; } | xargs -r -n1 dirname | sort -u | \
		xargs -r -I{} go test {} -update

bench: ## Go benchmarks of every package
	go test -run '^$$' -bench . -benchmem ./internal/... $(ARGS)

migration: ## NAME=signup_waiting_list: an empty migration with the next number
	tools/migration "$(NAME)"

sentence: ## KEY=visitor.seat.title PL=… EN=…: one sentence in both languages
	go run ./tools/sentence add '$(subst ','\'',$(KEY))' '$(subst ','\'',$(PL))' '$(subst ','\'',$(EN))'

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 18
