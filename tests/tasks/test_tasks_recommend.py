"""The recommendation task: nothing leaks, ranks cannot flatter, the committed result holds."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from lstm_lib.data import load_movielens
from lstm_lib.places import RESULTS
from lstm_lib.tasks import recommend
from lstm_lib.tasks.difference import interval
from lstm_lib.tasks.experiment import read_config
from lstm_lib.training import main as train_command

SHORT = replace(recommend.LAPTOP, steps=60, warmup=10, evaluate_every=60)


@pytest.fixture(scope="module")
def data():
    return recommend.prepare()


@pytest.fixture(scope="module")
def full():
    return json.loads((RESULTS / "recommend/full.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def trained():
    """A recommender after a few seconds of training."""
    prepared = recommend.prepare(replace(SHORT, steps=150, evaluate_every=150))
    return recommend.train(prepared, seed=0, log=None)[0], prepared


@pytest.fixture
def spoilt(monkeypatch):
    """`prepare()` on ratings in which every user's last two films, ratings and times are others."""
    original = load_movielens()
    order = np.lexsort((original.time, original.user))
    ends = np.cumsum(np.bincount(original.user))
    film, rating, time = (
        column.copy() for column in (original.film, original.rating, original.time)
    )
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        last_two, own = order[end - 2 : end], set(original.film[order[start:end]].tolist())
        film[last_two] = [f for f in range(original.films) if f not in own][:2]
        rating[last_two], time[last_two] = 6 - rating[last_two], time[last_two] + 10**8
    changed = replace(original, film=film, rating=rating, time=time)
    monkeypatch.setattr("lstm_lib.tasks.recommend.data.load_movielens", lambda: changed)
    return recommend.prepare(SHORT)


def means(scores, data, part):
    """HR@10 and NDCG@10, unmasked, then masked."""
    wanted, seen = data.wanted(part), [history.film for history in data.before(part)]
    found = recommend.ranks(scores, wanted), recommend.ranks(scores, wanted, seen)
    return [float(of(r).mean()) for r in found for of in (recommend.hits, recommend.gains)]


def test_the_last_film_is_the_test_the_one_before_the_validation(data):
    """For: an index off by one; a part that overlaps another."""
    for user, history in enumerate(load_movielens().histories()):
        assert data.wanted("test")[user] == history[-1]
        assert data.wanted("valid")[user] == history[-2]
        assert np.array_equal(data.train[user].film, history[:-2])
        assert np.array_equal(data.before("valid")[user].film, history[:-2])
        assert np.array_equal(data.before("test")[user].film, history[:-1])


def test_ratings_of_one_second_stay_in_the_files_order(data):
    """For: an unstable sort, which moves popularity's HR@10 from 0.05 to 0.09."""
    ratings = load_movielens()
    place = {pair: n for n, pair in enumerate(zip(ratings.user.tolist(), ratings.film.tolist()))}
    for user, history in enumerate(data.histories):
        assert (np.diff(history.time) >= 0).all()
        rows = np.array([place[user, film] for film in history.film.tolist()])
        assert (np.diff(rows)[np.diff(history.time) == 0] > 0).all()


def test_nothing_of_the_held_out_films_is_counted_or_trained_on(data, spoilt):
    """For: popularity, transitions, the span of dates or a window that knows a held-out film."""
    assert not np.array_equal(spoilt.wanted("test"), data.wanted("test"))
    assert np.array_equal(spoilt.popularity, data.popularity) and spoilt.span == data.span
    same = replace(data, config=SHORT)
    for name, floor in recommend.FLOORS.items():
        given = data.before("valid")
        assert np.array_equal(floor(spoilt, given), floor(data, given)), name
    rows = torch.arange(0, len(data.rows), 97)
    for ours, theirs in zip(windows(same, rows), windows(spoilt, rows), strict=True):
        assert torch.equal(ours, theirs)


def windows(data, rows):
    torch.manual_seed(0)
    return recommend.windows(data, rows)


