"""The numbers of the ranking, their file, and how they are fitted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from name_worlds import sample_source

from kgservice.errors import ConfigurationError
from kgservice.resolution.entities import Family
from kgservice.resolution.evaluation import evaluate
from kgservice.resolution.features import NAMES
from kgservice.resolution.fitting import fit, main
from kgservice.resolution.labelled import LabelledMention, write_labelled
from kgservice.resolution.layer import write_layer
from kgservice.resolution.ranking import NIL_NAMES, Model
from kgservice.resolution.resolver import Resolver


def mentions() -> list[LabelledMention]:
    """Every label of the sample without its third letter, and some that name nothing."""
    rows = sample_source().entities.to_pylist()[::3]
    cut = [
        LabelledMention(row["label"][:2] + row["label"][3:], row["id"])
        for row in rows
        if len(row["label"]) > 5
    ]
    return cut + [LabelledMention(f"{row['label'][::-1]} zq", None) for row in rows[::6]]


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model = Model.read()
    (tmp_path / "weights.json").write_text(model.text())
    again = Model.read(tmp_path / "weights.json")
    np.testing.assert_array_equal(again.weights, model.weights)
    np.testing.assert_array_equal(again.nil, model.nil)
    assert (again.temperature, again.match) == (model.temperature, model.match)
    assert model.weights.shape == (len(Family), len(NAMES))
    assert model.nil.shape == (len(Family), len(NIL_NAMES))


@pytest.mark.parametrize("table", ["weights", "nil"])
def test_missing_and_unknown_numbers_are_named(tmp_path: Path, table: str) -> None:
    content = json.loads(Model.read().text())
    content[table]["title"]["beauty"] = content[table]["title"].pop("exact")
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigurationError, match="title missing or unknown: beauty, exact"):
        Model.read(path)
    del content[table]["name"]
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigurationError, match="of name missing"):
        Model.read(path)


def test_fitting_mends_weights_that_were_spoilt(resolver: Resolver) -> None:
    spoilt = replace(resolver.model, weights=resolver.model.weights * 0, temperature=3.0)
    poor = replace(resolver, model=spoilt)
    fitted = fit(poor, mentions())
    before = evaluate(poor, mentions())[0].quality
    after = evaluate(replace(resolver, model=fitted), mentions())[0].quality
    assert after.recall_1 is not None
    assert before.recall_1 is not None
    assert after.recall_1 > max(0.9, before.recall_1)
    assert after.nil is not None
    assert after.nil > 0.95
    names = [*NAMES]
    fixed = [names.index(name) for name in ("learned", "taught", "identifier")]
    np.testing.assert_array_equal(fitted.weights[:, fixed], spoilt.weights[:, fixed])
    free = [at for at, name in enumerate(names) if name != "initials"]
    assert (fitted.weights[:, free] >= 0).all()
    alike = [NIL_NAMES.index(name) for name in ("alike", "token_set", "exact", "confidence")]
    assert (fitted.nil[:, alike] <= 0).all()
    assert (fitted.nil[:, NIL_NAMES.index("typos")] >= 0).all()
    known = [NIL_NAMES.index(name) for name in ("popularity", "renown")]
    assert (fitted.nil[:, known] == 0).all()


def test_the_command_writes_a_file_that_serves(tmp_path: Path) -> None:
    write_layer(sample_source(), tmp_path / "names")
    write_labelled(tmp_path / "mentions.jsonl", mentions())
    given = [str(tmp_path / "names"), str(tmp_path / "mentions.jsonl")]
    shown = CliRunner().invoke(main, given)
    assert shown.exit_code == 0, shown.output
    written = CliRunner().invoke(main, [*given, "--output", str(tmp_path / "weights.json")])
    assert written.exit_code == 0, written.output
    assert (tmp_path / "weights.json").read_text() == shown.output
    Model.read(tmp_path / "weights.json")
    refused = CliRunner().invoke(main, [str(tmp_path), given[1]])
    assert refused.exit_code == 1
    assert "build the index again" in refused.output
