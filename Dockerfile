# Two images from one wheel: `api` serves and needs no torch; `tools` also exports encoders.
FROM python:3.12-slim-bookworm AS build
WORKDIR /src
COPY . .
# The wheel carries the encoder. `make install` exports it; where that was not done, it is done here.
RUN export=kgservice/resolution/encoder_files; test -f $export/encoder.json \
    || { pip install --no-cache-dir --constraint constraints.txt ".[encoder]" && python -m kgservice.resolution.export $export; }
# So it is with the pages of the explorer, whose build needs Node: PyPI has it too.
RUN test -f kgservice/explorer/files/index.html \
    || { pip install --no-cache-dir --constraint constraints.txt "uv>=0.9,<1" && python scripts/build_explorer.py; }
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.12-slim-bookworm AS api
RUN useradd --system --uid 10001 --home-dir /var/lib/kgservice --create-home kgservice
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /wheel /wheel
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt /wheel/*.whl && rm -r /wheel
USER kgservice
ENV KG_DATA_DIR=/var/lib/kgservice/data KG_CACHE_DIR=/var/lib/kgservice/cache
ENTRYPOINT ["kgservice"]
CMD ["serve"]

FROM api AS tools
USER root
COPY --from=build /wheel /wheel
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt "$(echo /wheel/*.whl)[encoder]" && rm -r /wheel
USER kgservice
