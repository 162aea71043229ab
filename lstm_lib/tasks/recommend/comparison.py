"""All systems on both held-out films: ranks, scores, paired differences, where they differ."""

from collections.abc import Mapping

import numpy as np

from lstm_lib.tasks.difference import Difference, paired
from lstm_lib.tasks.recommend.data import Prepared
from lstm_lib.tasks.recommend.floors import FLOORS, smoothed_markov
from lstm_lib.tasks.recommend.model import Recommender, mixed, score, together
from lstm_lib.tasks.recommend.ranking import gains, hits, ranks, sampled_ranks

WAYS = ("unmasked", "masked")
METRICS = {"hr": hits, "ndcg": gains}
SHARES = tuple(round(0.05 * n, 2) for n in range(21))
SINGLE, TOGETHER = "LSTM", "LSTMs together"
WITH_MARKOV, ALL = "LSTM with Markov", "LSTMs together with Markov"

Scores = dict[str, list[np.ndarray]]  # system -> (U, F) for each of its seeds
Ranks = dict[str, dict[str, np.ndarray]]  # system -> way -> (seeds, U)


def compare(models: list[Recommender], data: Prepared) -> dict:
    """Scores of all systems on both held-out films, and on the test film also: differences from
    the floors with their intervals, slices, every rank.
    """
    shares = choose_shares(models, data)
    valid = all_ranks(all_scores(models, data, "valid", shares), data, "valid")
    scores = all_scores(models, data, "test", shares)
    test = all_ranks(scores, data, "test")
    return {
        "markov_share": shares,
        "valid": {system: summary(rank) for system, rank in valid.items()},
        "test": {system: summary(rank) for system, rank in test.items()},
        "against": {
            system: {floor: difference(test[system], test[floor]) for floor in FLOORS}
            for system in (SINGLE, TOGETHER, WITH_MARKOV, ALL)
        },
        "slices": slices(test, data),
        "among_100": among_100(scores, data),
        "ranks": {
            system: {way: [" ".join(map(str, row)) for row in rows] for way, rows in rank.items()}
            for system, rank in test.items()
        },
    }


def choose_shares(models: list[Recommender], data: Prepared) -> dict[str, float]:
    """How much of the decayed Markov chain the mixtures get: what serves the validation film best,
    by the mean of NDCG@10 unmasked and masked; one share for single models, one for all together.
    """
    logp = [score(model, data, data.before("valid")) for model in models]
    floor = smoothed_markov(data, data.before("valid"))
    shares = {}
    for system, rows in {WITH_MARKOV: logp, ALL: [together(logp)]}.items():
        values = []
        for share in SHARES:
            mixture = {system: [mixed(row, floor, share) for row in rows]}
            ndcg = summary(all_ranks(mixture, data, "valid")[system])
            values.append(sum(ndcg[way]["ndcg"] for way in WAYS))
        shares[system] = SHARES[int(np.argmax(values))]
    return shares


def all_scores(
    models: list[Recommender], data: Prepared, part: str, shares: Mapping[str, float]
) -> Scores:
    """Scores (U, F) of the floors and the models, before this part's film."""
    given = data.before(part)
    logp = [score(model, data, given) for model in models]
    markov = smoothed_markov(data, given)
    return {
        **{name: [floor(data, given)] for name, floor in FLOORS.items()},
        SINGLE: logp,
        TOGETHER: [together(logp)],
        WITH_MARKOV: [mixed(row, markov, shares[WITH_MARKOV]) for row in logp],
        ALL: [mixed(together(logp), markov, shares[ALL])],
    }


def all_ranks(scores: Scores, data: Prepared, part: str) -> Ranks:
    """Ranks of this part's films, (seeds, U) for each system, with seen films competing or not."""
    wanted, seen = data.wanted(part), [history.film for history in data.before(part)]
    return {
        system: {
            "unmasked": np.stack([ranks(table, wanted) for table in tables]),
            "masked": np.stack([ranks(table, wanted, seen) for table in tables]),
        }
        for system, tables in scores.items()
    }


def summary(rank: Mapping[str, np.ndarray]) -> dict:
    """HR@10 and NDCG@10 each way: means over seeds and users, 95 % intervals over users."""
    scores: dict = {}
    for way in WAYS:
        scores[way] = {}
        for metric, of in METRICS.items():
            users = of(rank[way]).mean(0)
            scores[way] |= recorded(metric, paired(users, np.zeros(len(users))))
            if len(rank[way]) > 1:
                seeds = of(rank[way]).mean(1)
                scores[way][f"{metric}_seeds"] = [round(float(value), 4) for value in seeds]
    return scores


def difference(system: Mapping[str, np.ndarray], floor: Mapping[str, np.ndarray]) -> dict:
    """HR@10 and NDCG@10 of `system` less those of `floor`, paired by user, with 95 % intervals."""
    gaps: dict = {}
    for way in WAYS:
        gaps[way] = {}
        for metric, of in METRICS.items():
            gaps[way] |= recorded(metric, paired(of(system[way]).mean(0), of(floor[way]).mean(0)))
    return gaps


def recorded(metric: str, gap: Difference) -> dict:
    record = gap.record()
    return {metric: record["difference"], f"{metric}_interval": record["interval"]}


def slices(test: Ranks, data: Prepared) -> dict:
    """HR@10, masked, where it may differ: by the length of the history, by the time that passed
    before the test film was rated, by how often that film was rated in training.
    """
    long = np.array([len(history.film) for history in data.before("test")])
    pause = np.array([history.time[-1] - history.time[-2] for history in data.histories])
    known = data.popularity[data.wanted("test")]
    groups = {
        "films before": {
            "up to 30": long <= 30,
            "31 to 60": (long > 30) & (long <= 60),
            "61 to 150": (long > 60) & (long <= 150),
            "more than 150": long > 150,
        },
        "time since the film before": {
            "none: a tie": pause == 0,
            "up to a minute": (pause > 0) & (pause <= 60),
            "more": pause > 60,
        },
        "ratings of the film": {
            "up to 20": known <= 20,
            "21 to 100": (known > 20) & (known <= 100),
            "more than 100": known > 100,
        },
    }
    return {
        by: {
            label: {
                "users": int(where.sum()),
                **{
                    system: round(float(hits(test[system]["masked"])[:, where].mean()), 4)
                    for system in ("popularity", "decayed Markov", SINGLE, ALL)
                },
            }
            for label, where in cells.items()
        }
        for by, cells in groups.items()
    }


def among_100(scores: Scores, data: Prepared) -> dict:
    """HR@10 of the test film among 100 random unseen films: the illusion of sampling."""
    wanted, seen = data.wanted("test"), [history.film for history in data.before("test")]
    return {
        system: round(
            float(np.mean([hits(sampled_ranks(table, wanted, seen)).mean() for table in tables])), 4
        )
        for system, tables in scores.items()
    }


def read_ranks(result: Mapping) -> Ranks:
    """The ranks of a result file as arrays, (seeds, U), for each system and way."""
    return {
        system: {way: np.array([row.split() for row in rows], int) for way, rows in ranks.items()}
        for system, ranks in result["ranks"].items()
    }
