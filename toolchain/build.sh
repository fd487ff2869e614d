# shellcheck shell=bash disable=SC2154
# Builds from public Go modules. Sourced by bin/setup after lib.sh.

# The modules say `go 1.26`. A Go from 1.21 on fetches that by itself where GOTOOLCHAIN is not `local`.
neededGo=1.26
oldestFetchingGo=1.21

checkGo() {
  local version
  local remedy="install Go $neededGo (https://go.dev/dl), or put the vendor's pulumi on PATH (https://www.pulumi.com/docs/install)"
  command -v go >/dev/null || fail "go: got none on PATH; allowed: $neededGo or newer; $remedy"
  version=$(cd / && go env GOVERSION)
  version=${version#go}
  version=${version%%[!0-9.]*}
  atLeast "$version" "$neededGo" && return
  if atLeast "$version" "$oldestFetchingGo" && [ "$(go env GOTOOLCHAIN)" != local ]; then
    return
  fi
  fail "go: got $version with GOTOOLCHAIN=$(go env GOTOOLCHAIN); allowed: $neededGo or newer, or $oldestFetchingGo with GOTOOLCHAIN=auto; $remedy"
}

# goBuild MODULE PACKAGE OUTPUT [LINKER FLAGS]: builds a package of the module in the folder MODULE into OUTPUT.
# The module's own go.sum pins every source, so nothing but the named versions can come in (-mod=readonly), nor by a
# go.work of whoever runs this.
goBuild() {
  local module=$1 package=$2 output=$3 flags=${4:-}
  watched "building ${output##*/}" "$cache/build-${output##*/}.log" \
    env GOWORK=off go build -C "$module" -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w $flags" -o "$output" "$package"
}

# watched WHAT LOG COMMAND...: runs a long command, prints the time now and then, and shows the end of the log on failure.
watched() {
  local what=$1 log=$2 started=$SECONDS child
  shift 2
  say "$what (log: $log)"
  "$@" >"$log" 2>&1 &
  child=$!
  # An interrupted setup must not leave the compiler running.
  trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$child" 2>/dev/null; do
    sleep 1
    [ $(((SECONDS - started) % 20)) -ne 0 ] || say "$what: $((SECONDS - started)) s"
  done
  trap - INT TERM
  if ! wait "$child"; then
    tail -n 20 -- "$log" >&2
    fail "$what failed (above; all of it in $log)" "mend what it says; without network to the Go module proxy set GOPROXY to one that is reached"
  fi
  say "$what: done in $((SECONDS - started)) s"
}
