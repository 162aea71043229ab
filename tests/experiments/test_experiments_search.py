"""The odyssey in small: one trial, the store, the rivals, and what is concluded from trials."""

import functools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib.data import Split
from lstm_lib.experiments import odyssey
from lstm_lib.experiments.search import conclusions, findings, floors, problems, store, trial
from lstm_lib.scratch import VARIANTS
from lstm_lib.train import CheckpointError

RESULT = odyssey.EXPERIMENT.results / "full.json"


def toy(each_step: bool) -> problems.Problem:
    """Sequences of unlike length: the sign of their sum, or which way each step goes."""
    rng = np.random.default_rng(0)
    sequences = tuple(rng.normal(size=(n, 2)).astype(np.float32) for n in rng.integers(2, 9, 30))
    steps = tuple((one > 0).astype(np.float32) for one in sequences)
    classes = np.array([int(one.sum() > 0) for one in sequences], np.uint8)
    split = Split(slice(0, 20), slice(20, 25), slice(25, 30))
    return problems.Problem(
        "toy", sequences, steps if each_step else classes, 2, split, each_step, 4, 6
    )


SETTINGS = trial.Settings(-0.5, np.log10(5), -1.0, 0.1)


@pytest.mark.parametrize("each_step", [True, False])
@pytest.mark.parametrize("variant", ["V", "CIFG", "FGR"])
def test_the_gradient_of_a_batch(each_step, variant):
    """For: steps behind a sequence's end that count, a mean where a sum is meant."""
    rng = np.random.default_rng(1)
    learner = trial.Learner(toy(each_step), variant, 4, rng)
    rows = np.array([3, 0, 7])
    loss, grads = learner.loss(rows, 0.0, rng)
    count = sum(len(learner.problem.sequences[row]) for row in rows) if each_step else len(rows)
    assert loss == pytest.approx(learner_loss(learner, rows) * count, rel=1e-5)
    for name, array in learner.params.items():
        at = np.unravel_index(np.abs(grads[name]).argmax(), array.shape)
        kept, step = array[at], 1e-2
        ends = []
        for sign in (1, -1):
            array[at] = kept + sign * step
            ends.append(learner.loss(rows, 0.0, rng)[0])
        array[at] = kept
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(
            grads[name][at], rel=0.02, abs=1e-4
        ), name


def learner_loss(learner, rows) -> float:
    """The mean loss of these sequences one by one, so that nothing is padded."""
    total, count = 0.0, 0
    for row in rows:
        loss, _ = learner.score(slice(row, row + 1))
        steps = len(learner.problem.sequences[row]) if learner.problem.each_step else 1
        total, count = total + loss * steps, count + steps
    return total / count


@pytest.mark.parametrize("each_step", [True, False])
def test_a_score_does_not_hang_on_the_batch(each_step):
    learner = trial.Learner(toy(each_step), "V", 4, np.random.default_rng(1))
    part = slice(20, 30)
    whole, one_by_one = learner.score(part), learner.score(part, batch=1)
    assert (
        whole == pytest.approx(one_by_one)
        if not each_step
        else whole[0] == pytest.approx(one_by_one[0])
    )
    assert (whole[1] is None) == each_step


def test_batches_hold_each_training_sequence_once():
    problem, rng = toy(False), np.random.default_rng(0)
    for _ in range(3):
        cut = trial.batches(problem, rng)
        assert sorted(np.concatenate(cut)) == list(range(20))
        assert {len(rows) for rows in cut} == {4}


@given(number=st.integers(0, 10_000))
def test_settings_lie_in_their_ranges(number):
    drawn = trial.draw("speech", "V", number)
    assert 1e-5 <= drawn.rate <= 0.1 and 20 <= drawn.hidden <= 200
    assert 0 <= drawn.momentum <= 0.99 and 0 <= drawn.noise <= 1
    assert drawn != trial.draw("speech", "NP", number) != trial.draw("music", "V", number)


def test_a_trial_learns_and_is_the_same_each_time():
    problem = toy(False)
    first = trial.run(problem, "V", SETTINGS, 0)
    assert first == trial.run(problem, "V", SETTINGS, 0) != trial.run(problem, "V", SETTINGS, 1)
    blank = trial.run(replace(problem, epochs=0), "V", SETTINGS, 0)
    assert first.valid < blank.valid and blank.best_epoch == 0 and not first.diverged


def test_a_trial_that_diverges_has_the_score_of_its_best_epoch():
    wild = trial.run(toy(True), "NOAF", replace(SETTINGS, log10_rate=40.0), 0)
    assert wild.diverged and wild.epochs <= 6 and np.isfinite([wild.valid, wild.test]).all()


@pytest.fixture
def small(monkeypatch):
    """The search on the toy alone."""
    monkeypatch.setattr(store, "PROBLEMS", {"toy": lambda: replace(toy(False), epochs=1)})
    monkeypatch.setattr(store, "problem_of", lambda name: store.PROBLEMS[name]())
    return [("toy", variant, number) for number in range(2) for variant in ("V", "NP")]


