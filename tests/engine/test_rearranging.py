"""Rearrangements beyond the tables of rules: views, what is filled in, what NumPy returns as it is, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import graphviz_ad as gad
from graphviz_ad import errors
from graphviz_ad.engine.primitive import PRIMITIVES
from graphviz_ad.engine.rules.rearranging import positions

MATRIX = np.array([[1.0, 2.0, 0.5, 4.0], [0.3, 1.5, 2.5, 3.0]])
VIEWS = {
    "ravel": np.ravel,
    "x.ravel": lambda x: x.ravel(),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1),
    "x.swapaxes": lambda x: x.swapaxes(0, 1),
    "moveaxis": lambda x: np.moveaxis(x, 0, 1),
    "rollaxis": lambda x: np.rollaxis(x, 1),
    "expand_dims": lambda x: np.expand_dims(x, (0, 2)),
    "squeeze": lambda x: np.squeeze(x[None]),
    "x.squeeze": lambda x: x[:, None].squeeze(1),
    "atleast_1d": np.atleast_1d,
    "atleast_2d": lambda x: np.atleast_2d(x[0]),
    "atleast_3d": lambda x: np.atleast_3d(x),
    "the second of atleast_2d": lambda x: np.atleast_2d(np.ones(2), x[1])[1],
    "flip": np.flip,
    "flip of an axis": lambda x: np.flip(x, 1),
    "flipud": np.flipud,
    "fliplr": np.fliplr,
    "rot90": np.rot90,
    "a view of a view": lambda x: np.rot90(np.flip(x, 0).swapaxes(0, 1))[1:],
    "split": lambda x: np.split(x, 2, axis=1)[1],
    "array_split": lambda x: np.array_split(x, 3, axis=1)[0],
    "hsplit": lambda x: np.hsplit(x, [1, 3])[1],
    "vsplit": lambda x: np.vsplit(x, 2)[1],
    "astype without a copy": lambda x: x.astype(float, copy=False),
    "Fortran's order of a transposed": lambda x: x.T.reshape(-1, order="F"),
}
COPIES = {
    "flatten": lambda x: x.flatten(),
    "astype": lambda x: x.astype(float),
    "ravel in Fortran's order": lambda x: np.ravel(x, "F"),
    "roll": lambda x: np.roll(x, 1),
    "tile": lambda x: np.tile(x, 1),
    "pad": lambda x: np.pad(x, 0),
    "take": lambda x: np.take(x, [0, 1], axis=0),
    "vstack": lambda x: np.vstack([x]),
    "meshgrid": lambda x: np.meshgrid(x[0], x[1])[0],
}


def written(x, view, start):
    """Write to an array through a view and to the view through the array; return both."""
    array = start(x)
    part = view(array)
    before = part * 1.0
    part[0] = part[-1] * x[0, 1]
    part *= 1.5
    array[0, 1:3] = x[1, 0] ** 2
    part[-1:] += x[1, 1]
    return np.concatenate([array.ravel(), part.ravel(), before.ravel()])


@pytest.mark.parametrize("start", [lambda x: x * 2, lambda x: np.zeros_like(x) + 0, np.copy, np.ones_like])
@pytest.mark.parametrize("name", [*VIEWS, *COPIES])
def test_what_numpy_gives_a_view_for_is_one_and_a_copy_is_none(name, start):
    """What is written to either is in the other, with its derivative; what was read before keeps what it was."""
    view = {**VIEWS, **COPIES}[name]
    expected = written(MATRIX, view, start)
    x = gad.Variable(MATRIX)
    y = written(x, view, start)
    np.testing.assert_array_equal(y.value, expected, strict=True)
    weights = np.cos(np.arange(y.size))
    y.backward(weights)
    direction, step = np.sin(np.arange(8) + 0.5).reshape(2, 4), 1e-6
    ends = [np.sum(weights * written(MATRIX + s * direction, view, start)) for s in (step, -step)]
    assert np.sum(x.grad * direction) == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-7)


@pytest.mark.parametrize(
    ("view", "name"),
    [(np.diagonal, "diagonal"), (np.diag, "diag"), (lambda x: np.broadcast_arrays(x, 1.0)[0], "broadcast_to")],
)
def test_a_view_that_numpy_lets_nobody_write_to_says_where_to_write(view, name):
    """Also where it shows plain numbers; it shows what the array is now."""
    for array in (gad.Variable(MATRIX) * 2, np.zeros_like(gad.Variable(MATRIX))):
        array[0, 0] = 7.0
        part = view(array)
        with pytest.raises(errors.MutationError, match=rf"what np\.{name} made, which shares its numbers"):
            part[0] = 1.0
        array[0, 0] = 8.0
        assert part.value.flat[0] == 8.0


def test_what_has_its_dimensions_or_its_dtype_is_returned_as_it_is():
    """As NumPy does: no node, and the same array."""
    x = gad.Variable(MATRIX)
    assert np.atleast_2d(x) is x
    assert np.atleast_1d(x, 2.0)[0] is x
    assert x.astype(float, copy=False) is x
    written = np.zeros_like(x)
    assert np.atleast_1d(written) is written
    assert written.astype(float, copy=False) is written


def test_of_several_results_each_is_numpys():
    """Tuples and lists, of recorded and of plain operands."""
    x = gad.Variable(MATRIX)
    for call in (
        lambda x: np.atleast_2d(x[0], 1.0, [2.0, 3.0]),
        lambda x: np.split(x, [3, 1, 9], axis=1),
        lambda x: np.array_split(x, 3, axis=-1),
        lambda x: np.meshgrid(x[0], [1.0, 2.0], x[1], indexing="ij"),
        lambda x: np.meshgrid([1.0, 2.0], x[0], sparse=True),
        lambda x: np.broadcast_arrays(x, 2.0, x[0]),
    ):
        ours, theirs = call(x), call(MATRIX)
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(getattr(one, "value", one), other, strict=True)


def test_nothing_flows_to_what_is_filled_in():
    """Not even infinity, which would be NaN if it were multiplied by 0."""
    x = gad.Variable([1.0, 2.0])
    np.pad(x, 1, constant_values=np.inf).backward(np.array([np.inf, 1.0, 2.0, np.nan]))
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])
    v = gad.Variable([1.0, 2.0])
    np.diag(v).backward(np.array([[1.0, np.inf], [np.nan, 2.0]]))
    np.testing.assert_array_equal(v.grad, [1.0, 2.0])


def test_a_constant_that_is_filled_in_is_no_position():
    """A rearrangement is run on positions with 0 in its place, whatever it is."""
    assert positions(np.tril, [(2, 2)], {}).tolist() == [[1, 0], [3, 4]]
    assert positions(lambda *arrays: np.hstack(arrays), [(2,), (1,)], {}).tolist() == [1, 2, 3]
    gradient = gad.grad(lambda x: np.sum(np.pad(x, (1, 0), constant_values=2.0) ** 2))(np.array([3.0, 5.0]))
    np.testing.assert_array_equal(gradient, [6.0, 10.0])


def test_positions_that_are_changed_later_do_not_move_what_was_recorded():
    """They are copied, as those of an index are."""
    x = gad.Variable([1.0, 2.0, 4.0])
    counts, places, mask, chosen = (
        np.array([1, 2, 0]),
        np.array([2, 2]),
        np.array([True, False, True]),
        np.zeros(3, int),
    )
    results = (
        *(np.repeat(x, counts), np.take(x, places), np.delete(x, places), np.take_along_axis(x, places, 0)),
        *(
            np.insert(x, places, 1.5),
            np.select([mask], [x], 2.0),
            np.choose(chosen, [x, 2 * x]),
            np.roll(x, places[:1]),
        ),
    )
    for array in (counts, places, chosen):
        array[:] = 1
    mask[:] = False
    expected = [[1, 2, 0], [0, 0, 2], [1, 1, 0], [0, 0, 2], [1, 1, 1], [1, 0, 1], [1, 1, 1], [1, 1, 1]]
    for y, gradient in zip(results, expected, strict=True):
        x.zero_grad()
        y.backward(np.ones(y.shape))
        np.testing.assert_array_equal(x.grad, gradient)


def test_the_default_of_select_may_be_recorded():
    """It receives what no condition chose."""
    x, other = gad.Variable([1.0, 2.0]), gad.Variable(3.0)
    np.select([x > 1], [x], default=other).backward(np.array([4.0, 5.0]))
    assert (x.grad.tolist(), other.grad) == ([0.0, 5.0], 4.0)


def test_a_complex_leaf_keeps_both_parts():
    """Positions are real, numbers are not."""
    z = gad.Variable([1 + 2j, 3 - 1j])
    np.sum(np.pad(z, 1, mode="wrap") * np.array([1j, 2, 3, 4])).backward()
    np.testing.assert_array_equal(z.grad, np.conj([6, 3 + 1j]))


@pytest.mark.parametrize("mode", ["empty", lambda *_: None])
def test_a_padding_with_anything_is_refused_by_name(mode):
    """The error lists the modes."""
    x = gad.Variable([1.0, 2.0, 4.0])
    with pytest.raises(errors.UnsupportedError, match=r"modes constant, edge, .*, got mode="):
        np.pad(x, 1, mode=mode)


def test_another_dtype():
    """Of floats it is recorded; whole numbers and truth values have no derivative, so they are plain."""
    x = gad.Variable([0.5, 1.5])
    assert x.astype("f4").primitive.name == "astype"
    assert x.astype(complex).dtype == np.complex128
    assert x.astype(float).primitive.name == "copy"
    for dtype in (int, np.uint8, bool):
        plain = x.astype(dtype)
        assert type(plain) is np.ndarray
        np.testing.assert_array_equal(plain, x.value.astype(dtype), strict=True)
    np.testing.assert_array_equal(gad.grad(lambda x: np.sum(x.astype("f4") ** 2))(np.array([0.5, 1.5])), [1.0, 3.0])
    with pytest.raises(errors.DtypeError, match=r"discard the imaginary part: write np\.real\(\.\.\.\)"):
        gad.Variable([1j]).astype(float)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.split(x, 3),
        lambda x: np.hsplit(x[0, 0], 1),
        lambda x: np.dsplit(x, 1),
        lambda x: np.vsplit(x[0], 1),
        lambda x: np.squeeze(x, 0),
        lambda x: np.swapaxes(x, 0, 2),
        lambda x: np.take(x, 9),
        lambda x: np.repeat(x, [1, 2, 3], axis=0),
        lambda x: np.vstack([x, x[0, :2]]),
        lambda x: np.meshgrid(x[0], indexing="zy"),
        lambda x: np.split(x, 2, axis=5),
    ],
)
def test_what_numpy_refuses_is_refused_with_its_error(call):
    """Of its class; the words are NumPy's or say of the person's own names what does not fit."""
    with pytest.raises(Exception, match=r"\S") as theirs:
        call(MATRIX)
    with pytest.raises(type(theirs.value)) as ours:
        call(gad.Variable(MATRIX))
    assert str(theirs.value) in str(ours.value) or "only the dimension of axis may differ" in str(ours.value)


def test_positions_have_no_derivative():
    """A recorded index is refused as in brackets."""
    x = gad.Variable([1.0, 2.0])
    for call in (lambda: np.take(x, x), lambda: np.repeat(x, x), lambda: np.delete(x, x), lambda: np.choose(x, [x, x])):
        with pytest.raises(errors.LeakError, match="positions have no derivative"):
            call()


def test_an_edge_says_what_it_does_on_the_way_back():
    """In words of its own."""
    assert PRIMITIVES["hstack"].words({}, 1) == "piece 2"
    assert PRIMITIVES["insert"].words({}, 1) == "what was inserted"
    assert PRIMITIVES["pad"].words({"mode": "edge"}, 0) == "Σ copies"
    assert PRIMITIVES["pad"].words({"mode": "constant"}, 0) == "without the padding"


def test_the_work_on_the_way_back_is_that_of_the_numbers(growth):
    """Of a function of many operands the positions are worked out once."""

    def prepare(count):
        y = np.hstack([gad.Variable(np.ones(2)) for _ in range(count)])
        return lambda: y.backward(np.ones(2 * count))

    assert growth(prepare) < 2.5


def test_a_vector_has_no_matrix_transpose():
    """So that what inspects objects passes by; the way out is a column."""
    x = gad.Variable([1.0, 2.0])
    assert not hasattr(x, "mT")
    with pytest.raises(AttributeError, match=r"has the shape \(2,\): x\[:, None\] makes a column"):
        _ = x.mT
    assert x[:, None].mT.shape == (1, 2)
