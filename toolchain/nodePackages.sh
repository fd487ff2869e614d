# shellcheck shell=bash disable=SC2154
# Node.js and the packages of package-lock.json. Sourced by bin/setup after lib.sh.

oldestNode=20.19.0

checkNode() {
  local version
  command -v node >/dev/null ||
    fail "node: got none on PATH; allowed: $oldestNode or newer; install Node.js (https://nodejs.org)"
  version=$(node --version)
  atLeast "${version#v}" "$oldestNode" ||
    fail "node: got $version; allowed: $oldestNode or newer; install a newer Node.js (https://nodejs.org)"
}

installNodePackages() {
  checkNode
  local wanted stamp=$checkout/node_modules/.portico-lock
  wanted=$(hashOf ../package-lock.json)
  if [ "$(cat -- "$stamp" 2>/dev/null)" = "$wanted" ]; then
    return
  fi
  # No install scripts: none is needed, and that of @pulumi/command would try the network.
  npm --prefix "$checkout" ci --ignore-scripts --no-audit --no-fund >"$cache/npm.log" 2>&1 || {
    tail -n 20 -- "$cache/npm.log" >&2
    fail "node packages: npm ci failed (above; all of it in $cache/npm.log)" "mend the network or npm's registry settings and run bin/setup again"
  }
  printf '%s\n' "$wanted" >"$stamp"
}
