# Tests of Python repositories run in here. A compiler is for dependencies that have no wheel.
ARG BASE=python:3.12-slim-bookworm
FROM ${BASE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates gcc git libc6-dev procps \
  && rm -rf /var/lib/apt/lists/*
