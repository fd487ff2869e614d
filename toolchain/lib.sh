# shellcheck shell=bash disable=SC2034
# Shared by bin/setup, bin/env and the launcher: where things are, how to speak, how to hash. Sourced, never run.
# Works with bash 3.2, so that the vendor's engine is usable from macOS.

engineVersion=3.259.0
languageHostVersion=3.68.0
commandVersion=1.2.1
tlsVersion=5.6.1
awsVersion=7.48.0
# An engine on PATH older than this is not used. Flags from the environment (PULUMI_OPTION_*) came with 3.208.0.
oldestEngine=3.220.0

# The engine writes a file of attributes beside each state file, and not atomically: killed at that moment it leaves a
# state that it cannot read any more.
backendOptions=metadata=skip

checkout=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
toolchain=$checkout/toolchain
cache=${PORTICO_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/portico}
pulumiHome=$cache/pulumi-home

say() { printf 'portico: %s\n' "$*" >&2; }

# step WHAT COMMAND...: runs one part of the making ready and says how long it took.
step() {
  local what=$1 started=$SECONDS
  shift
  "$@"
  say "$what: ready ($((SECONDS - started)) s)"
}

# together PART...: runs functions side by side, as some wait for the network and some for one processor. The first that fails, or an
# interrupt, ends the others and what they started: each has a process group of its own. What they had made is kept for the next run.
together() {
  local part child waiter children=()
  # $$ is the script, which may wait for the shell that this runs in.
  waiter=$(exec sh -c 'echo "$PPID"')
  trap 'endTogether 130' INT TERM HUP
  trap 'endTogether 1' USR1
  # While it has job control, the shell says of each part that is done already that it is.
  {
    set -m
    for part in "$@"; do
      (
        trap '[ $? -eq 0 ] || kill -USR1 "$waiter"' EXIT
        "$part"
      ) </dev/null 2>&3 3>&- &
      children+=($!)
    done
    set +m
  } 3>&2 2>/dev/null
  # One that is killed cannot tell.
  for child in "${children[@]}"; do wait "$child" || endTogether 1; done
  trap - INT TERM HUP USR1
}

# endTogether STATUS: ends the `children` of together, waits for them, and exits.
endTogether() {
  trap '' INT TERM HUP USR1
  kill -TERM -- "${children[@]/#/-}" 2>/dev/null || true
  wait
  [ "$1" -ne 1 ] || say "not ready: one part failed, for what is said above; the others were ended"
  exit "$1"
}

# fail MESSAGE...: each argument is one line. Ends the script with status 1.
fail() {
  say "$1"
  shift
  [ $# -eq 0 ] || printf '         %s\n' "$@" >&2
  exit 1
}

# hashOf PATH...: twelve digits that change with the content or name of any file below the paths, tests aside.
hashOf() {
  local sum=sha256sum
  command -v sha256sum >/dev/null || sum="shasum -a 256"
  # LC_ALL: the order of files must not depend on the language.
  (cd -- "$toolchain" && find "$@" -type f ! -name '*_test.go' | LC_ALL=C sort | while IFS= read -r file; do
    printf '%s\n' "$file"
    cat -- "$file"
  done | $sum | cut -c 1-12)
}

# atLeast VERSION MINIMUM: whether a dotted version is not older than another.
atLeast() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)" = "$2" ]
}

builtEngine() { printf '%s/engine/built-%s-%s/bin\n' "$cache" "$engineVersion" "$(hashOf engine languageHost)"; }
downloadedEngine() { printf '%s/engine/vendor-%s/bin\n' "$cache" "$engineVersion"; }

# engineOnPath: the folder of the first pulumi on PATH that is neither ours nor too old; fails where there is none.
engineOnPath() {
  local program version
  while IFS= read -r program; do
    case $program in "$cache"/* | "$toolchain"/*) continue ;; esac
    version=$("$program" version 2>/dev/null) || continue
    if atLeast "${version#v}" "$oldestEngine"; then
      dirname -- "$program"
      return
    fi
    say "$program is $version, older than $oldestEngine: not used"
  done <<<"$(type -aP pulumi)"
  return 1
}

# findEngine: the folder of the engine to use; fails where bin/setup has not run yet.
findEngine() {
  local folder
  engineOnPath && return
  for folder in "$(downloadedEngine)" "$(builtEngine)"; do
    if [ -x "$folder/pulumi" ]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  return 1
}

# locked NAME COMMAND...: runs the command while no other run holds the lock of that name. The lock falls with its holder.
locked() {
  local name=$1
  shift
  mkdir -p -- "$cache/locks"
  if ! command -v flock >/dev/null; then
    "$@"
    return
  fi
  (
    flock --nonblock 9 || {
      say "waiting for another run that holds $cache/locks/$name"
      flock 9
    }
    "$@" 9>&-
  ) 9>"$cache/locks/$name"
}
