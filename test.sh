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

out=$(mktemp)
failed_runs=0
for project in "$home"/tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    case "$name" in *"${1:-}"*) ;; *) continue ;; esac
    echo "== $name"
    start=$(date +%s)
    dotnet test "$project" -c Release --no-build --nologo -v q --logger "console;verbosity=detailed" >"$out.one" 2>&1 || failed_runs=$((failed_runs + 1))
    # What failed or was skipped, and why.
    awk '/^  (Failed|Skipped) / {show = 1} /^  Passed |^Test Run / {show = 0} show && shown++ < 300 {print substr($0, 1, 300)}' "$out.one"
    awk '/^ *Passed: /{p=$2} /^ *Failed: /{f=$2} /^ *Skipped: /{s=$2} END{print p+0, f+0, s+0}' "$out.one" >"$out.sum"
    read -r p f s <"$out.sum"
    echo "   $p passed, $f failed, $s skipped in $(($(date +%s) - start)) s"
    [ "$p$f" != 00 ] || { cat "$out.one"; }
    echo "$p $f $s" >>"$out"
done

awk -v runs="$failed_runs" '{p+=$1; f+=$2; s+=$3} END{
    if (runs > 0 && f == 0) f = runs   # a run that broke before it could count
    printf "%d passed, %d failed, %d skipped\n", p, f, s; exit (f > 0 || p == 0)}' "$out"
