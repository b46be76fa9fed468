# For repositories in several languages, and in place of any of the others.
ARG NODE=node:22-bookworm-slim
ARG BASE=mcr.microsoft.com/dotnet/sdk:8.0-bookworm-slim
FROM ${NODE} AS node
FROM ${BASE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    ca-certificates gcc git libc6-dev maven openjdk-17-jdk-headless procps \
    python3 python3-pip python3-venv \
  && rm -rf /var/lib/apt/lists/*
COPY --from=node /usr/local/bin /usr/local/bin
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
# Empty: no pnpm.
ARG PNPM=10.18.0
RUN [ -z "${PNPM}" ] || npm install --global "pnpm@${PNPM}"
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