def test_training_does_not_depend_on_the_test_film(data, spoilt):
    """For: any way from the held-out films into the weights, the choice of the best left aside."""
    blind = {"evaluate": None, "evaluate_every": None, "patience": None}
    weights = []
    for prepared in (replace(data, config=SHORT), spoilt):
        training = recommend.trainer(prepared, seed=0, log=None)
        for name, value in blind.items():
            setattr(training, name, value)
        training.fit(5)
        weights.append(training.model.state_dict())
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_a_window_holds_what_was_rated_and_what_followed(data):
    """For: a following film off by one, a film seen too early or late, padding that is asked."""
    rows = torch.tensor([0, 5, 200, len(data.rows) - 1])
    film, following, side, seen = windows(data, rows)
    assert film.shape == following.shape == seen.shape[:2] == side.shape[:2]
    for row, user in enumerate(data.rows[rows.numpy(), 0]):
        own = data.train[user]
        there = int((film[row] != data.films).sum())
        assert there == min(data.config.window, len(own.film) - 1)
        assert set(film[row, :there].tolist()) <= set(own.film.tolist())
        assert data.films not in following[row, :there].tolist()
        assert (following[row, there:] == data.films).all()
        assert torch.equal(film[row, 1:there], following[row, : there - 1])
        time = dict(zip(own.film.tolist(), own.time.tolist()))
        times = [time[f] for f in film[row, :there].tolist()]
        assert times == sorted(times)
        before = [f for f in own.film.tolist() if time[f] < times[0]]
        for step_ in range(there):
            now = set(seen[row, step_].nonzero().flatten().tolist())
            assert set(before) | set(film[row, : step_ + 1].tolist()) <= now
            assert int(following[row, step_]) not in now
        assert len(now) <= len(own.film) - 1


def test_every_training_step_is_met_the_ends_too(data):
    """For: the last films of a history left out, or read in pieces shorter than a test's."""
    user = int(np.argmax([len(history.film) for history in data.train]))
    rows = np.flatnonzero(data.rows[:, 0] == user)
    in_order = replace(data, config=replace(data.config, reorder=False))
    film, *_ = windows(in_order, torch.from_numpy(rows))
    met = np.bincount(film.flatten().numpy(), minlength=data.films)[data.train[user].film[:-1]]
    assert np.median(met) == data.config.window and met.min() >= data.config.window // 2
    assert all(len(row.unique()) == data.config.window for row in film)


def test_beside_a_film_stands_nothing_later_than_it(data):
    """For: a pause until the *next* rating, a date of the whole history."""
    history = data.train[3]
    whole = recommend.beside(history, data.span)
    for end in (1, 2, 10):
        assert np.array_equal(recommend.beside(history.until(end), data.span), whole[:end])
    with pytest.raises(ValueError, match="oldest first"):
        recommend.beside(history._replace(time=history.time[::-1]), data.span)


def test_a_tie_never_helps():
    """For: ranks by argsort or by `>`, under which a scorer that says nothing ranks first."""
    scores, wanted = np.zeros((2, 50)), np.array([0, 49])
    assert recommend.ranks(scores, wanted).tolist() == [50, 50]
    assert recommend.ranks(scores, wanted, [np.arange(1, 11), np.arange(0)]).tolist() == [40, 50]
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 4, (20, 30)).astype(float)
    wanted = rng.integers(0, 30, 20)
    for user, (row, film) in enumerate(zip(scores, wanted)):
        worst = max(
            1 + list(np.argsort(-row + 1e-9 * rng.random(30))).index(film) for _ in range(200)
        )
        assert recommend.ranks(scores, wanted)[user] >= worst


def test_masked_ranks_are_those_without_the_seen_films():
    rng = np.random.default_rng(1)
    scores, wanted = rng.normal(size=(10, 40)), np.full(10, 7)
    seen = [rng.choice(np.delete(np.arange(40), 7), 12, replace=False) for _ in range(10)]
    for row, films, rank in zip(scores, seen, recommend.ranks(scores, wanted, seen)):
        left = np.delete(row, films)
        assert rank == 1 + (left > row[7]).sum()


def test_bad_scores_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        recommend.ranks(np.array([[np.nan, 1.0]]), np.array([1]))
    with pytest.raises(ValueError, match=r"\(U, F\)"):
        recommend.ranks(np.zeros(3), np.array([1]))
    with pytest.raises(ValueError, match="among the seen"):
        recommend.ranks(np.zeros((1, 3)), np.array([1]), [np.array([1])])


@pytest.mark.parametrize(
    "floor, wanted",
    [
        ("popularity", (0.050, 0.023, 0.086, 0.044)),
        ("item-kNN", (0.079, 0.040, 0.146, 0.080)),
        ("Markov", (0.110, 0.056, 0.144, 0.077)),
        ("decayed Markov", (0.128, 0.067, 0.202, 0.111)),
    ],
)
def test_floors_are_what_data_md_measured(data, floor, wanted):
    """For: a floor made weak: counts that are not divided, films summed without fading."""
    scores = recommend.FLOORS[floor](data, data.before("test"))
    assert means(scores, data, "test") == pytest.approx(wanted, abs=0.0025)


