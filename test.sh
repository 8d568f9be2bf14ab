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
# The test processes live for seconds or minutes: compiling methods a second time costs them a third more than it brings.
export DOTNET_TieredPGO=0 DOTNET_TC_CallCounting=0
# Two at a time: most tests wait for databases and processes more than they compute. The longest go first, so that none is
# left alone at the end.
find "$home/tests" -name "*.Tests.csproj" -name "*${1:-}*" | sort >"$results/projects"
for name in CaServiceWorker Pki.Cli Interop Ca.Cmp Pki.Migration Ca.Core AdminWeb; do
    grep "/$name.Tests.csproj" "$results/projects" || :
done | cat - "$results/projects" | awk '!seen[$0]++' |
    xargs -P 2 -I '{}' "$home/tools/test-project.sh" '{}' "$results"
cat "$results"/*.sum | awk '{p+=$1; f+=$2; s+=$3} END{
    printf "%d passed, %d failed, %d skipped\n", p, f, s; exit (f > 0 || p == 0)}'
