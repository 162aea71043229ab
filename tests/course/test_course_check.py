"""Beyond comparing: choices put to work, code to mend, pictures, errors that are recognised."""

import importlib
import inspect
import os
import textwrap
import time

import numpy as np
import pytest

from lstm_lib.course import check, solution
from lstm_lib.course.exercise import Exercise
from lstm_lib.course.exercises import EXERCISES

pytestmark = pytest.mark.usefixtures("own_progress")


def gram(A):
    # A table's products of columns.
    return A.T @ A


def first_two(A):
    return A[:2].sum()


def half_of_that():
    return 4.0


@pytest.fixture
def exercise(monkeypatch):
    def make(**changes):
        fields = {
            "key": "99.1",
            "title": "Toy",
            "stars": 1,
            "names": ("A",),
            "specification": gram,
            "inputs": lambda rng, size: (rng.normal(size=(2 + size, 2 + size // 2)),),
            "mistakes": "A.T @ A -> A @ A.T\n    Axes exchanged.",
            "steps": ("Think.", "Think again."),
            "solution": gram,
        }
        monkeypatch.setitem(EXERCISES, "99.1", Exercise(**(fields | changes)))

    return make


@pytest.mark.parametrize(
    ("mistakes", "said"),
    [
        ("A @ A.T -> A\n    Gone.", "'A @ A.T' must stand in the solution once; .* 0 times"),
        ("A -> B\n    Ambiguous.", "'A' must stand in the solution once; .* times"),
        ("no_such_function\n    Gone.", "'no_such_function' is neither a slip"),
        ("A.T @ A -> A", "the mistake 'A.T @ A -> A' has no hint"),
    ],
)
def test_a_mistake_must_fit_its_solution(exercise, mistakes, said):
    """For: a solution that was rewritten, whose mistakes went on as something else."""
    exercise(mistakes=mistakes)
    with pytest.raises(ValueError, match=f"exercise 99.1: {said}"):
        EXERCISES["99.1"].wrong_answers  # noqa: B018 - it is computed when it is asked for


def test_several_slips_may_come_together(exercise):
    exercise(
        mistakes="""
        A.T @ -> A @
        @ A -> @ A.T
            Both the wrong way round.
        A.T @ A ->
            Nothing comes back.
    """
    )
    both, nothing = EXERCISES["99.1"].wrong_answers
    assert both.name == "A.T @ -> A @; @ A -> @ A.T" and nothing.answer(np.ones((2, 2))) is None
    assert check("99.1", lambda A: np.inner(A, A)).hint == "Both the wrong way round."


def test_a_mistake_that_raises_on_some_inputs_is_recognised(exercise):
    def add(x, y):
        return x + y

    exercise(mistakes="A.T @ A -> A + A.T\n    No sum is wanted.")  # raises unless square
    assert check("99.1", lambda A: add(A.T, A)).hint == "No sum is wanted."
    assert check("99.1", lambda A: A.T @ A + 1).hint is None
    assert check("99.1", lambda A: 1 / 0).hint is None

    def another_error(A):
        if A.shape[0] != A.shape[1]:
            raise KeyError
        return A + A.T

    assert check("99.1", another_error).hint is None


def test_an_answer_that_raises_throughout_gets_no_hint(exercise):
    exercise(mistakes="A.T @ A -> 1 / 0\n    Always wrong.")
    assert check("99.1", lambda A: 1 / 0).hint is None


def test_a_mistake_that_raises_throughout_is_known_by_messages_that_name_sizes(exercise):
    exercise(
        inputs=lambda rng, size: (np.ones((2, 3 + size)),),
        mistakes="A.T @ A -> A @ A\n    Not transposed.",
    )
    assert check("99.1", lambda A: A @ (1 * A)).hint == "Not transposed."
    assert check("99.1", lambda A: A.T @ A.T).hint is None
    assert "No value to compare on any of the 20" in repr(check("99.1", lambda A: A.T @ A.T))


def test_a_choice_is_put_to_work(exercise):
    def run(answer, x):
        weight = answer()
        if not isinstance(weight, float):
            raise TypeError(f"a number is wanted; got {type(weight).__name__}")
        return weight * x > 1

    exercise(
        names=("x",),
        specification=lambda x: x > 0.5,
        inputs=lambda rng, size: (rng.integers(0, 10, size + 3) / 10 + 0.05,),
        mistakes="half_of_that\n    Half of that.",
        use=run,
    )
    assert check("99.1", lambda: 2.0).passed
    assert check("99.1", lambda: 1.99).passed, "what it does is judged, not what it is"
    assert check("99.1", lambda: 4.0).hint == "Half of that."
    assert "does not fit: a number is wanted; got str" in repr(check("99.1", lambda: "2"))
    assert "It returned None" in repr(check("99.1", lambda: print()))
    assert "It raised ZeroDivisionError" in repr(check("99.1", lambda: 1 / 0))


def test_what_is_printed_on_the_shown_input_alone_is_shown():
    def chatty(x):
        print("saw", np.shape(x))
        return 2 * x if np.ndim(x) == 0 else x

    report = repr(check("00.1", chatty))
    assert report.count("saw") == 1 and "saw (2, 2)" in report


def test_two_values_may_come_as_an_array(exercise):
    exercise(specification=lambda A: (A.sum(), A.mean()), mistakes="")
    assert check("99.1", lambda A: np.array([A.sum(), A.mean()])).passed
    assert "value 2 of 2" in repr(check("99.1", lambda A: np.array([A.sum(), 0.0])))


def test_code_to_mend_is_not_attempted_until_it_is_changed(exercise):
    def mend(A):
        """As handed out."""
        scale = [k for k in (1, 2)]
        return (A @ A.T) * scale[0]

    exercise(given=mend)

    def mended(A):
        """As handed out."""
        scale = [k for k in (1, 2)]
        return (A.T @ A) * scale[0]

    def other_constant(A):
        scale = [k for k in (1, 3)]
        return (A @ A.T) * scale[0]

    def same(A):
        """As handed out."""
        scale = [k for k in (1, 2)]
        return (A @ A.T) * scale[0]

    assert check("99.1", same).status == "not attempted yet"
    assert check("99.1", mended).passed
    assert check("99.1", other_constant).status == "not right yet"


@pytest.mark.parametrize("key", [key for key, e in EXERCISES.items() if e.given is not None])
def test_code_to_mend_is_known_in_a_cell_of_its_own(key):
    """Python 3.11 compiles np.exp(z) otherwise where `import numpy as np` stands beside it."""
    cell, given = {}, EXERCISES[key].given
    exec(textwrap.dedent(inspect.getsource(given)), cell)
    (answer,) = [value for name, value in cell.items() if name != "__builtins__"]
    assert check(key, answer).status == check(key, given).status == "not attempted yet"


def test_a_wrong_array_is_drawn_with_its_text(exercise):
    exercise(picture=True)
    for answer in (lambda A: A.T @ A + 1, lambda A: np.full_like(A.T @ A, np.nan)):
        html = check("99.1", answer)._repr_html_()
        assert '<img alt="Expected and got, 2 by 2 values: 4 of 4 differ."' in html
    assert "<img" not in check("99.1", lambda A: "text")._repr_html_()
    exercise(picture=True, specification=lambda A: A.sum(0))
    assert "<img" in check("99.1", lambda A: A.sum(0) ** 2)._repr_html_()


def test_nan_in_an_input_is_no_change_and_in_an_outcome_is_recognised(exercise):
    def with_a_gap(rng, size):
        return (np.array([1.0, 2.0 + size, np.nan]),)

    exercise(
        specification=lambda A: A[0] + A[1],
        inputs=with_a_gap,
        mistakes="A[:2] -> A\n    The gap is no number.",
        solution=first_two,
    )

    def fills_the_gap(A):
        A[2] = 0
        return A.sum()

    assert check("99.1", lambda A: A[:2].sum()).passed
    assert check("99.1", lambda A: A @ np.ones(3)).hint == "The gap is no number."
    assert "changed its own input" in repr(check("99.1", fills_the_gap))


def test_a_changed_input_is_not_called_an_error(exercise):
    exercise(inputs=lambda rng, size: (rng.normal(size=(2 + size, 2)),))

    def in_place(A):
        A *= 2
        return A

    def forgets_to_return(A):
        A.T @ A

    text = repr(check("99.1", in_place))
    assert "It changed its own input" in text and "No value" not in text
    text = repr(check("99.1", forgets_to_return))
    assert "is a `return` missing?" in text and "No value" not in text


def test_the_wrong_array_of_a_dict_is_drawn(exercise):
    exercise(
        specification=lambda A: {"words": "so", "rows": A.sum(axis=1)},
        inputs=lambda rng, size: (rng.normal(size=(4 + size, 2)),),
        picture=True,
    )
    verdict = check("99.1", lambda A: {"words": "so", "rows": A.sum(axis=1) + 1})
    assert "at 'rows'" in repr(verdict) and verdict.picture.startswith("<img")
    assert not check("99.1", lambda A: {"words": "no", "rows": A.sum(axis=1)}).picture


def test_children_that_an_answer_leaves_behind_are_ended(tmp_path):
    note = tmp_path / "alive"

    def leaves_a_child(x):
        if os.fork() == 0:
            time.sleep(1.5)
            note.touch()
            os._exit(0)
        time.sleep(60)

    check("00.1", leaves_a_child, seconds=0.5)
    time.sleep(2)
    assert not note.exists()


def test_an_update_of_the_course_under_a_running_kernel_does_no_harm(monkeypatch):
    """The sources on the disk change; the functions that were imported do not."""
    importlib.import_module("torch")  # reads its own sources while it is imported

    def changed(*args):
        raise OSError("source code not available")

    monkeypatch.setattr("inspect.getsource", changed)
    for key, exercise in EXERCISES.items():
        if exercise.given is not None:
            assert check(key, exercise.given).status == "not attempted yet"
        assert check(key, exercise.solution).passed
        assert repr(solution(key)).startswith("def ")
