"""Compiled selections against the standard executor: the same data, the same errors, on anything.

Resolvers hand out what no type checker would let pass: nulls where none may be, values of other
classes, objects whose attributes raise. Both executors are asked the same.
"""

from __future__ import annotations

import asyncio
import enum
from random import Random
from typing import Any

import pytest
import strawberry
from graphql import execute, get_named_type, is_leaf_type, parse
from strawberry.execution import optimized_is_awaitable

from kgservice.api.executing import CompiledExecution
from kgservice.api.types.values import SCALARS, Long


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.interface
class Thing:
    id: strawberry.ID


@strawberry.type
class Origin:
    id: strawberry.ID
    score: float | None


@strawberry.type
class Tie:
    colour: Colour
    weight: float
    end: Item
    origins: list[Origin]
    note: str | None = None


@strawberry.type
class Item(Thing):
    id: strawberry.ID
    name: str
    number: int
    count: Long
    sure: bool
    tags: list[str]
    ties: list[Tie]
    table: list[list[int]] | None = None

    @strawberry.field
    def shout(self) -> str:
        return self.name.upper()

    @strawberry.field
    async def later(self, times: int = 1) -> str:
        await asyncio.sleep(0)
        return self.name * times


class Raising:
    """Looks like an item until one attribute is read."""

    def __init__(self, item: Item):
        self._item = item

    def __getattr__(self, name: str) -> Any:
        if name == "number":
            raise RuntimeError(f"no number of {self._item.id}")
        return getattr(self._item, name)


@strawberry.type
class Query:
    @strawberry.field
    async def items(self, info: strawberry.Info) -> list[Item]:
        return info.context["items"]

    @strawberry.field
    def maybe(self, info: strawberry.Info) -> list[Item | None]:
        return info.context["items"]

    @strawberry.field
    def first(self, info: strawberry.Info) -> Item | None:
        return next(iter(info.context["items"]), None)

    @strawberry.field
    def things(self, info: strawberry.Info) -> list[Thing | None]:
        return info.context["items"]

    @strawberry.field
    def frozen(self, info: strawberry.Info) -> list[Item]:
        return tuple(info.context["items"])


def schema(**more: Any) -> strawberry.Schema:
    quiet = type("Quiet", (strawberry.Schema,), {"process_errors": lambda *_: None})
    return quiet(
        Query, types=[Item], config=strawberry.schema.config.StrawberryConfig(scalar_map=SCALARS),
        **more,
    )  # fmt: skip


STANDARD = schema()
COMPILED = schema(execution_context_class=CompiledExecution)

