# Sourced by the other scripts: finds Python, makes .venv the first time, and is quick afterwards.
#
#   . "$(dirname "$0")/common.sh"
#   need shop         the locked packages that a shop runs     → $PYTHON
#   need centre       those, and what its centre needs         → $PYTHON
#   need developer    those, and the tools of tests and checks → $PYTHON
#
# COMPTOIR_PYTHON names the Python to build with; COMPTOIR_VENV another place for the environment.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=${COMPTOIR_VENV:-$ROOT/.venv}
PYTHON=$VENV/bin/python
VERSION=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$ROOT/pyproject.toml")
export PYTHONUTF8=1
cd "$ROOT"

progress() { printf '%s\n' "$*" >&2; }

give_up() {
    progress "$*"
    exit 1
}

find_python() {
    local name
    for name in "${COMPTOIR_PYTHON:-python3}" python3.11 python3.12 python3.13 python3.14; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    give_up "Comptoir needs Python 3.11 or newer: apt-get install python3 python3-venv"
}

# Debian's python3 comes without ensurepip, so that a venv has no pip: borrow one, or install it.
make_venv() {
    local python=$1
    rm -rf "$VENV"
    "$python" -m venv "$VENV" >/dev/null 2>&1 && return
    borrow_pip "$python" && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        progress "Installing python3-venv…"
        (apt-get update -qq && apt-get install -y -qq python3-venv) >/dev/null 2>&1 || true
        "$python" -m venv --clear "$VENV" >/dev/null 2>&1 && return
    fi
    rm -rf "$VENV"
    give_up "Python cannot make an environment; run: sudo apt-get install python3-venv"
}

borrow_pip() {
    "$1" -m pip --version >/dev/null 2>&1 || return 1
    "$1" -m venv --clear --without-pip "$VENV" >/dev/null 2>&1 || return 1
    "$1" -m pip --python "$PYTHON" install -q pip >/dev/null 2>&1
}

# Three tries: a package index may be slow or away for a moment.
install() {
    local lock=$1 try
    for try in 1 2 3; do
        "$PYTHON" -m pip install -q --disable-pip-version-check --no-input \
            --require-hashes --only-binary :all: -r "$lock" >"$VENV/install.log" 2>&1 && return
        [ "$try" = 3 ] || { progress "The package index did not answer well; trying again…"; sleep "$try"; }
    done
    tail -n 5 "$VENV/install.log" >&2
    give_up "The packages of $lock could not be installed; $VENV/install.log says why."
}

# The checkout itself needs no build: a path file shows it to Python, a note its version, and two
# lines are each command.
show_checkout() {
    local packages note
    packages=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    rm -rf "$packages"/comptoir-*.dist-info
    note=$packages/comptoir-$VERSION.dist-info
    mkdir "$note"
    printf 'Metadata-Version: 2.1\nName: comptoir\nVersion: %s\n' "$VERSION" >"$note/METADATA"
    printf '%s\n' "$ROOT" >"$packages/comptoir-checkout.pth"
    show_command comptoir pos.main
    show_command comptoir-central sync.central.commands
}

show_command() {
    printf '#!/bin/sh\nexec "%s" -m %s "$@"\n' "$PYTHON" "$2" >"$VENV/bin/$1"
    chmod +x "$VENV/bin/$1"
}

stamped() { [ -x "$PYTHON" ] && [ "$(cat "$VENV/.stamp-$1" 2>/dev/null)" = "$(seal "$2")" ]; }

# What an environment was made for: this place, this version, this lock.
seal() { echo "$ROOT $VERSION $(digest "$1")"; }

digest() { { sha256sum "$1" 2>/dev/null || shasum -a 256 "$1"; } | cut -c1-64; }

prepare() {
    local name=$1 lock=$2 python
    if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        progress "Making Comptoir's own environment (first time)…"
        make_venv "$python"
    fi
    progress "Installing the locked packages; a minute at most, once…"
    install "$lock"
    show_checkout
    seal "$lock" >"$VENV/.stamp-$name"
}

need() {
    stamped developer requirements-dev.lock && return
    [ "$1" != developer ] && stamped centre requirements-centre.lock && return
    [ "$1" = shop ] && stamped shop requirements.lock && return
    exec 9<"$ROOT/scripts/common.sh" # two scripts at once: the second waits for the first
    ! command -v flock >/dev/null || flock 9
    case $1 in
        shop) stamped shop requirements.lock || prepare shop requirements.lock ;;
        centre) stamped centre requirements-centre.lock || prepare centre requirements-centre.lock ;;
        developer) stamped developer requirements-dev.lock || prepare developer requirements-dev.lock ;;
    esac
    exec 9<&-
}

# A real browser for the tests of what customers see: Debian's Chromium, or what COMPTOIR_CHROMIUM names.
need_browser() {
    COMPTOIR_CHROMIUM=${COMPTOIR_CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
    if [ -z "$COMPTOIR_CHROMIUM" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        progress "Installing chromium for the tests…"
        (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium) \
            </dev/null >/dev/null 2>&1 || true
        COMPTOIR_CHROMIUM=$(command -v chromium || true)
    fi
    [ -n "$COMPTOIR_CHROMIUM" ] || give_up "The tests need a browser: sudo apt-get install chromium"
    export COMPTOIR_CHROMIUM
}

# A real print spooler for the tests of printers behind one; without it they are skipped by name.
want_spooler() {
    if [ ! -x /usr/sbin/cupsd ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        progress "Installing cups for the tests…"
        (apt-get update -qq && apt-get install -y -qq --no-install-recommends cups cups-client) \
            </dev/null >/dev/null 2>&1 || true
    fi
}
