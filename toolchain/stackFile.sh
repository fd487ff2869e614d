# shellcheck shell=bash disable=SC2154
# The stack file that the engine gets: the tracked one and the salt of the state's encryption. Sourced after lib.sh, with
# the engine's folder in `engine`.

# stateIsOurs: whether bin/env set the backend, and not the user.
stateIsOurs() {
  case ${PULUMI_BACKEND_URL:-} in
    file://*"/${PULUMI_STACK:-}/backend?$backendOptions") [ -n "${PULUMI_STACK:-}" ] ;;
    *) false ;;
  esac
}

stateFolder() {
  local backend=${PULUMI_BACKEND_URL#file://}
  printf '%s\n' "${backend%"/backend?$backendOptions"}"
}

# inCheckout: whether the engine would find our project from here.
inCheckout() {
  local folder
  folder=$(pwd -P)
  while [ "$folder" != / ] && ! [ -e "$folder/Pulumi.yaml" ]; do folder=$(dirname -- "$folder"); done
  [ "$folder" = "$checkout" ]
}

# commandOf ARGUMENT...: the engine's command among its arguments; for `stack`, the one below it too.
# The values of flags before the command are passed over, as they are no command's name.
commandOf() {
  local word stack=""
  for word in "$@"; do
    case $stack$word in
      -*) ;;
      up | update | preview | refresh | destroy | import | watch) printf '%s\n' "$word" && return ;;
      pre) printf 'preview\n' && return ;;
      down | dn) printf 'destroy\n' && return ;;
      stack) stack="stack " ;;
      "stack -"*) ;;
      "stack "*) printf '%s\n' "$stack$word" && return ;;
      config | plugin | login | logout | whoami | version | about | cancel | state | policy | package | schema | help) return ;;
    esac
  done
}

# useStackFileWithSalt: makes the stack where there is none, and points the engine to the copy with the salt.
# A stack file that names its own encryption is left to the engine.
useStackFileWithSalt() {
  local file=$checkout/Pulumi.$PULUMI_STACK.yaml folder copy
  folder=$(stateFolder)
  locked "stack-$PULUMI_STACK-$(printf '%s' "$folder" | cksum | cut -d ' ' -f 1)" makeStack "$folder" "$file"
  ! ownsEncryption "$file" || return 0
  [ -s "$folder/encryptionsalt" ] || readSalt "$folder" || fail "state: got none with a salt in $folder/backend; run bin/env again"
  copy=$folder/Pulumi.$PULUMI_STACK.yaml
  {
    [ ! -e "$file" ] || cat -- "$file"
    printf '\nencryptionsalt: %s\n' "$(cat -- "$folder/encryptionsalt")"
  } >"$copy.$$"
  mv -f -- "$copy.$$" "$copy"
  export PULUMI_OPTION_CONFIG_FILE=$copy
}

ownsEncryption() {
  [ -e "$1" ] && grep -qE '^(encryptionsalt|secretsprovider):' -- "$1"
}

stateFile() {
  find "$1/backend/.pulumi/stacks" -name "$PULUMI_STACK.json" -type f 2>/dev/null | head -n 1
}

# makeStack FOLDER FILE: creates the stack from a scratch copy of the project, as the engine writes beside the project
# file it finds.
makeStack() (
  [ -z "$(stateFile "$1")" ] || return 0
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
  rm -f -- "$1/encryptionsalt"
  cp -- "$checkout/Pulumi.yaml" "$scratch/"
  ! ownsEncryption "$2" || cp -- "$2" "$scratch/"
  cd -- "$scratch" || exit
  "$engine/pulumi" stack init "$PULUMI_STACK" --no-select --non-interactive >&2 </dev/null
)

# readSalt FOLDER: keeps the salt that the engine recorded in the state.
readSalt() {
  local state
  state=$(stateFile "$1")
  [ -n "$state" ] || return 1
  node -e '
    const state = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    process.stdout.write(state.checkpoint.latest.secrets_providers.state.salt);
  ' "$state" >"$1/encryptionsalt.$$" && mv -f -- "$1/encryptionsalt.$$" "$1/encryptionsalt"
}
