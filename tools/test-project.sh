#!/bin/sh
# Runs one built test project and says how it went; called by test.sh. Leaves "passed failed skipped" in RESULTS/NAME.
# Usage: tools/test-project.sh PROJECT.csproj RESULTS
set -u
name=$(basename "$1" .csproj)
results=$2
program=$(dirname "$1")/../../artifacts/bin/$name/release/$name.dll # MSBuild would need seconds to find it
start=$(date +%s)
dotnet test "$program" --logger "console;verbosity=detailed" >"$results/$name.log" 2>&1
code=$?
awk '/^ *Passed: /{p=$2} /^ *Failed: /{f=$2} /^ *Skipped: /{s=$2} END{print p+0, f+0, s+0}' "$results/$name.log" >"$results/$name.sum"
read -r p f s <"$results/$name.sum"
if [ "$code" != 0 ] && [ "$f" = 0 ]; then
    f=1 # a run that broke before it could count
    echo "$p $f $s" >"$results/$name.sum"
fi
{
    echo "== $name"
    # What failed or was skipped, and why.
    awk '/^  (Failed|Skipped) / {show = 1} /^  Passed |^Test Run / {show = 0} show && shown++ < 300 {print substr($0, 1, 300)}' "$results/$name.log"
    [ "$p$s" != 00 ] || tail -n 200 "$results/$name.log"
    echo "   $p passed, $f failed, $s skipped in $(($(date +%s) - start)) s"
} >"$results/$name.txt"
cat "$results/$name.txt"
