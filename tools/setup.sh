# shellcheck shell=sh
# What a fresh machine needs. Sourced by ./pki and ./test.sh.
# As root the missing Debian packages are installed; otherwise the exact line to run is printed.

need_dotnet() {
    command -v dotnet >/dev/null 2>&1 && return 0
    echo "The .NET SDK 10 is missing. Install it (https://dot.net) and run this again." >&2
    exit 1
}

# The Debian package that carries a program, told by a file of it.
has_package() {
    case "$1" in
        postgresql) ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 ;;
        mariadb-server) [ -x /usr/sbin/mariadbd ] || command -v mariadbd >/dev/null 2>&1 ;;
        certmonger) [ -x /usr/lib/certmonger/scep-submit ] ;;
        strongswan-pki) [ -x /usr/bin/pki ] ;;
        libstrongswan-extra-plugins) ls /usr/lib/ipsec/plugins/libstrongswan-curl.so >/dev/null 2>&1 ;;
        scep) [ -x /usr/bin/scepserver ] ;;
        chromium) command -v chromium >/dev/null 2>&1 ;;
        openssl) command -v openssl >/dev/null 2>&1 ;;
        *) return 1 ;;
    esac
}

need_programs() {
    missing=
    for package in "$@"; do has_package "$package" || missing="$missing $package"; done
    [ -z "$missing" ] && return 0
    install="apt-get install -y --no-install-recommends$missing"
    if [ "$(id -u)" != 0 ]; then
        echo "Missing Debian packages. Run: sudo apt-get update && sudo $install" >&2
        exit 1
    fi
    echo "Installing$missing ..." >&2
    # The private servers are ours; the packages' own must neither start nor take ports.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { apt-get update && $install; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "That failed: $install" >&2
        exit 1
    fi
    rm -f "$log"
}

build_release() {
    log=$(mktemp)
    if ! dotnet build "$1/Pki.sln" -c Release --nologo -v q >"$log" 2>&1; then
        grep -E 'error|warn' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
        exit 1
    fi
    rm -f "$log"
}