def search(path, wanted, lines=None, **how):
    how = {"processes": 1, "log": (lines if lines is not None else []).append, **how}
    return store.search(path, wanted, **how)


def test_a_search_goes_on_where_it_was_interrupted(small, tmp_path, monkeypatch):
    whole = search(tmp_path / "whole", small)
    done, run_one = [], store.run_one

    def interrupted(*one):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(one)
        return run_one(*one)

    with monkeypatch.context() as patch:
        patch.setattr(store, "run_one", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search(tmp_path / "cut", small)
    lines: list[str] = []
    assert search(tmp_path / "cut", small, lines) == whole
    assert lines[0] == "3 trials are in the store, 1 are to be run" and len(lines) == 2
    assert [one["number"] for one in whole] == [0, 0, 1, 1]


def test_a_line_that_was_cut_off_is_no_loss(small, tmp_path):
    """A process killed in the middle of writing leaves half a line."""
    path = tmp_path / "store"
    whole = search(path, small)
    with path.open("ab") as file:
        file.write(b'{"op_code": 4, "wor')
    assert search(path, small) == whole


def test_a_store_of_half_a_line_begins_anew(small, tmp_path):
    path = tmp_path / "store"
    path.write_bytes(b'{"op_code": 0, "wor')
    assert search(path, small) == search(tmp_path / "fresh", small)


def test_two_processes_find_what_one_finds(small, tmp_path):
    alone = search(tmp_path / "one", small)
    assert search(tmp_path / "two", small, processes=2) == alone


@pytest.mark.parametrize("content", [b"PK\x03\x04 no store\n" * 3, b'{"a": 1}\n', b"[1, 2]\n"])
def test_what_is_no_store_is_refused_and_left_alone(small, tmp_path, content):
    path = tmp_path / "store"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="is not a store of trials, or is damaged"):
        search(path, small)
    assert path.read_bytes().startswith(content)


def test_trials_by_other_rules_are_refused(small, tmp_path, monkeypatch):
    path = tmp_path / "store"
    search(path, small)
    monkeypatch.setattr(trial, "PATIENCE", 3)
    with pytest.raises(CheckpointError, match="run by other rules"):
        search(path, small)


def test_the_command_says_in_one_line_that_a_store_is_broken(tmp_path, monkeypatch, capsys):
    from lstm_lib import training
    from lstm_lib.tasks import experiment

    monkeypatch.setattr(experiment, "ROOT", tmp_path)
    (tmp_path / "runs" / "odyssey").mkdir(parents=True)
    (tmp_path / "runs" / "odyssey" / "trials.log").write_text("no store\nat all\n")
    assert training.main(["odyssey"]) == 1
    error = capsys.readouterr().err
    assert "is not a store of trials" in error and "Traceback" not in error


def test_warped_distance_is_the_least_over_all_ways():
    @functools.cache
    def least(s, t):
        """Every way through both, by its definition."""
        far = float(((a[s] - b[t]) ** 2).sum())
        before = [(s - 1, t), (s, t - 1), (s - 1, t - 1)]
        ways = [least(*one) for one in before if min(one) >= 0]
        return far + (min(ways) if ways else 0.0)

    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = (rng.normal(size=(n, 2)) for n in rng.integers(1, 6, 2))
        least.cache_clear()
        wanted = least(len(a) - 1, len(b) - 1)
        assert floors.warped_distance(a, b, 99, np.inf) == pytest.approx(wanted)
        assert floors.warped_distance(a, b, 99, wanted * 0.01) in (np.inf, pytest.approx(wanted))
        if len(a) == len(b):
            straight = ((a - b) ** 2).sum()
            assert floors.warped_distance(a, b, 0, np.inf) == pytest.approx(straight)


def test_settings_of_a_floor_are_chosen_by_validation_alone():
    tried = [{"valid": 2.0, "test": 0.0}, {"valid": 1.0, "test": 9.0}]
    assert floors.best(tried) == {"valid": 1.0, "test": 9.0, "trials": 2}


def test_nats_of_a_frame():
    probability, target = np.array([[0.5, 0.25]]), np.array([[1, 0]])
    assert floors.nats(probability, target) == pytest.approx(-np.log(0.5) - np.log(0.75))


def trials_of(means: dict[str, float], noise: float, count: int = 40, seed: int = 0) -> list[dict]:
    """Made-up trials whose loss is the variant's mean, plus what the rate costs, plus noise."""
    rng = np.random.default_rng(seed)
    made = []
    for variant in VARIANTS:
        for number in range(count):
            drawn = trial.draw("music", variant, number)
            loss = means.get(variant, 1.0) + noise * rng.normal() + (drawn.log10_rate + 3) ** 2
            made.append({"variant": variant, "valid": loss, "test": loss, **vars(drawn)})
    return made


