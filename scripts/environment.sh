# Sourced by the other scripts: finds a Python and keeps .venv in the
# repository root.
#
#   prepare run     the package with all extras for its users
#   prepare docs    the same as run, and what builds the documentation
#   prepare test    all of that and the test extras
#   prepare dev     all of that and the tools of those who develop it
#
# `prepare` reuses a finished environment. A stamp is written last, so that an environment which
# was interrupted half-way, or was made for other requirements, another Python or another folder,
# has no valid stamp and is made anew.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
venv="$root/.venv"
PATH="${PATH//"$venv/bin:"/}"  # an activated .venv must not be used to remake itself

say() { printf '%s\n' "$*" >&2; }

# Prints the Python version if $1 is a Python that can make environments; otherwise says why not.
# 3: no such command or too old, 4: the venv module is missing.
probe() {
    command -v "$1" >/dev/null 2>&1 || return 3
    "$1" - 2>/dev/null <<'PROBE'
import importlib.util, platform, sys
if sys.version_info < (3, 11):
    sys.exit(3)
if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
    sys.exit(4)
print(platform.python_implementation(), platform.python_version(), platform.machine())
PROBE
}

# Sets `python` and `python_version`, or stops with a message.
find_python() {
    local candidate code without_venv=""
    local candidates=(python3.14 python3.13 python3.12 python3.11 python3)
    [[ -z "${PYTHON:-}" ]] || candidates=("$PYTHON")
    for candidate in "${candidates[@]}"; do
        code=0
        python_version=$(probe "$candidate") || code=$?
        if ((code == 0)); then
            python=$candidate
            return
        fi
        ((code != 4)) || without_venv=${without_venv:-$candidate}
    done
    if [[ -n "$without_venv" ]]; then
        say "error: $without_venv has no venv module. On Debian or Ubuntu: apt install python3-venv"
    elif [[ -n "${PYTHON:-}" ]]; then
        say "error: PYTHON=$PYTHON is not a Python 3.11 or newer."
    else
        say "error: Python 3.11 or newer is needed; none found (tried ${candidates[*]})." \
            "Install one, or name it: PYTHON=/path/to/python3 $0"
    fi
    exit 1
}

# The requirements, the Python and the folder, as one sha256 (sha256sum is not on every system).
fingerprint() {
    {
        printf '%s\n' "$python_version" "$root"
        cat "$root/pyproject.toml" "$root/constraints.txt"
    } | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

stamped() { [[ -x "$venv/bin/python" && "$(cat "$venv/stamp-$1" 2>/dev/null)" == "$2" ]]; }

install() {
    "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check \
        --constraint "$root/constraints.txt" "$@" >&2 </dev/null && return
    say "error: the installation failed (see above). Nothing is broken: call again to retry."
    exit 1
}

prepare() {
    local kind=$1 key extras="[all]" tools stamps=(run)
    find_python
    key=$(fingerprint)
    if stamped "$kind" "$key"; then return; fi
    [[ "$kind" != docs ]] || { extras="[all,docs]" tools="what builds the documentation" stamps=(run docs); }
    [[ "$kind" != test ]] ||
        { extras="[all,docs,test]" tools="the test tools" stamps=(run docs test); }
    [[ "$kind" != dev ]] ||
        { extras="[all,docs,test,dev]" tools="the tools of developers" stamps=(run docs test dev); }
    if stamped run "$key"; then
        say "Adding $tools to .venv (about half a minute) ..."
        rm -f "$venv"/stamp-*
    else
        [[ ! -e "$venv" ]] || say "Removing .venv: it is unfinished or out of date."
        rm -rf "$venv"
        say "Making .venv with $python_version and installing the pinned requirements (about a minute) ..."
        "$python" -m venv "$venv"
    fi
    # The build tool comes from constraints.txt too, hence no isolated (unpinned) build.
    install hatchling editables
    install --no-build-isolation --editable "$root$extras"
    printf '%s\n' "$key" | tee "${stamps[@]/#/"$venv/stamp-"}" >/dev/null
}

# Prints the browser that the page is tested in, or nothing.
find_browser() {
    local candidate
    for candidate in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$candidate" 2>/dev/null; then return; fi
    done
}

# Prints the extension of PostgreSQL that the export to databases is tested with, or nothing.
find_postgis() {
    local candidate
    for candidate in /usr/share/postgresql/*/extension/postgis.control; do
        [[ ! -e "$candidate" ]] || printf '%s\n' "$candidate"
    done
}

# Prints the program of QGIS that the plugin is tested with, or nothing.
find_qgis() { command -v qgis_process.bin || command -v qgis_process || true; }

# Installs what pip cannot, where that is possible without asking; never fails: Debian's chromium,
# in which the page is tested, PostgreSQL with PostGIS, which the tests start for themselves, and
# QGIS for the plugin (about 240 MB to download, and 1.1 GB on the disk).
get_system_tools() {
    local missing=()
    [[ -n "$(find_browser)" ]] || missing+=(chromium)
    [[ -n "$(find_postgis)" ]] || missing+=(postgresql-postgis)
    [[ -n "$(find_qgis)" ]] || missing+=(qgis)
    ((${#missing[@]})) || return 0
    if ((EUID != 0)) || ! command -v apt-get >/dev/null 2>&1; then
        say "No ${missing[*]}, and it cannot be installed here (it needs root and apt-get)."
        return 0
    fi
    say "Installing Debian's ${missing[*]} for the tests ..."
    apt-get update -qq >/dev/null </dev/null || true
    local package
    for package in "${missing[@]}"; do
        get_package "$package" >/dev/null 2>&1 </dev/null ||
            say "The installation of $package failed; its tests will be skipped."
    done
}

get_package() {
    local names=("$1")
    if [[ "$1" == postgresql-postgis ]]; then  # its name has the version of PostgreSQL in it
        mapfile -t names < <(apt-cache --names-only search '^postgresql-[0-9]+-postgis-3$' |
            cut -d ' ' -f 1 | sort --version-sort | tail -n 1)
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}"
}
