# Tests of Node repositories run in here, as an ordinary user, without network, on a read-only root.
ARG BASE=node:22-bookworm-slim
FROM ${BASE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git procps \
  && rm -rf /var/lib/apt/lists/*
# Empty: no pnpm.
ARG PNPM=10.18.0
RUN [ -z "${PNPM}" ] || npm install --global "pnpm@${PNPM}"
