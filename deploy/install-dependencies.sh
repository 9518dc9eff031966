#!/usr/bin/env bash
# Installs the Debian packages that building, testing and running need; does nothing when all are there.
# Usage: deploy/install-dependencies.sh [--run-only]   (--run-only: what an installed tree needs)
set -euo pipefail

run=(
  libcurl4            # HTTP client
  libdnnl2            # matrix products
  libgomp1            # oneDNN's threads
  libnlopt0           # fits
  libsentencepiece0   # tokenizer
  libsqlite3-0        # registry
  libssl3             # digests
  gnuplot-nox         # figures
  libsword-utils      # mod2imp, which reads the SWORD texts of the corpus
  sqlite3             # SQL over the registry
)
build=(
  libcurl4-openssl-dev
  libdnnl-dev
  libnlopt-dev
  libsentencepiece-dev
  libsqlite3-dev
  libssl-dev
  zlib1g-dev
  binutils            # strip, at installation
  gzip                # dictd dictionaries of the corpus
  make
  openssl             # certificates of the tests
  pkg-config
)

packages=("${run[@]}")
if [[ "${1:-}" != --run-only ]]; then
  packages+=("${build[@]}")
fi

missing=()
for package in "${packages[@]}"; do
  if ! dpkg-query --show --showformat '${db:Status-Status}\n' "$package" 2>/dev/null |
    grep -qx installed; then
    missing+=("$package")
  fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

echo "installing: ${missing[*]}"
as_root=()
if [[ $EUID -ne 0 ]]; then
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update --quiet --quiet
"${as_root[@]}" apt-get install --yes --quiet --quiet --no-install-recommends "${missing[@]}" \
  >/dev/null
