# shellcheck shell=bash disable=SC2154
# The AWS provider's plugin, for tests alone: where the vendor's cannot be downloaded it takes half an hour to build.
# Sourced by bin/test-aws after plugins.sh.

provideAwsPlugin() {
  providePlugin "$(findEngine)" aws "$awsVersion" awsProvider buildAwsProvider
}

# buildAwsProvider OUTPUT: the plugin, and beside it the schema that it reads.
buildAwsProvider() {
  say "building the AWS provider; once, about 30 minutes on two cores, with 6 GB of memory at its end"
  # Without cgo it needs no C compiler.
  watched "building ${1##*/}" "$cache/build-${1##*/}.log" \
    env GOWORK=off CGO_ENABLED=0 go build -C "$toolchain/awsProvider" -mod=readonly -buildvcs=false \
    -ldflags "-s -w -X main.version=$awsVersion" -o "$1" .
  watched "generating the schema of the AWS provider" "$cache/aws-schema.log" "$1" generate "$(dirname -- "$1")"
}
