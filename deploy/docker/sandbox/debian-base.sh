#!/bin/sh
# debian-base.sh LANGUAGE: makes the image hil-base:LANGUAGE (python, java or all) out of Debian packages,
# for machines that reach a Debian mirror and no registry. It has all that LANGUAGE.Dockerfile installs, so
# that is then built without network:
#
#   deploy/docker/sandbox/debian-base.sh java
#   npm run sandbox:images -- java --network=none --build-arg=BASE=hil-base:java
#
# Needs root, mmdebstrap and docker. Debian 12 has Java 17, Maven 3.8 and Python 3.11; it has no .NET.
set -eu
common=ca-certificates,git,procps
python=gcc,libc6-dev,python3,python3-pip,python3-venv
java=maven,openjdk-17-jdk-headless
case ${1-} in
  python) packages=$common,$python ;;
  java) packages=$common,$java ;;
  all) packages=$common,$python,$java ;;
  *)
    echo 'usage: debian-base.sh python|java|all' >&2
    exit 2
    ;;
esac
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# The package lists are left out: what is installed already is found without them. Java's package fails
# where the folder of manual pages is missing, so the folder itself stays.
mmdebstrap --quiet --mode=root --variant=apt --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Acquire::Languages "none"' \
  --customize-hook='rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/*' \
  bookworm "$out/root.tar"
docker import "$out/root.tar" "hil-base:$1"
