"""Names to resolve: the sample's, with and without the encoder, and small tables made at will."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from name_worlds import Indexed, Named, sample_source, source

from kgservice.resolution.encoder import OnnxEncoder, packaged_encoder
from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    """An index, without vectors, of entities made by hand."""

    def build(entities: Iterable[Named]) -> NameIndex:
        place = tmp_path / f"names-{len(list(tmp_path.iterdir()))}"
        write_layer(source(entities), place)
        return NameIndex.open(place)

    return build


@pytest.fixture(scope="session")
def sample_names(tmp_path_factory: pytest.TempPathFactory) -> NameIndex:
    """The names of the sample, found by their letters alone."""
    place = tmp_path_factory.mktemp("letters") / "names"
    write_layer(sample_source(), place)
    return NameIndex.open(place)


@pytest.fixture(scope="session")
def resolver(sample_names: NameIndex) -> Resolver:
    """Resolves the sample's names by letters alone."""
    return Resolver(sample_names)


@pytest.fixture(scope="session")
def encoder() -> OnnxEncoder:
    """The encoder that `make install` exports."""
    found = packaged_encoder()
    if found is None:
        pytest.skip("no encoder was exported: run `make install`")
    return found


@pytest.fixture(scope="session")
def meaning(encoder: OnnxEncoder, tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    """Resolves the sample's names by letters and by meaning."""
    place = tmp_path_factory.mktemp("meaning") / "names"
    write_layer(sample_source(), place, encoder=encoder)
    return Resolver(NameIndex.open(place), encoder)
