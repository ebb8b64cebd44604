# The image that serves: web, worker and schedule are one image with different commands (docker-compose.yml).
# What is compiled or downloaded stays in the first stages; the last has Python, our packages, and nobody's rights.

FROM ghcr.io/astral-sh/uv:0.12.1@sha256:cf4eedcaa81655197f625739489effcbe71b61ceb1506f332c3facae5deceded AS uv

FROM python:3.12-slim-bookworm AS build
COPY --from=uv /uv /usr/local/bin/uv
# Bytecode is made here, since nothing may be written where the image runs.
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/opt/knotwise
WORKDIR /src
# The packages of others first: this layer stays while only our code changes.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --extra s3 --no-install-project
COPY README.md LICENSE ./
COPY storefront storefront
COPY catalog_import catalog_import
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --extra s3 --no-editable
# Needs no secret: without DATABASE_URL there is nothing that a key could protect, and one is made for the moment.
RUN STATIC_ROOT=/opt/static /opt/knotwise/bin/storefront manage collectstatic --no-input

FROM python:3.12-slim-bookworm
# A number of its own, so that volumes have the same owner on every machine. The folder of pictures is made here: a new
# volume takes its owner from it.
RUN groupadd --gid 10001 knotwise \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin knotwise \
    && install --directory --owner=10001 --group=10001 /var/lib/knotwise /var/lib/knotwise/media
COPY --from=build /opt/knotwise /opt/knotwise
COPY --from=build /opt/static /opt/static
COPY sample_data /opt/sample_data
ENV PATH=/opt/knotwise/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    STATIC_ROOT=/opt/static \
    MEDIA_ROOT=/var/lib/knotwise/media \
    KNOTWISE_HOME=/tmp/knotwise \
    CACHE_FOLDER=/tmp/knotwise/cache
WORKDIR /opt
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Whoever listens inside a container has to listen on all of its addresses; which of them others reach is for its networks.
ENV HOST=0.0.0.0
CMD ["storefront", "serve"]
