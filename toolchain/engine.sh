# shellcheck shell=bash disable=SC2154
# The engine: one on PATH, else the official download, else a build. Sourced by bin/setup after build.sh.

provideEngine() {
  local folder
  if folder=$(findEngine); then
    say "engine $("$folder/pulumi" version) in $folder"
    return
  fi
  downloadEngine || buildEngine
}

# downloadEngine: fetches the vendor's release and checks its sum. Fails quickly where the vendor cannot be reached.
downloadEngine() (
  target=$(dirname -- "$(downloadedEngine)")
  platform=$(vendorPlatform) || return 1
  archive=pulumi-v$engineVersion-$platform.tar.gz
  draft=$cache/engine/draft.$$
  mkdir -p -- "$draft"
  trap 'rm -rf -- "$draft"' EXIT
  fetch=(curl --fail --silent --show-error --location --connect-timeout 5 --retry 2 --retry-connrefused)
  say "trying the official engine $engineVersion"
  if ! "${fetch[@]}" --max-time 20 -o "$draft/sums" \
    "https://github.com/pulumi/pulumi/releases/download/v$engineVersion/pulumi-$engineVersion-checksums.txt" 2>"$draft/error" ||
    ! "${fetch[@]}" --max-time 600 -o "$draft/$archive" "https://get.pulumi.com/releases/sdk/$archive" 2>"$draft/error"; then
    say "it cannot be downloaded: $(tail -n 1 -- "$draft/error")"
    return 1
  fi
  checkSum "$draft" "$archive" || return 1
  # The archive holds one folder, `pulumi`, with all programs.
  mkdir -- "$draft/ready" && tar -xzf "$draft/$archive" -C "$draft/ready" && mv -- "$draft/ready/pulumi" "$draft/ready/bin" &&
    "$draft/ready/bin/pulumi" version >/dev/null && putInPlace "$draft/ready" "$target"
)

vendorPlatform() {
  local machine
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) return 1 ;;
  esac
  printf '%s-%s\n' "$(uname -s | tr '[:upper:]' '[:lower:]')" "$machine"
}

# checkSum FOLDER ARCHIVE: whether the archive has the sum that the vendor's list names.
checkSum() {
  local wanted found
  wanted=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1 }' "$1/sums")
  found=$(openssl dgst -sha256 -r "$1/$2" | cut -d ' ' -f 1)
  if [ -z "$wanted" ] || [ "$wanted" != "$found" ]; then
    say "the download is not used: its SHA-256 is $found, the vendor's list says ${wanted:-nothing}"
    return 1
  fi
}

# buildEngine: builds the engine and the Node.js language host side by side, where the engine looks for it.
buildEngine() (
  checkGo
  target=$(dirname -- "$(builtEngine)")
  draft=$cache/engine/draft.$$
  trap 'rm -rf -- "$draft"' EXIT
  mkdir -p -- "$draft/bin"
  say "building the engine from Go modules; once, about five minutes on two cores"
  variable=github.com/pulumi/pulumi/sdk/v3/go/common/version.Version
  goBuild "$toolchain/engine" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$draft/bin/pulumi" "-X $variable=v$engineVersion"
  goBuild "$toolchain/languageHost" github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs \
    "$draft/bin/pulumi-language-nodejs" "-X $variable=v$languageHostVersion"
  addPolicyAnalyzer "$draft/bin"
  putInPlace "$draft" "$target"
)

# addPolicyAnalyzer FOLDER: the script that runs policy packs written for Node.js; it is part of the language host's module.
addPolicyAnalyzer() {
  local module
  module=$(cd -- "$toolchain/languageHost" && go list -mod=readonly -m -f '{{.Dir}}' github.com/pulumi/pulumi/sdk/v3)
  install -m 0755 -- "$module/nodejs/dist/pulumi-analyzer-policy" "$1/"
}

# putInPlace DRAFT TARGET: moves a finished folder to its place; one that another run put there first stays.
putInPlace() {
  [ -e "$2" ] || mv -T -- "$1" "$2" 2>/dev/null || mv -- "$1" "$2"
}
