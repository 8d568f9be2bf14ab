#!/bin/sh
# Every test of the product. The last line is "N passed, N failed, N skipped".
# A word narrows it to the test projects whose name contains it: ./test.sh Store
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$home/tools/setup.sh"
need_dotnet
need_programs postgresql mariadb-server certmonger strongswan-pki libstrongswan-extra-plugins scep openssl chromium
export INTEROP=required
echo "Building ..."
build_release "$home"
touch "$home/artifacts/.built"

results=$home/artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
# Two at a time: most tests wait for databases and processes more than they compute. The longest goes first.
projects=$(find "$home/tests" -name "*.Tests.csproj" -name "*${1:-}*" | sort)
{ echo "$projects" | grep CaServiceWorker || :; echo "$projects" | grep -v CaServiceWorker || :; } |
    xargs -P 2 -I '{}' "$home/tools/test-project.sh" '{}' "$results"
cat "$results"/*.sum | awk '{p+=$1; f+=$2; s+=$3} END{
    printf "%d passed, %d failed, %d skipped\n", p, f, s; exit (f > 0 || p == 0)}'