DOCUMENTS = {
    "plain": "{ items { id name number count sure tags } }",
    "nullable": """
        { maybe { id ties { colour weight note end { name tags } origins { id score } } } }""",
    "aliases and fragments": """
        { items { __typename id a: name b: name ...Rest } first { name number } }
        fragment Rest on Item { number table ... on Thing { id } }""",
    "resolvers among attributes": "{ items { name shout ties { end { later(times: 2) name } } } }",
    "directives": """
        query ($some: Boolean!) { items { id name @skip(if: $some) number @include(if: $some)
          ties { end { ties { colour end { name } } } } } }""",
    "interface": "{ things { __typename id ... on Item { name number } } }",
    "tuples": "{ frozen { id table ties { origins { score } } } }",
    "below a single object": "{ first { ties { origins { score } } table tags } }",
    "merged selections": "{ items { ties { weight } name ties { note end { id } } } }",
    "refused": "{ items { nope } }",
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_the_same_as_the_standard_executor(document: str) -> None:
    faulty = 0
    for seed in range(40):
        random = Random(seed)
        sound = seed % 2 == 0
        items = [item(random, 2, sound=sound) for _ in range(random.randrange(5))]
        variables = {"some": random.random() < 0.5} if "$some" in document else None
        expected = await asked(STANDARD, document, variables, items)
        assert await asked(COMPILED, document, variables, items) == expected
        faulty += "errors" in expected[0]
    # Else nothing of what matters was compared.
    assert faulty >= 5


@pytest.mark.parametrize("seed", range(8))
async def test_random_documents_whose_plans_are_kept(seed: int) -> None:
    """Each document comes four times, with other data: what was compiled once serves all."""
    random = Random(seed)
    for _ in range(25):
        text = grown(random)
        document, plans = parse(text), None if "@" in text else {}
        for _ in range(4):
            sound = random.random() < 0.5
            items = [item(random, 2, sound=sound) for _ in range(random.randrange(4))]
            variables = {"some": random.random() < 0.5} if plans is None else None
            expected = await asked(STANDARD, text, variables, items)
            result: Any = execute(
                COMPILED._schema,
                document,
                context_value={"items": items},
                variable_values=variables,
                executor_class=CompiledExecution,
                is_awaitable=optimized_is_awaitable,
                plans=plans,
            )
            found = await result if optimized_is_awaitable(result) else result
            assert shown(found) == expected, text


def grown(random: Random) -> str:
    """A document of the schema above, with all that may stand in one."""
    written = selection(random, "Query", 4)
    return f"query ($some: Boolean!) {written}" if "$some" in written else written


def selection(random: Random, kind: str, depth: int) -> str:
    fields = STANDARD._schema.type_map[kind].fields
    written = []
    # Where an error makes a null of them, graphql-core leaves coroutines behind.
    names = [name for name in fields if name != "later"]
    for name in random.choices(names, k=random.randrange(1, 5)):
        inner = get_named_type(fields[name].type)
        if not is_leaf_type(inner) and not depth:
            continue
        # Two fields of one name in the response are one field, or the document is no good.
        alias = random.choice(["", "", f"{name}2: "])
        directive = random.choice([""] * 8 + [" @skip(if: $some)", " @include(if: $some)"])
        below = "" if is_leaf_type(inner) else selection(random, inner.name, depth - 1)
        one = f"{alias}{name}{directive} {below}"
        on = random.choice([kind] * 3 + ["Thing"]) if kind == "Item" and name == "id" else kind
        written.append(random.choice([one] * 4 + [f"... on {on} {{ {one} }}"]))
    return f"{{ {' '.join([*written, '__typename'])} }}"


async def test_what_only_reads_attributes_is_compiled() -> None:
    """The standard executor asks each object for its type; a compiled selection does not."""
    asking: list[Any] = []
    compiled = schema(execution_context_class=CompiledExecution)
    kind = compiled._schema.type_map["Item"]
    standard = kind.is_type_of
    kind.is_type_of = lambda value, info: (asking.append(value), standard(value, info))[1]
    items = [item(Random(n), 1, sound=True) for n in range(8)]
    for name in ("plain", "tuples"):
        await asked(compiled, DOCUMENTS[name], None, items)
    assert asking == []
    await asked(compiled, DOCUMENTS["plain"], None, [Raising(items[0])])
    assert asking != []


async def asked(
    schema: strawberry.Schema, document: str, variables: dict[str, Any] | None, items: list[Any]
) -> tuple[str, str]:
    result = await schema.execute(
        document, variable_values=variables, context_value={"items": items}
    )
    return shown(result)


def shown(result: Any) -> tuple[str, str]:
    """A response written out, so that 1, 1.0 and true differ, and keys keep their order."""
    errors = [one.formatted for one in result.errors or ()]
    return ("errors" if errors else "sound"), repr((result.data, errors))


def item(random: Random, depth: int, *, sound: bool) -> Any:
    def value(good: Any, *bad: Any) -> Any:
        return good if sound or random.random() > 0.04 else random.choice(bad)

    made = Item(
        id=value(strawberry.ID(f"i{random.randrange(99)}"), 7, None, 1.5),
        name=value(random.choice("ab"), None, 3, b"x"),
        number=value(random.randrange(9), 2**40, "4", 2.0, True, None),
        count=value(random.choice([1, 2**50]), "5", 2.5, None),
        sure=value(random.random() < 0.5, 1, "yes", None),
        tags=value(random.choices("xy", k=random.randrange(3)), None, "xy", ["x", None]),
        ties=value([tie(random, depth, value) for _ in range(3 * (depth > 0))], None, [None], 4),
        table=value(random.choice([None, [[1], [2, 3]], [[]]]), [[None]], [1]),
    )  # fmt: skip
    return made if sound or random.random() > 0.05 else Raising(made)


def tie(random: Random, depth: int, value: Any) -> Any:
    sound = value(True, False)
    return Tie(
        colour=value(random.choice(list(Colour)), "red", "green", None),
        weight=value(random.choice([0.5, 2.5]), 1, True, "heavy", float("nan"), float("inf")),
        end=value(item(random, depth - 1, sound=sound), None, "an item"),
        origins=[
            Origin(id=strawberry.ID("o"), score=value(random.choice([None, 1.5]), 2, "low", False))
            for _ in range(random.randrange(3))
        ],
        note=value(random.choice([None, "n"]), 1, ""),
    )