def test_transitions_by_hand():
    counts = recommend.transitions([np.array([2, 0, 1]), np.array([2, 0])], 3, window=2)
    assert counts.tolist() == [[0, 1, 0], [0, 0, 0], [2, 0.5, 0]]
    assert recommend.shares(counts).tolist() == [[0, 1, 0], [0, 0, 0], [0.8, 0.2, 0]]


def test_without_their_own_transitions_users_are_as_strangers(data):
    """For: own counts taken away from the wrong row or twice."""
    few = [0, 400, 942]
    found = recommend.others_markov(data, data.before("valid"))
    for user in few:
        others = replace(data, train=tuple(h for n, h in enumerate(data.train) if n != user))
        slow = recommend.decayed_markov(others, [data.before("valid")[user]])[0]
        assert np.allclose(found[user], slow, atol=1e-8)


def test_sampled_ranks_flatter(data):
    """For: sampled negatives among which are the wanted film or seen ones."""
    given, wanted = data.before("valid"), data.wanted("valid")
    seen = [history.film for history in given]
    scores = recommend.popularity(data, given)
    full_ranking = recommend.hits(recommend.ranks(scores, wanted, seen)).mean()
    sampled = recommend.sampled_ranks(scores, wanted, seen)
    assert recommend.hits(sampled).mean() > 4 * full_ranking
    assert sampled.min() >= 1 and sampled.max() <= 101
    others = 1682 - 1 - len(seen[0])
    every = recommend.sampled_ranks(scores[:1], wanted[:1], seen[:1], others)
    assert every == recommend.ranks(scores[:1], wanted[:1], seen[:1])
    with pytest.raises(ValueError, match=f"at most {others}"):
        recommend.sampled_ranks(scores[:1], wanted[:1], seen[:1], others + 1)


def test_the_loss_is_the_cross_entropy_of_the_definition(data):
    """For: padding that counts, seen films that compete, the two halves swapped."""
    rows = torch.tensor([3, 70_000])
    for masked in (0.0, 0.3, 1.0):
        prepared = replace(data, config=replace(SHORT, masked=masked))
        torch.manual_seed(1)
        model = recommend.Recommender(prepared).eval()
        torch.manual_seed(0)
        found = recommend.loss(model, prepared, rows)
        film, following, side, seen = windows(prepared, rows)
        logits, values = model(film, side), []
        for row, step in (following != data.films).nonzero().tolist():
            logit, film_ = logits[row, step], following[row, step]
            free, unseen = logit.logsumexp(0), logit[~seen[row, step]].logsumexp(0)
            values.append((1 - masked) * free + masked * unseen - logit[film_])
        assert found.item() == pytest.approx(torch.stack(values).mean().item(), rel=1e-5)


def test_scores_read_the_last_films_in_order_and_are_log_probabilities(trained):
    """For: padding read as a film, the state of the wrong step, dropout at test time."""
    model, data = trained
    given = [history.until(n + 1) for n, history in enumerate(data.before("test")[:30])]
    scores = recommend.score(model, data, given)
    assert np.allclose(np.exp(scores.astype(float)).sum(1), 1, atol=1e-4)
    for user in (0, 7, 29):
        alone = recommend.score(model, data, [given[user]])
        assert np.allclose(alone[0], scores[user], atol=1e-4)
    given = [history for history in given if len(history.film) > 1]
    scores = scores[1:]
    backwards = [history._replace(film=history.film[::-1]) for history in given]
    assert not np.allclose(recommend.score(model, data, backwards), scores, atol=1e-2)
    with pytest.raises(ValueError, match="at least one film"):
        recommend.score(model, data, [given[0].until(0)])


def test_a_few_seconds_of_training_beat_popularity(trained):
    model, data = trained
    popular = means(recommend.popularity(data, data.before("valid")), data, "valid")
    found = means(recommend.score(model, data, data.before("valid")), data, "valid")
    assert all(ours > 1.2 * theirs for ours, theirs in zip(found, popular))


def test_training_twice_gives_the_same_weights():
    prepared = recommend.prepare(replace(SHORT, steps=4, evaluate_every=4, warmup=1))
    first, second = (recommend.train(prepared, seed=3, log=None)[0] for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters()))


