"""Each near miss gets the verdict it deserves, and a hint where one is known."""

import numpy as np
import pytest
from near_misses import NEAR_MISSES

from lstm_lib.course import check
from lstm_lib.course.compare import difference
from lstm_lib.course.exercises import EXERCISES

pytestmark = pytest.mark.usefixtures("own_progress")


@pytest.mark.parametrize(
    "key, answer, passes, words",
    [pytest.param(*miss, id=f"{miss[0]}-{at}") for at, miss in enumerate(NEAR_MISSES)],
)
def test_a_near_miss_gets_the_verdict_that_it_deserves(key, answer, passes, words):
    verdict = check(key, answer)
    assert verdict.passed == passes, verdict
    if words is None:
        assert verdict.hint is None
    else:
        assert words in (verdict.hint or ""), verdict


def random_choice(key, rng):
    """A choice that somebody might try, right or wrong."""
    size = rng.choice([1.0, 5, 10, 20, 40])
    if key == "01.2":
        w = rng.normal() * size
        return w, -w * rng.uniform(-1, 3)
    if key == "01.4":
        return rng.integers(-2, 3, (2, 2)) * size, rng.integers(-3, 4, 2) * size / 2
    if key == "02.4":
        signs = np.array([[0, 1, 0], [0, -1, -1]]) * rng.choice([1, 1, 1, 0], (2, 3))
        return signs * size, np.array([-1, 1]) * size * rng.choice([0, 0.3, 0.5])
    W, R, b = EXERCISES["03.3"].solution()
    for array in (W, R, b):
        array *= rng.choice([1, 1, 1, 0, -1, 0.5], array.shape)
    return W, R, b


@pytest.mark.parametrize("key", ["01.2", "01.4", "02.4", "03.3"])
def test_a_diagnosis_has_a_word_for_every_wrong_choice(key):
    exercise, rng = EXERCISES[key], np.random.default_rng(0)
    verdicts = set()
    for _ in range(60):
        choice = random_choice(key, rng)
        wrong = any(
            difference(
                exercise.specification(*case),
                exercise.use(lambda choice=choice: choice, *case),
                1e-9,
            )
            for case in exercise.cases()
        )
        verdicts.add(wrong)
        if wrong:
            assert exercise.diagnose(lambda choice=choice: choice), choice
    assert True in verdicts
