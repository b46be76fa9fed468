#!/bin/sh
# make-base-image.sh OUT.tar
# A root file system for `docker import`, for machines without a registry: a minimal Debian with what
# deploy/docker/sandbox/node.Dockerfile installs, and the node and npm of this machine. Tests alone use
# it, under the name of the image that Dockerfile is built on. Once per OUT.tar; others wait for it.
set -eu
out=$1
mkdir -p "$(dirname "$out")"
exec 9>"$out.lock"
flock 9
[ ! -e "$out" ] || exit 0

node=$(realpath "$(command -v node)")
npm=$(dirname "$(dirname "$(realpath "$(command -v npm)")")")
trap 'rm -f "$out.part.tar"' EXIT
mmdebstrap --quiet --mode=root --variant=apt \
  --include=ca-certificates,git,libstdc++6,procps \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Acquire::Languages "none"' \
  --customize-hook='mkdir -p "$1/usr/local/bin" "$1/usr/local/lib/node_modules"' \
  --customize-hook="cp '$node' \"\$1/usr/local/bin/node\"" \
  --customize-hook="cp -R '$npm' \"\$1/usr/local/lib/node_modules/npm\"" \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"' \
  --customize-hook='ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"' \
  --customize-hook='rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*' \
  bookworm "$out.part.tar"
mv "$out.part.tar" "$out"
