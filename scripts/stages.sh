# Sourced by check and test: stages that run side by side, each with its output kept to itself.
#
#   stage NAME COMMAND…   starts a command; its output is shown when it fails, or is the last one
#   settle                waits for those begun so far and says one line for each
#   finish                settles, shows the last one's output, exits 1 if any stage failed

OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT
WORKERS=$(($(nproc 2>/dev/null || echo 2) * 3 / 2)) # most tests wait for processes more than they compute
NAMES=() PIDS=() FAILED=0

stage() {
    local name=$1 log=$OUT/${#NAMES[@]}
    shift
    (SECONDS=0; code=0; "$@" >"$log" 2>&1 || code=$?; echo "$SECONDS" >"$log.seconds"; exit "$code") &
    PIDS[${#NAMES[@]}]=$!
    NAMES+=("$name")
}

static_stages() {
    stage "ruff format" "$PYTHON" -m ruff format --check .
    stage "ruff check" "$PYTHON" -m ruff check .
    stage "import contracts" "$VENV/bin/lint-imports"
    stage "mypy --strict" "$PYTHON" -m mypy
}

# The folders of tests that hold any.
present() {
    local folder
    for folder in "$@"; do
        [ -z "$(find "$folder" -name 'test_*.py' -print -quit 2>/dev/null)" ] || printf '%s ' "$folder"
    done
}

# Wait for the stages begun since the last time; say one line for each.
settle() {
    local i
    for i in "${!PIDS[@]}"; do
        if wait "${PIDS[$i]}"; then
            printf 'ok      %s (%s s)\n' "${NAMES[$i]}" "$(cat "$OUT/$i.seconds")"
        else
            FAILED=1
            [ "$i" = "${LAST:-}" ] || cat "$OUT/$i"
            printf 'FAILED  %s (%s s)\n' "${NAMES[$i]}" "$(cat "$OUT/$i.seconds")"
        fi
        unset "PIDS[$i]"
    done
}

# Settle; the output of the last stage is shown in any case, at the end.
finish() {
    LAST=$((${#NAMES[@]} - 1))
    settle
    cat "$OUT/$LAST"
    exit "$FAILED"
}