def test_welch_and_holm_find_the_one_that_differs():
    rows = findings.against_v(trials_of({"NFG": 2.0}, 0.01))
    assert rows["NFG"]["p"] < 0.05 and rows["NFG"]["ratio"] > 1.5
    assert all(row["p"] > 0.05 for name, row in rows.items() if name not in ("V", "NFG"))


def test_false_alarms_are_rare():
    """In 40 searches where nothing differs, one of eight variants is called different in few."""
    alarms = sum(
        any(row["p"] < 0.05 for name, row in rows.items() if name != "V")
        for rows in (findings.against_v(trials_of({}, 0.05, seed=seed)) for seed in range(40))
    )
    assert alarms <= 6


def test_importance_goes_to_what_makes_the_difference():
    shares = findings.importances(trials_of({}, 0.01))
    assert shares["learning rate"] > 0.9 and sum(shares.values()) == pytest.approx(1, abs=0.01)


def test_what_two_settings_explain_only_together_is_nobody_s_share():
    """For: shares that are divided by their sum, so that they always make up the whole."""
    trials = trials_of({}, 0.0)
    for one in trials:
        high, loud = one["log10_rate"] > -3, one["noise"] > 0.5
        one["valid"] = float(high != loud)
    shares = findings.importances(trials)
    assert shares["together"] > 0.7 and sum(shares.values()) == pytest.approx(1)


def test_a_network_that_runs_away_does_not_decide_what_matters():
    trials = trials_of({}, 0.01)
    trials[7]["valid"] = 1e9
    assert findings.importances(trials)["learning rate"] > 0.9


def rows_for(**given) -> dict:
    """Findings in which no variant differs from V, but for those given as (ratio, p)."""
    rows = {
        name: {"ratio": 1.0, "interval": [0.99, 1.01], "p": 1.0} for name in VARIANTS if name != "V"
    }
    for name, (ratio, p) in given.items():
        rows[name] = {"ratio": ratio, "interval": [ratio - 0.02, ratio + 0.02], "p": p}
    shares = {"learning rate": 0.6, "cells": 0.1, "input noise": 0.09, "momentum": 0.01}
    shares["together"] = 0.2
    return {"against_v": rows, "importances": shares, "noise": 0.3}


def test_the_paper_itself_agrees_with_its_conclusions():
    bad, hurt = (1.5, 0.001), dict.fromkeys(("NIG", "NOG", "NIAF"), (1.2, 0.01))
    told = {
        "music": rows_for(NFG=bad, NOAF=bad),
        "speech": rows_for(NFG=bad, NOAF=bad, **hurt),
        "handwriting": rows_for(NFG=bad, NOAF=bad, **hurt),
    }
    answers = conclusions.judged(told)
    assert len(answers) == 9 and set(answers.values()) == {"agree"}


def test_where_nothing_differs_harm_is_denied_and_harmlessness_agreed():
    answers = list(conclusions.judged({name: rows_for() for name in conclusions.ALL}).values())
    assert answers == [
        "agree", "disagree", "disagree", "agree", "agree", "disagree", "agree", "agree", "agree"
    ]  # fmt: skip


def test_wide_intervals_tell_nothing():
    wide = {name: rows_for() for name in conclusions.ALL}
    for one in wide.values():
        for row in one["against_v"].values():
            row["interval"] = [0.5, 1.5]
    answers = list(conclusions.judged(wide).values())
    assert answers[:6] == ["cannot tell"] * 6


@settings(deadline=None)
@given(ratio=st.floats(0.5, 2), half=st.floats(0.001, 0.5), p=st.floats(0, 1))
def test_a_variant_is_never_both_worse_and_harmless_nor_worse_and_better(ratio, half, p):
    row = {"ratio": ratio, "interval": [ratio - half, ratio + half], "p": p}
    assert not (conclusions.worse(row) and conclusions.better(row))


@pytest.mark.skipif(not RESULT.exists(), reason="no full run of the odyssey yet")
def test_the_committed_search_is_whole_and_says_what_its_trials_say():
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    config = odyssey.EXPERIMENT.config_of("full")
    assert config == odyssey.EXPERIMENT.full
    assert result["data_sha256"] == odyssey.EXPERIMENT.data_sha256(config)
    count = 0
    for problem in config.problems:
        own = []
        for variant, columns in result["trials"][problem].items():
            assert set(columns) == set(odyssey.FIELDS)
            for number in config.seeds:
                one = {field: columns[field][number] for field in odyssey.FIELDS}
                drawn = trial.draw(problem, variant, number)
                assert one["log10_rate"] == pytest.approx(drawn.log10_rate, rel=1e-4)
                own.append({"variant": variant, **one})
        count += len(own)
        told = result["findings"][problem]
        for name, row in findings.against_v(own).items():
            assert row["mean"] == pytest.approx(told["against_v"][name]["mean"], rel=1e-3)
        assert told["best"]["valid"] == pytest.approx(min(one["valid"] for one in own), rel=1e-3)
    assert count >= 675
    assert result["conclusions"] == conclusions.judged(result["findings"])
