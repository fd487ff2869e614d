# shellcheck shell=bash disable=SC2154
# moto, the server that stands in for AWS in the tests. Sourced by bin/test-aws after plugins.sh.

# motoPython: the Python that has moto, of the sources that are here.
motoPython() { printf '%s/moto/%s/bin/python\n' "$cache" "$(hashOf moto)"; }

provideMoto() {
  local folder log=$cache/moto.log
  folder=$(dirname -- "$(dirname -- "$(motoPython)")")
  [ ! -x "$folder/bin/python" ] || return 0
  makeMotoEnvironment "$folder.draft.$$" "$folder" >"$log" 2>&1 || {
    tail -n 20 -- "$log" >&2
    fail "moto: it was not installed (above; all of it in $log)" "mend the network or pip's index settings and run bin/test-aws again"
  }
}

# makeMotoEnvironment DRAFT FOLDER: only what the lock names, by its hashes. The folder appears when all is in it; of its
# programs only the interpreter is used, which does not mind the new place.
makeMotoEnvironment() (
  trap 'rm -rf -- "$1"' EXIT
  python3 -m venv "$1" &&
    "$1/bin/python" -m pip install --require-hashes --only-binary :all: --no-deps --disable-pip-version-check -r "$toolchain/moto/requirements.txt" &&
    putInPlace "$1" "$2"
)
