# Paravent: `make run` opens the desktop on the training vault, `make test` runs every test.
# Both install what is missing on Debian; elsewhere they say in one line what is needed.

SHELL := /bin/bash

# Debian packages, in one place: to build, and to test or rehearse.
BUILD_PACKAGES := gcc pkg-config libvpx-dev libopus-dev libasound2-dev libgl1-mesa-dev xorg-dev libxkbcommon-dev
TEST_PACKAGES  := chromium firefox-esr ffmpeg xvfb xdotool x11-utils imagemagick tcpdump libgl1-mesa-dri fonts-noto-core poppler-utils openssl dbus-daemon

# Tests that start members of an etcd cluster stand in a module of their own, so that the program's knows the client only.
ETCDTEST := store/etcd/etcdtest

# Rooms without a window; the race detector runs on these.
HEADLESS := ./store/... ./protection/... ./media/... ./testimony/... ./cmd/...

.PHONY: deps deps-test build run test race soak torture fuzz bench lint clean

deps:
	@$(call install,$(BUILD_PACKAGES))
	@command -v go >/dev/null || { echo "Go 1.26 or newer is needed and was not found on the PATH."; exit 1; }

deps-test: deps
	@$(call install,$(TEST_PACKAGES))

# install: installs the named Debian packages that are missing, and only those.
define install
	if ! command -v dpkg-query >/dev/null; then \
	  echo "This is not a Debian system; if the build fails, install the equivalents of: $(1)"; \
	else \
	  missing=""; \
	  for p in $(1); do dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; done; \
	  if [ -n "$$missing" ]; then \
	    if [ "$$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo"; else \
	      echo "Please install as administrator, then run make again: apt-get install$$missing"; exit 1; fi; \
	    echo "Installing$$missing"; \
	    $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  fi; \
	fi
endef

build: deps
	@go build -o bin/paravent ./cmd/paravent
	@CGO_ENABLED=0 go build -o bin/paravent-relay ./cmd/paravent-relay

run: build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  bin/paravent demo; \
	else \
	  echo "There is no display here, so no window can open. Running the rehearsal instead."; \
	  bin/paravent rehearse; \
	fi

test: deps-test
	@go test -timeout 25m ./...
	@cd $(ETCDTEST) && go test ./...

race: deps-test
	@go test -race $(HEADLESS)
	@cd $(ETCDTEST) && go test -race ./...

# Spoils a vault's file, kills a process that writes one, and takes the power from its disk, N times each: make torture N=100000. A finding names its seed.
N ?= 10000
torture: deps
	@PARAVENT_TORTURE=$(N) go test -count=1 -timeout 0 -v -run '^(TestTamperedFiles|TestKilledWriter|TestPowerLoss)$$' ./store ./store/bolt

# Runs every fuzzer for so long each: make fuzz T=10m.
T ?= 60s
# Holds a hearing of six participants for half an hour, or as long as T says: make soak T=5m. Nothing may grow, and picture and sound stay together.
soak: deps-test
	@PARAVENT_SOAK=$(or $(T),30m) go test -count=1 -timeout 0 -v -run '^TestSoak$$' ./testimony/rehearsal

fuzz: deps
	@.ci/fuzz $(T)

# Ratios of one run; the number of rounds is each benchmark's own, so that a minute is enough.
bench: deps-test
	@{ go test -run '^$$' -bench 'BatchWriteRatio' -benchtime 15x ./store; \
	   go test -run '^$$' -bench 'InclusionProof|AuditPage' -benchtime 2000x ./store; \
	   go test -run '^$$' -bench 'SingleWriteRatio' -benchtime 1000x ./store; \
	   go test -run '^$$' -bench 'GroupCommit|BulkImport|Search|OpenRatio' -benchtime 7x ./store ./store/blob ./app/lookup; \
	   go test -run '^$$' -bench 'SealRatio|VerifyOnOneCore' -benchtime 7x ./store/blob; \
	   go test -run '^$$' -bench 'OpenAndSeek' -benchtime 5x ./media/playback; \
	   go test -cpu 1 -run '^$$' -bench 'Derive$$|VersionRatio' -benchtime 7x ./testimony/evidence; \
	   go test -run '^$$' -bench 'Statistics' -benchtime 5x ./protection/statistics; \
	   go test -run '^$$' -bench 'Compile' -benchtime 500x ./protection/policy; \
	   go test -run '^$$' -bench 'AuditRoom' -benchtime 5x ./app/ledger; \
	   go test -run '^$$' -bench 'CalendarRedraw' -benchtime 100x ./app/xwidget; \
	   go test -run '^$$' -bench 'ScanRatio|RatioConcealedPath' -benchtime 10x ./store ./testimony/live; \
	   go test -run '^$$' -bench 'Check|Propose' -benchtime 100x ./testimony/schedule; \
	   go test -run '^$$' -bench 'HubCPU|HubRatio|ClearDelay' -benchtime 3x ./media/peer; \
	   go test -run '^$$' -bench 'FirstPicture|ModeSwitch' -benchtime 3x ./testimony/rehearsal; \
	   go test -run '^$$' -bench 'BadLine' -benchtime 1x ./testimony/rehearsal; \
	   cd $(ETCDTEST); go test -run '^$$' -bench 'CommitRatio' -benchtime 300x .; \
	   go test -run '^$$' -bench 'SixteenWriters|TwoDesks' -benchtime 5x .; cd - >/dev/null; } 2>&1 | awk -f .ci/bench.awk

lint: deps
	@test -z "$$(gofmt -l app cmd media protection store testimony)" || { echo "not formatted:"; gofmt -l app cmd media protection store testimony; exit 1; }
	@go vet ./...
	@go tool staticcheck ./...
	@go mod tidy -diff
	@staticcheck=$$(go tool -n staticcheck) && cd $(ETCDTEST) && go vet ./... && $$staticcheck ./... && go mod tidy -diff

clean:
	@rm -rf bin build
