# The product and every package it runs on, for all parts of Airflow.
#
# Made from Python's own image and not from Airflow's: this way the packages are exactly those of the lock, which the
# tests run with; into Airflow's image they would be installed over other versions of the same ones. Where images are
# pinned by digest, append it to the tag here: `docker buildx imagetools inspect python:3.11.14-slim-bookworm` prints it.

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements-cluster.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
        -r requirements-cluster.txt
COPY pyproject.toml README.md LICENSE ./
COPY plugins/zoho plugins/zoho
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm AS base
# The user and its group are those that Airflow's Helm chart expects; what it writes to is there for volumes to begin
# with, so that they are its own.
RUN useradd --uid 50000 --gid 0 --no-create-home --home-dir /opt/airflow airflow \
    && mkdir -p /opt/airflow/logs /opt/airflow/staging /data \
    && chown -R 50000:0 /opt/airflow /data \
    && chmod -R g=u /opt/airflow /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    AIRFLOW_HOME=/opt/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/airflow/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/airflow/plugins \
    ZOHO_SYNC_INCLUDE=/opt/airflow/include \
    PYTHONUNBUFFERED=1
WORKDIR /opt/airflow

FROM base AS sandbox
COPY sandbox sandbox
USER 50000:0
CMD ["python", "-m", "sandbox", "--host", "0.0.0.0", "--data", "/data/sandbox.db"]

FROM base AS airflow
COPY deploy/entrypoint.sh /entrypoint
COPY deploy/prepare.sh deploy/health.py deploy/
COPY plugins/zoho_plugin.py plugins/
COPY dags dags
COPY --chown=50000:0 include include
USER 50000:0
ENTRYPOINT ["/entrypoint"]
CMD ["airflow", "version"]