def test_an_interrupted_training_goes_on_to_the_same_weights(tmp_path):
    """For: an order of ratings drawn from a generator that the checkpoint does not hold."""
    prepared = recommend.prepare(replace(SHORT, steps=4, evaluate_every=2, warmup=1, batch_size=8))
    whole = recommend.trainer(prepared, seed=1, log=None)
    whole.fit(4)
    first = recommend.trainer(prepared, seed=1, checkpoint=tmp_path / "a.ckpt", log=None)
    first.fit(2)
    torch.rand(7)
    second = recommend.trainer(prepared, seed=1, checkpoint=tmp_path / "a.ckpt", log=None)
    second.fit(4)
    for ours, theirs in zip(whole.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_mixing_and_voting():
    logp = np.log(np.array([[0.5, 0.25, 0.25]]))
    other = np.log(np.array([[0.1, 0.8, 0.1]]))
    assert np.allclose(np.exp(recommend.together([logp, other])), [[0.3, 0.525, 0.175]])
    floor = np.array([[1.0, 3.0, 0.0]])
    assert np.allclose(recommend.mixed(logp, floor, 0.0), logp)
    half = recommend.mixed(logp, floor, 0.5)
    assert half.argmax() == 1 and np.isfinite(half).all()
    with pytest.raises(ValueError, match="share"):
        recommend.mixed(logp, floor, 1.5)


def test_recommendations_are_films_not_named(trained):
    model, data = trained
    named = ["Star Wars", "Fargo (1996)", "THE  godfather"]
    found = recommend.recommend(model, data, named, count=1682)
    assert found.understood == ["Star Wars (1977)", "Fargo (1996)", "The Godfather (1972)"]
    assert not found.remarks and len(found.films) == 1682 - 3
    assert not {recommend.find(data, name) for name in named} & {n for n, _, _ in found.films}
    assert sum(p for *_, p in found.films) == pytest.approx(1.0)
    probabilities = [p for *_, p in found.films]
    assert probabilities == sorted(probabilities, reverse=True)
    assert "  1. " in repr(found)


@pytest.mark.parametrize(
    "named, remark",
    [
        ([], "most popular"),
        ([""], "empty title"),
        (["   "], "empty title"),
        (["🎬🎬"], "No film here"),
        (["Звёздные войны"], "No film here"),
        (["star " * 10_000], "No film here"),
        (["Star Worz"], r"Did you mean Star Wars \(1977\)"),
        (["empire strikes"], "The Empire Strikes Back"),
        (["Fargo", "fargo (1996)"], "named twice"),
        (["sabrina"], r"Sabrina \(1995\) was taken.*there is also Sabrina \(1954\)\."),
        ("\x00\n", "No film here|empty title"),
    ],
)
def test_whatever_is_typed_gets_an_answer_and_a_clear_remark(trained, named, remark):
    model, data = trained
    found = recommend.recommend([model], data, named)
    assert len(found.films) == 10
    assert len(found.remarks) >= 1 and pytest.importorskip("re").search(remark, found.remarks[0])
    assert all(len(line) < 250 for line in found.remarks)


def test_a_year_settles_which_film_is_meant(trained):
    """For: a remark where there is nothing to remark, or the other film taken."""
    model, data = trained
    for name in ("Sabrina (1954)", "SABRINA (1995)"):
        found = recommend.recommend(model, data, [name])
        assert found.understood == [name.title()] and not found.remarks


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"titles": [3]}, TypeError, "title"),
        ({"titles": [None]}, TypeError, "title"),
        ({"ratings": [4, 4]}, ValueError, "1 entries"),
        ({"ratings": [0]}, ValueError, "1, 2, 3, 4 or 5"),
        ({"count": 0}, ValueError, "count"),
        ({"count": True}, ValueError, "count"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(trained, change, error, message):
    model, data = trained
    with pytest.raises(error, match=message):
        recommend.recommend(model, data, **{"titles": ["Fargo"], **change})


def test_every_title_with_its_year_finds_its_film(data):
    """For: titles that hide each other: of equal ones the most rated must be found."""
    for film in range(data.films):
        found = recommend.find(data, recommend.title(data, film))
        assert recommend.title(data, found) == recommend.title(data, film)
        assert data.popularity[found] >= data.popularity[film]


def test_near_films_are_known_ones_by_falling_cosine(trained):
    model, data = trained
    found = recommend.near(model, data, "Star Wars", count=5)
    assert found == recommend.near([model], data, "star wars (1977)", count=5)
    cosines = [cosine for _, cosine in found]
    assert len(found) == 5 and cosines == sorted(cosines, reverse=True) and cosines[0] <= 1
    assert "Star Wars (1977)" not in [name for name, _ in found]
    assert all(data.popularity[recommend.find(data, name)] >= 20 for name, _ in found)


def test_laptop_and_full_differ_in_values_only():
    assert type(recommend.LAPTOP) is type(recommend.FULL)
    assert len(recommend.FULL.seeds) == 5 and recommend.LAPTOP.seeds == (0,)


def test_the_task_is_known_to_the_command(capsys):
    with pytest.raises(SystemExit):
        train_command(["recommend", "--help"])
    assert "--full" in capsys.readouterr().out


def test_the_committed_result_is_of_this_configuration_and_these_data(full):
    from lstm_lib.data.movielens import RECIPE

    assert read_config(recommend.LAPTOP, full["config"]) == recommend.FULL
    assert full["data_sha256"] == RECIPE.extract_sha256
    assert [run["seed"] for run in full["seeds"]] == list(recommend.FULL.seeds)
    assert (full["users"], full["films"]) == (943, 1682)


def test_the_committed_scores_follow_from_the_committed_ranks(full):
    """For: numbers of one run beside ranks of another; an interval of something else."""
    found = recommend.read_ranks(full)
    metrics = {"hr": recommend.hits, "ndcg": recommend.gains}
    for system, ways in full["test"].items():
        for way, numbers in ways.items():
            for name, of in metrics.items():
                assert of(found[system][way]).mean() == pytest.approx(numbers[name], abs=1e-4)
    for system, floors in full["against"].items():
        for floor, ways in floors.items():
            for way, numbers in ways.items():
                for name, of in metrics.items():
                    pairs = of(found[system][way]).mean(0) - of(found[floor][way]).mean(0)
                    assert pairs.mean() == pytest.approx(numbers[name], abs=1e-4)
                    ends = interval(pairs, np.ones(len(pairs)))
                    assert ends == pytest.approx(numbers[f"{name}_interval"], abs=1e-4)


def test_the_committed_floors_and_weights_give_the_committed_scores(full):
    """For: weights of another run; half precision that moves the ranks."""
    models, data = recommend.load()
    assert len(models) == len(full["seeds"])
    given, found = data.before("test"), recommend.read_ranks(full)
    for name, floor in recommend.FLOORS.items():
        rank = recommend.ranks(floor(data, given), data.wanted("test"))
        assert np.array_equal(rank, found[name]["unmasked"][0]), name
    scores = recommend.score(models[0], data, given)
    numbers = full["test"]["LSTM"]
    wanted = [numbers[way][f"{m}_seeds"][0] for way in numbers for m in ("hr", "ndcg")]
    assert means(scores, data, "test") == pytest.approx(wanted, abs=0.004)


def test_the_configuration_is_the_one_that_the_trials_chose():
    """For: a setting changed after the trials, a trial left out of the count."""
    tuning = json.loads((RESULTS / "recommend/tuning.json").read_text(encoding="utf-8"))
    assert len(tuning["trials"]) == tuning["trials_count"]
    (chosen,) = (trial for trial in tuning["trials"] if trial["name"] == tuning["chosen"])
    config = asdict(recommend.FULL)
    for name in ("window", "batch_size", "embedding_size", "hidden_size", "film_dropout"):
        assert chosen[name] == config[name], name
    for name in ("dropout", "reorder", "masked"):
        assert chosen[name] == config[name], name
    assert chosen["steps_planned"] == config["steps"]
    assert bool(chosen["beside"]) == config["beside"]
    unseen = [t["valid"]["nats_unseen"] for t in tuning["trials"] if t["valid"]["nats_unseen"]]
    assert chosen["valid"]["nats_unseen"] == min(unseen)


def test_what_the_readme_and_notebook_claim_of_the_full_run(full):
    """An LSTM alone is above GRU4Rec as published; mixed with Markov it is above Markov, surely."""
    alone = full["test"]["LSTM"]["unmasked"]
    assert alone["hr"] > 0.1103 and alone["ndcg"] > 0.0513
    markov = ("decayed Markov", "smoothed decayed Markov", "others' decayed Markov")
    for floor in full["against"]["LSTM with Markov"]:
        for numbers in full["against"]["LSTM with Markov"][floor].values():
            assert numbers["hr_interval"][0] > 0 and numbers["ndcg_interval"][0] > 0, floor
    for floor in markov:
        masked = full["against"]["LSTM"][floor]["masked"]
        assert masked["hr_interval"][0] > 0 and masked["ndcg_interval"][0] > 0, floor
    low, high = full["against"]["LSTM"]["decayed Markov"]["unmasked"]["ndcg_interval"]
    assert low < 0 < high  # a tie, and called so
