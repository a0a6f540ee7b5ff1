"""The kernel of every workflow, tried in every state, by every role, with every combination of guards."""

import itertools

import pytest

from portal.lifecycle import OPERATOR, PUBLIC, Actor, IllegalMove, Lifecycle, Move, Reference


def needs_title(thing):
    return None if thing.get("title") else "no_title"


def needs_welsh(thing):
    return None if thing.get("welsh") else "no_welsh"


WRITER, EDITOR, READER = (Actor(f"{role}-7", role) for role in ("writer", "editor", "reader"))
PAGE = Lifecycle(
    states=("draft", "waiting", "published", "withdrawn"),
    initial="draft",
    moves=(
        Move("submit", frozenset({"draft"}), "waiting", frozenset({"writer", "editor"}), (needs_title,)),
        Move("send_back", frozenset({"waiting"}), "draft", frozenset({"editor"})),
        Move(
            "publish", frozenset({"draft", "waiting"}), "published", frozenset({"editor"}), (needs_title, needs_welsh)
        ),
        Move("withdraw", frozenset({"published"}), "withdrawn", frozenset({"editor"})),
    ),
)
EVERY_THING = [
    {name: True for name, there in zip(("title", "welsh"), combination, strict=True) if there}
    for combination in itertools.product((True, False), repeat=2)
]


def expected(name, state, actor, thing):
    """The same rules told once more, by hand and the other way round: the state reached, or the codes."""
    sources = {"submit": "draft", "send_back": "waiting", "publish": "draft waiting", "withdraw": "published"}
    roles = {"submit": "writer editor", "send_back": "editor", "publish": "editor", "withdraw": "editor"}
    wanted = {"submit": ["title"], "send_back": [], "publish": ["title", "welsh"], "withdraw": []}
    targets = {"submit": "waiting", "send_back": "draft", "publish": "published", "withdraw": "withdrawn"}
    codes = []
    if actor.role not in roles[name].split():
        codes.append(f"not_for_{actor.role}")
    if state not in sources[name].split():
        codes.append(f"not_from_{state}")
    codes += [f"no_{one}" for one in wanted[name] if one not in thing]
    return tuple(codes) or targets[name]


@pytest.mark.parametrize("thing", EVERY_THING, ids=str)
@pytest.mark.parametrize("actor", [WRITER, EDITOR, READER, PUBLIC, OPERATOR], ids=lambda actor: actor.role)
@pytest.mark.parametrize("state", PAGE.states)
@pytest.mark.parametrize("name", [move.name for move in PAGE.moves])
def test_a_move_is_made_exactly_where_the_table_has_it(name, state, actor, thing):
    wanted = expected(name, state, actor, thing)
    if isinstance(wanted, str):
        assert PAGE.check(name, state, actor, thing) == wanted
        return
    with pytest.raises(IllegalMove) as refused:
        PAGE.check(name, state, actor, thing)
    assert (refused.value.move, refused.value.codes) == (name, wanted)


@pytest.mark.parametrize("actor", [WRITER, EDITOR, READER], ids=lambda actor: actor.role)
@pytest.mark.parametrize("state", PAGE.states)
def test_the_buttons_of_a_page_are_the_moves_open_to_its_reader(state, actor):
    everything = {"title": "a", "welsh": "b"}
    allowed = [m.name for m in PAGE.moves if isinstance(expected(m.name, state, actor, everything), str)]
    assert [move.name for move in PAGE.open_to(state, actor)] == allowed


def test_a_refusal_says_every_reason_at_once():
    with pytest.raises(IllegalMove, match=r"publish: not_for_reader, not_from_withdrawn, no_title, no_welsh"):
        PAGE.check("publish", "withdrawn", READER, {})


def test_a_move_without_guards_needs_no_thing():
    assert PAGE.check("withdraw", "published", EDITOR) == "withdrawn"


def test_a_move_is_found_by_its_name_and_no_other():
    assert PAGE.move("withdraw").target == "withdrawn"
    with pytest.raises(KeyError):
        PAGE.move("burn")


def test_a_state_without_a_way_out_is_final():
    assert PAGE.final_states == {"withdrawn"}


def _move(name, source, target):
    return Move(name, frozenset({source}), target, frozenset({"editor"}))


@pytest.mark.parametrize(
    ("states", "initial", "moves", "fault"),
    [
        (("a", "b"), "a", (_move("go", "a", "b"), _move("go", "b", "a")), "named twice"),
        (("a", "b"), "a", (_move("go", "a", "c"),), r"differ: \['b', 'c'\]"),
        (("a", "b"), "a", (_move("go", "c", "b"),), r"differ: \['c'\]"),
        (("a", "b", "c"), "a", (_move("go", "a", "b"),), r"differ: \['c'\]"),
        (("a", "b"), "z", (_move("go", "a", "b"),), r"differ: \['z'\]"),
        (("a", "b", "c", "d"), "a", (_move("go", "a", "b"), _move("on", "c", "d")), r"no way leads to \['c', 'd'\]"),
        (("a", "b", "c"), "a", (_move("go", "a", "b"), _move("on", "c", "c")), r"no way leads to \['c'\]"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused_when_it_is_made(states, initial, moves, fault):
    with pytest.raises(ValueError, match=fault):
        Lifecycle(states, initial, moves)


def test_a_state_may_be_reached_over_many_moves_and_left_to_itself():
    ring = tuple(_move(f"{source}_to_{target}", source, target) for source, target in ("ab", "bc", "cd", "dd", "da"))
    assert Lifecycle(("a", "b", "c", "d"), "a", ring).final_states == frozenset()


def test_a_table_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        PAGE.moves = ()
    with pytest.raises(AttributeError):
        PAGE.moves[0].target = "draft"


def test_a_reference_says_kind_and_key():
    assert str(Reference("message", "k7mn-p2qr")) == "message:k7mn-p2qr"
