#!/bin/sh
# The bench: the whole path, then the same load on a peer. Usage: bench/run.sh [--count N] [--clients "1 4 16"]
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$home/tools/setup.sh"
need_dotnet
need_programs postgresql scep openssl
build_release "$home"
bench="$home/artifacts/bin/Pki.Bench/release/Pki.Bench.dll"
pki="$home/artifacts/bin/Pki.Cli/release/pki.dll"
echo "$(date -u +%Y-%m-%d) $(git -C "$home" rev-parse --short HEAD 2>/dev/null || echo unknown) $(nproc) cores $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2)"
dotnet "$bench" --pki "$pki" "$@"
echo "CMP, beside OpenSSL's mock server, which has no CA behind it:"
dotnet "$bench" --pki "$pki" --cmp "$@"
echo "The mailbox alone:"
dotnet "$bench" --queue 1000000
echo "The peer, which has no queue behind it:"
# scepserver cannot be told an address, so it gets a network of its own.
unshare -rn sh -c "ip link set lo up 2>/dev/null || ifconfig lo up; exec dotnet '$bench' --pki '$pki' --peer $*"
