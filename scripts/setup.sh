#!/bin/sh
# Makes .venv from requirements.lock with uv, and fetches what is missing on a fresh machine.
set -eu

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

[ -n "${PYTHON:-}" ] || fail "Python 3.11 or newer was not found; install it and run again"

# What the person has told pip about a mirror and its certificate is told to uv as well.
if [ -n "${PIP_INDEX_URL:-}" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
	export UV_DEFAULT_INDEX="$PIP_INDEX_URL"
fi
if [ -n "${PIP_CERT:-}" ] && [ -z "${SSL_CERT_FILE:-}" ]; then
	export SSL_CERT_FILE="$PIP_CERT"
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
	fetch_uv || fail "uv could not be fetched with pip; install uv and run again"
	UV=$(find_uv) || fail "pip fetched uv, but it is not in .tools/bin; install uv and run again"
}

# Runs `uv pip`; where a certificate is not trusted, once more with those of the system.
uv_pip() {
	told=$("$UV" pip "$@" 2>&1) && return
	if printf '%s' "$told" | grep -qi 'certificate\|UnknownIssuer'; then
		say "a certificate is not among uv's own; trying with those of the system"
		# one variable, by its newer and its older name
		told=$(UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 "$UV" pip "$@" 2>&1) && return
	fi
	printf '%s\n' "$told" >&2
	return 1
}

"$UV" venv --quiet --allow-existing --python "$PYTHON" .venv ||
	fail ".venv could not be made with $PYTHON; remove .venv and run again"
uv_pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock ||
	fail "the packages of requirements.lock could not be installed; check the network," \
		"or set PIP_INDEX_URL and PIP_CERT for a mirror, and run again"
uv_pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable . ||
	fail "DeepCode itself could not be installed into .venv; remove .venv and run again"

if [ "$(uname)" = Linux ] && ! command -v bwrap >/dev/null 2>&1; then
	install_package bubblewrap && say "installed bubblewrap for the sandbox" ||
		say "bubblewrap could not be installed here; generated code runs at the sandbox level" \
			"\`reduced\` (install the package bubblewrap for \`strong\`)"
fi
