# For the `run` scripts of the examples, which source it: the emulator, and
# checks that say what they saw. Set `name` before; `out` is a folder that is
# removed at the end, `root` the repository's, `target` Cargo's.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
out=$(mktemp -d)
started=()
trap 'stop_all; rm -rf "$out"' EXIT

# Ends what was started, by its id.
stop_all() {
    local id
    for id in "${started[@]}"; do kill "$id" 2>/dev/null || true; done
}

say() { echo "examples/$name: $*"; }

# Compares: what, expected, seen.
check() {
    if [ "$2" != "$3" ]; then
        echo "examples/$name: $1: expected <$2>, got <$3>" >&2
        cat "$out/err" >&2 2>/dev/null || true
        exit 1
    fi
    say "$1: ok"
}

# Checks that a number of bytes is at most another: what, limit, bytes.
check_size() {
    say "$1: $3 bytes, at most $2"
    if [ "$3" -gt "$2" ]; then exit 1; fi
}

# Stops unless these are there: pairs of a command and its package.
need() {
    local missing=
    while [ $# -gt 0 ]; do
        command -v "$1" >/dev/null || missing="$missing $2"
        shift 2
    done
    if [ -n "$missing" ]; then
        echo "missing, by the names of their Debian packages:$missing" >&2
        exit 1
    fi
}

# The same of Rust's targets.
need_targets() {
    local target have
    have=$(rustup target list --installed)
    for target in "$@"; do
        grep -qx "$target" <<<"$have" || {
            echo "missing: rustup target add $target" >&2
            exit 1
        }
    done
}

# Starts the emulator with the functions of examples/functions: its `port`, and
# the credential that it takes, in the environment too.
start_emulator() {
    local line said id=AKIDEXAMPLE key=Gu5t9xGARNpq86cd98joQYCN3EXAMPLE
    (cd "$root" && cargo build -q -p tscf)
    exec {said}< <(exec "$target/debug/tscf" emulator "$root/examples/functions" --quiet \
        --secret-id $id --secret-key $key 2>&1)
    started+=($!)
    port=
    while [ -z "$port" ] && read -r line <&"$said"; do
        echo "$line" >>"$out/emulator"
        port=$(sed -n 's|^listening on http://127.0.0.1:\([0-9]*\).*|\1|p' <<<"$line")
    done
    if [ -z "$port" ]; then
        echo "the emulator did not start:" >&2
        cat "$out/emulator" >&2 || true
        exit 1
    fi
    export TENCENTCLOUD_SECRET_ID=$id TENCENTCLOUD_SECRET_KEY=$key
    unset TENCENTCLOUD_SESSION_TOKEN TENCENTCLOUD_REGION
}

# Makes a Python environment with the packages of a list, unless it is there,
# and prints the path of its interpreter: name, list.
python_environment() {
    local venv=$target/$1
    if ! cmp -s "$2" "$venv/installed"; then
        {
            rm -rf "$venv"
            python3 -m venv "$venv"
            "$venv/bin/pip" install -q --disable-pip-version-check -r "$2"
            cp "$2" "$venv/installed"
        } >&2
    fi
    echo "$venv/bin/python"
}
