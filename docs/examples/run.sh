#!/bin/sh
# Runs what docs/testscript.md shows, each door as another project would use it.
set -e
cd "$(dirname "$0")"
go vet ./...
go test ./...
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
export PATH="$bin:$PATH"
go build -o "$bin" ./echo github.com/sockspec/sockspec/cmd/sockspec github.com/sockspec/sockspec/cmd/testscript-plugin-sockspec
go tool testscript plugin/echo.txtar exec/echo.txtar
