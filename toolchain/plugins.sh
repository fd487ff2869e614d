# shellcheck shell=bash disable=SC2154
# The resource plugins. Sourced by bin/setup after engine.sh.

providePlugins() {
  local engine
  engine=$(findEngine)
  providePlugin "$engine" command "$commandVersion" commandProvider buildCommandProvider
  providePlugin "$engine" tls "$tlsVersion" tlsProvider buildTlsProvider
}

# providePlugin ENGINE NAME VERSION SOURCES BUILD: has the plugin in our PULUMI_HOME, the vendor's where the vendor's
# engine can fetch it. A stamp says which one is there, so changed sources are built and installed again.
providePlugin() {
  local engine=$1 name=$2 version=$3 sources=$4 build=$5
  local stamp=$pulumiHome/portico-$name hash key program
  hash=$(hashOf "$sources")
  key="$version $hash"
  case $(cat -- "$stamp" 2>/dev/null) in "$version vendor" | "$key") return ;; esac
  if [ "$engine" != "$(builtEngine)" ] && vendorPlugin "$engine" "$name" "$version"; then
    printf '%s vendor\n' "$version" >"$stamp"
    return
  fi
  program=$cache/plugins/$name-$version-$hash/pulumi-resource-$name
  if [ ! -x "$program" ]; then
    buildInto "$(dirname -- "$program")" "$build" "${program##*/}"
  fi
  installPlugin "$engine" "$name" "$version" --file "$(dirname -- "$program")" --reinstall ||
    fail "plugin $name: the engine did not take it (above)" "remove $pulumiHome and run bin/setup again"
  printf '%s\n' "$key" >"$stamp"
}

# buildInto FOLDER BUILD FILE: has BUILD make FILE in FOLDER, with what lies beside it, which appears only when that worked.
buildInto() (
  draft=$1.draft.$$
  trap 'rm -rf -- "$draft"' EXIT
  checkGo
  mkdir -p -- "$draft"
  "$2" "$draft/$3"
  putInPlace "$draft" "$1"
)

# vendorPlugin ENGINE NAME VERSION: fetches the vendor's own plugin; fails where that cannot be reached.
vendorPlugin() {
  say "trying the official plugin $2 $3"
  installPlugin "$@" && return
  say "it cannot be downloaded"
  return 1
}

# installPlugin ENGINE NAME VERSION [OPTION]...: has the engine take the plugin; what it says is shown when it does not.
installPlugin() {
  local engine=$1 name=$2 limit=()
  shift
  command -v timeout >/dev/null && limit=(timeout 120)
  PULUMI_HOME=$pulumiHome PULUMI_SKIP_UPDATE_CHECK=true ${limit[@]+"${limit[@]}"} \
    "$engine/pulumi" plugin install resource "$@" >"$cache/plugin-$name.log" 2>&1 && return
  tail -n 3 -- "$cache/plugin-$name.log" >&2
  return 1
}

buildCommandProvider() {
  goBuild "$toolchain/commandProvider" . "$1"
}

buildTlsProvider() {
  goBuild "$toolchain/tlsProvider" ./plugin "$1"
}
