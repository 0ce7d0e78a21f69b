"""Functions whose schemas have another shape."""

import random
from pathlib import Path

from jsonschema import Draft202012Validator

from training.domain_files import load_file
from training.dressing import dress
from training.functions import arguments, draw
from training.reshaping import reshaped

FUNCTION = """
- name: hotel.search
  description: Find a hotel.
  parameters:
    city: {type: string, kind: city}
    view: {type: string, optional: true, enum: {sea: [the sea], hills: [the hills], town: [the town]}}
    nights: {type: integer, kind: int 1 9}
  ask: ["A hotel in {city} for {nights} nights( with a view of {view}|)."]
"""


def test_calls_of_every_shape_fit_their_schema(tmp_path: Path) -> None:
    (tmp_path / "hotels.yaml").write_text(FUNCTION)
    (function,) = load_file(tmp_path / "hotels.yaml")
    rng = random.Random(7)
    lists: list[object] = []
    objects: list[object] = []
    for _ in range(600):
        dressed = dress(reshaped(function, rng), rng)
        call = draw(dressed.function, rng, False)
        given = arguments(dressed.function.parameters, call.values, dressed.rename)
        Draft202012Validator(dressed.spec.parameters).validate(given)
        lists += [value for value in given.values() if isinstance(value, list)]
        objects += [value for value in given.values() if isinstance(value, dict)]
        assert "{" not in call.question()
    assert any(len(value) == 2 for value in lists if isinstance(value, list))
    assert any(set(value) <= {"sea", "hills", "town"} for value in lists if isinstance(value, list))
    assert objects
