# The server with the page and the default bundle, on OpenVINO: no TensorFlow, no root, nothing written.
#   docker build -t dermsplit .
#   docker run --read-only -p 127.0.0.1:8000:8000 -e DERMSPLIT_ALLOWED_HOSTS=localhost,127.0.0.1 dermsplit

FROM node:20-slim AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY web ./
# It lands in /src/server/dermsplit_server/page.
RUN npm run --silent build

FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements/bootstrap.txt requirements/serve-openvino.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/serve-openvino.txt
COPY pyproject.toml README.md LICENSE ./
COPY contract contract
COPY server server
COPY convert convert
COPY training training
COPY --from=page /src/server/dermsplit_server/page server/dermsplit_server/page
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /venv/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11-slim
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DERMSPLIT_HOST=0.0.0.0 \
    DERMSPLIT_ENGINE=openvino \
    DERMSPLIT_LOG_FORMAT=json
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as ask; ask.urlopen('http://127.0.0.1:8000/v2/health/ready', timeout=2)"]
# It refuses to start until DERMSPLIT_ALLOWED_HOSTS says by which names it goes.
CMD ["dermsplit", "serve"]
