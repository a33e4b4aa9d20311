# Sourced by every script: where things are, and which Rust compiler builds both halves of kyhop.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C.UTF-8
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export ROOT
export KYHOP_CACHE="${KYHOP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kyhop}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$ROOT/target}"
export KYHOP_SITE_DIR="${KYHOP_SITE_DIR:-$ROOT/target/site}"
export FIGURES_DIR="$ROOT/target/figures"
export WASM_TARGET=wasm32-unknown-unknown
mkdir -p "$KYHOP_CACHE"

# The compiler that is already first on PATH serves when it can build for the browser;
# else Debian's (packages rustc-web, cargo-web) goes first, so that one compiler builds server and browser alike.
rust_has_wasm() { # rustc
  local sysroot
  sysroot=$("$1" --print sysroot 2>/dev/null) && compgen -G "$sysroot/lib/rustlib/$WASM_TARGET/lib/libstd-*.rlib" >/dev/null
}
if [ -x /usr/bin/rustc ] && [ "$(command -v rustc)" != /usr/bin/rustc ] && ! rust_has_wasm rustc; then
  export PATH="/usr/bin:$PATH"
fi
# A newer Node.js than the machine's own, where scripts/setup had to bring one.
if [ -x "$KYHOP_CACHE/node/bin/node" ]; then export PATH="$KYHOP_CACHE/node/bin:$PATH"; fi

# What scripts/setup built or fetched: cargo-deny, pyhanko, certomancer.
export PATH="$PATH:$KYHOP_CACHE/bin"

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() { printf '\033[31merror:\033[0m %s\n' "$*" >&2; exit 1; }
now_ms() { date +%s%3N; }
sha256() { sha256sum | cut -c1-64; }

# figure NAME VALUE UNIT HOW...: leaves one measured number for scripts/figures.
figure() {
  local name=$1 value=$2 unit=$3
  shift 3
  mkdir -p "$FIGURES_DIR"
  printf '{"name":"%s","value":%s,"unit":"%s","how":"%s","at":"%s"}\n' "$name" "$value" "$unit" "$*" "$(date -u +%FT%TZ)" \
    >"$FIGURES_DIR/$name.json"
}

# Runs a command as root: directly, or through sudo (which may ask for a password only at a terminal).
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    if [ -t 0 ] && [ -z "${CI:-}" ]; then sudo "$@"; else sudo -n "$@"; fi
  else
    fail "this needs root and there is no sudo here. As root, run: $*"
  fi
}
