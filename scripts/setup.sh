#!/bin/sh
# Makes .venv from requirements.lock with uv, and fetches what is missing on a fresh machine.
set -eu

say() { printf 'setup: %s\n' "$*" >&2; }

if [ -z "${PYTHON:-}" ]; then
	say "Python 3.11 or newer was not found; install it and run again"
	exit 1
fi

# Runs a command as root where that needs no password; fails where it would.
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"
	else return 1
	fi
}

install_package() {
	if command -v apt-get >/dev/null 2>&1; then
		as_root sh -c "apt-get install -y -q $1 || { apt-get update -q && apt-get install -y -q $1; }"
	elif command -v dnf >/dev/null 2>&1; then as_root dnf install -y -q "$1"
	elif command -v pacman >/dev/null 2>&1; then as_root pacman -S --noconfirm "$1"
	elif command -v apk >/dev/null 2>&1; then as_root apk add "$1"
	else return 1
	fi >/dev/null 2>&1
}

find_uv() {
	if command -v uv >/dev/null 2>&1; then command -v uv
	elif [ -x .tools/bin/uv ]; then echo .tools/bin/uv
	else return 1
	fi
}

fetch_uv() {
	say "uv is missing; fetching it with pip"
	"$PYTHON" -m pip install --quiet --target .tools uv 2>/dev/null && return
	"$PYTHON" -m ensurepip --version >/dev/null 2>&1 || install_package python3-venv || true
	"$PYTHON" -m venv .tools && .tools/bin/python -m pip install --quiet uv
}

UV=$(find_uv) || {
	fetch_uv || { say "neither uv nor pip is here; install one of them and run again"; exit 1; }
	UV=$(find_uv)
}

"$UV" venv --quiet --allow-existing --python "$PYTHON" .venv
"$UV" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
"$UV" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .

if [ "$(uname)" = Linux ] && ! command -v bwrap >/dev/null 2>&1; then
	install_package bubblewrap && say "installed bubblewrap for the sandbox" ||
		say "bubblewrap could not be installed here; generated code runs at the sandbox level" \
			"\`reduced\` (install the package bubblewrap for \`strong\`)"
fi
