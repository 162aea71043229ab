"""What the README says is so: figures stand in result files, its files and commands exist."""

import json
import re
from statistics import mean

import pytest

from lstm_lib.__main__ import COMMANDS
from lstm_lib.places import NOTEBOOKS, RESULTS, ROOT
from lstm_lib.tasks.recommend import gains, hits, read_ranks
from lstm_lib.tasks.share import wilson

README = (ROOT / "README.md").read_text(encoding="utf-8")
FULL = json.loads((RESULTS / "weather/full.json").read_text(encoding="utf-8"))
ROWS = {
    "persistence": FULL["floors"]["persistence"],
    "climatology": FULL["floors"]["climatology"],
    "ridge regression, all variables": FULL["floors"]["ridge"],
    "gradient boosting": FULL["floors"]["gradient boosting"],
    "LSTM, mean of five seeds": FULL["lstm"],
    "the five together": FULL["together"],
}


def cells(line):
    return [cell.strip() for cell in line.replace("**", "").strip("|\n ").split("|")]


TABLE = [cells(line) for line in README.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("name", ROWS)
def test_the_weather_table_is_the_result_file(name):
    header = next(row for row in TABLE if row[0] == "hours ahead")
    row = next(row for row in TABLE if row[0] == name)
    at = [FULL["config"]["leads"].index(int(lead)) for lead in header[1:]]
    assert row[1:] == [f"{ROWS[name][k]:.3f}" for k in at]


def test_bold_means_better_than_boosting_by_the_interval():
    line = next(line for line in README.splitlines() if line.startswith("| **LSTM**"))
    bold = [f"{v:.3f}" for v in map(float, re.findall(r"\*\*([\d.]+)\*\*", line))]
    against = FULL["against"]["gradient boosting"]
    leads = FULL["config"]["leads"]
    shown = [leads.index(k) for k in (1, 6, 12, 24, 48, 72)]
    assert bold == [f"{FULL['lstm'][k]:.3f}" for k in shown if against["high"][k] < 0]
    at = leads.index(24)
    interval = f"[−{-against['low'][at]:.3f}, −{-against['high'][at]:.3f}]"
    assert interval in README and f"−{-against['difference'][at]:.3f} °C" in README


RECOMMEND = json.loads((RESULTS / "recommend/full.json").read_text(encoding="utf-8"))
RANKS = read_ranks(RECOMMEND)
STOCKS = json.loads((RESULTS / "stocks/full.json").read_text(encoding="utf-8"))
HITS = {
    "popularity": "popularity",
    "item-kNN": "item-kNN",
    "decayed Markov": "decayed Markov",
    "the same, smoothed: the strongest simple rival": "smoothed decayed Markov",
    "LSTM, mean of five seeds": "LSTM",
    "LSTM with Markov, mean of five": "LSTM with Markov",
}
VIEWS = ("unmasked", "masked")


@pytest.mark.parametrize("name", HITS)
def test_the_table_of_recommendations_is_the_result_file(name):
    row = next(row for row in TABLE if row[0] == name and "/" in row[1])
    ranks = [RANKS[HITS[name]][view] for view in VIEWS]  # the file's means are rounded already
    assert row[1:] == [f"{hits(r).mean():.3f} / {gains(r).mean():.3f}" for r in ranks]
    assert f"of each of {RECOMMEND['users']} users, all {RECOMMEND['films']:,} films" in README


def test_who_is_ahead_of_the_strongest_simple_rival():
    """For: a tie that is told as a win, a rival that is not the strongest."""
    simple = ("popularity", "item-kNN", "Markov", "decayed Markov", "others' decayed Markov")
    strongest = "smoothed decayed Markov"

    def ahead(name):
        against = RECOMMEND["against"][name][strongest]
        return {(v, m) for v in VIEWS for m in ("hr", "ndcg") if against[v][f"{m}_interval"][0] > 0}

    for view in VIEWS:
        for measure in ("hr", "ndcg"):
            best = RECOMMEND["test"][strongest][view][measure]
            assert all(RECOMMEND["test"][name][view][measure] <= best for name in simple)
    assert "The LSTM with Markov is ahead of the strongest simple rival" in README
    assert len(ahead("LSTM with Markov")) == 4
    assert "the LSTM alone when seen films are masked, and among all films it is a tie" in README
    assert ahead("LSTM") == {("masked", "hr"), ("masked", "ndcg")}


TRANSLATE = json.loads((RESULTS / "translate/full.json").read_text(encoding="utf-8"))
TRANSLATORS = {
    "nearest training sentence": "nearest",
    "LSTM without attention, mean of three seeds": "no_attention",
    "LSTM with attention, mean of three seeds": "attention",
}


@pytest.mark.parametrize("name", TRANSLATORS)
def test_the_table_of_translation_is_the_result_file(name):
    [row] = [row for row in TABLE if row[0] == name]
    found = TRANSLATE[TRANSLATORS[name]]
    seeds = found.get("seeds", [found])  # the means in the file are rounded already
    assert row[1:] == [f"{mean(seed[m] for seed in seeds):.1f}" for m in ("bleu", "chrf")]
    assert name == "nearest training sentence" or len(seeds) == 3


def test_what_is_said_of_translation():
    """For: a tie told as a win, figures of another run."""
    assert f"{TRANSLATE['pairs']['train']:,} pairs to learn from" in README
    assert TRANSLATE["pairs"]["test"] == 1000 and TRANSLATE["attention"]["seeds"]
    for name in ("attention_minus_none", "attention_minus_nearest"):
        gap = TRANSLATE[name]
        low, high = gap["interval"]
        assert low > 0 and f"+{gap['difference']:.1f} [{low:.1f}, {high:.1f}]" in README
    assert f"three voting together: {TRANSLATE['attention']['together_bleu']:.1f}" in README


def test_of_returns_nothing_is_known():
    returns, variance = STOCKS["returns"], STOCKS["variance"]
    least = min(against["p_holm"] for against in returns["against_zero"].values())
    assert least > 0.05 and f"after Holm's correction {least:.2f}" in README
    for rule in STOCKS["rules"].values():
        assert all(rule[cost]["less buy and hold"][0] <= 0 for cost in ("0 bp", "1 bp", "5 bp"))
    floors = variance["floors"]
    best = min(floors, key=floors.get)
    assert f"best of fourteen floors ({best}) {floors[best]:.3f}" in README and len(floors) == 14
    assert f"GARCH(1,1) {floors['GARCH(1,1)']:.3f}, HAR {floors['HAR']:.3f}" in README
    alone, net = variance["nets"]["LSTM alone"], variance["nets"]["LSTM on a floor"]
    assert f"the LSTM alone {alone:.3f}, which is no gain" in README and alone > floors[best]
    low, high = variance["against"]["LSTM on a floor"][best]["interval"]
    assert low < 0 < high
    assert f"**{net:.3f}**: a tie (difference [−{-low:.3f}, {high:.3f}])" in README


def test_the_speeds_are_those_of_the_benchmark():
    goals = json.loads((RESULTS / "bench/bench.json").read_text(encoding="utf-8"))["goals"]
    measured = {goal["what"]: goal["measured"] for goal in goals}
    training = measured["training ÷ nn.LSTM, geometric mean"]
    assert f"takes {training:.2f} times as long (geometric mean" in README
    assert (
        f"one generated step {measured['one generated step ÷ nn.LSTM, worst']:.2f} times" in README
    )
    assert f"at least {measured['textbook ÷ training, least']:.0f} times as long as ours" in README
    plain = measured["compiled, training ÷ nn.LSTM, geometric mean"]
    assert f"compiled kernels take {plain:.2f} times as long as torch's own" in README
    variant = measured["compiled, equal operations, worst variant's mean"]
    assert f"takes {variant:.2f} times the plain one's time at worst" in README


def test_the_gpu_speeds_are_those_of_the_benchmark():
    """The range over all shapes of V ÷ cuDNN's plain LSTM, and the least gain over the loop."""
    report = json.loads((RESULTS / "bench/cuda.json").read_text(encoding="utf-8"))
    rows = [r for r in report["rows"] if (r["backend"], r["variant"]) == ("triton", "V")]

    def ratios(action, precision):
        return [r["same"] for r in rows if (r["action"], r["precision"]) == (action, precision)]

    for precision, name in (("TF32", "TF32"), ("bf16", "bfloat16"), ("fp16", "float16")):
        found = ratios("training", precision)
        assert len(found) == 5
        assert re.search(rf"{min(found):.2f} to {max(found):.2f}[^,]* in {name}", README), name
    worst = max(ratios("forward", "bf16") + ratios("forward", "fp16"))
    assert f"at worst we take {worst:.2f} times as long" in README
    loop = next(g["measured"] for g in report["goals"] if g["what"] == "training, loop ÷ ours")
    assert f"a {loop:.0f}th of the plain loop's" in README
    assert report["machine"]["gpu"] == "NVIDIA H200"
    cudnn = [r for r in report["rows"] if (r["backend"], r["action"]) == ("cuDNN", "training")]
    waits = [r["host_ms"] > 0.9 * r["ms"] for r in cudnn if r["precision"] == "TF32"]
    assert (sum(waits), len(waits)) == (4, 5)
    assert "In TF32 cuDNN spends four of the five on launching" in README


@pytest.mark.parametrize("figure", ["1.598", "32.6"])
def test_a_figure_without_a_result_file_says_where_it_comes_from(figure):
    """Rivals that a review tried; the numbers go once the course has runs of its own."""
    [sentence] = [s for s in re.split(r"(?<=[.:;])\s", README) if figure in s]
    assert "in a review" in sentence and "no result file yet" in sentence


def test_the_results_in_numpy_are_those_of_notebook_08():
    names = ("08_training.ipynb", "08b_from_noise_to_words.ipynb")
    notebooks = [json.loads((NOTEBOOKS / name).read_text(encoding="utf-8")) for name in names]
    cells = [cell for notebook in notebooks for cell in notebook["cells"]]
    shown = "".join("".join(o.get("text", ())) for c in cells for o in c.get("outputs", ()))
    score = {
        k: re.search(rf"^{k} +([\d.]+)$", shown, re.M)[1] for k in ("LSTM", "fives", "Kneser–Ney")
    }
    assert f"loses to Kneser–Ney ({score['Kneser–Ney']} nats" in README
    assert f"{score['LSTM']} against {score['fives']}, one seed" in README
    reaches = [
        [int(n) for n in re.findall(rf"reach: .*'{k}': (\d+)", shown)] for k in ("LSTM", "RNN")
    ]
    assert all(len(found) == 5 for found in reaches)
    lstm, rnn = map(sorted, reaches)
    assert f"n = {lstm[0]} to {lstm[-1]}, five plain RNNs" in README
    assert f"up to {rnn[0]} or {rnn[-1]}." in README
    # Of twenty others: tests/claims/test_claims_08.py, which asserts these ends.
    assert "20 others gave 13 to 30 and 10 to 16" in README


def test_links_and_pictures_exist():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_commands_exist():
    for command in re.findall(r"python course\.py (\w+)", README):
        assert command in COMMANDS


def test_every_notebook_is_listed():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"notebooks/{path.name}" in README


ODYSSEY = json.loads((RESULTS / "odyssey/full.json").read_text(encoding="utf-8"))["findings"]


@pytest.mark.parametrize("name", ["handwriting", "speech", "music"])
def test_the_table_of_recognition_is_the_result_file(name):
    """For: a rival left out that is better, a score chosen on the test part."""
    [row] = [row for row in TABLE if row[0].startswith(f"{name}:")]
    told = ODYSSEY[name]
    key = "test" if name == "music" else "test_error"
    form = (lambda v: f"{v:.2f}") if name == "music" else (lambda v: f"{100 * v:.1f} %")
    least = min(told["floors"].values(), key=lambda rival: rival["test"])
    assert form(least["test"]) in row[1] and form(told["best"][key]) == row[2]
    assert f"{told['best']['chosen from']}" in README


def test_ties_with_the_support_vector_machine_are_ties():
    ends = []
    for name, people in (("handwriting", 3498), ("speech", 370)):
        told = ODYSSEY[name]
        low, high = wilson(round(told["best"]["test_error"] * people), people)
        assert low < told["floors"]["support vector machine"]["test"] < high
        ends.append(f"{100 * low:.1f} to {100 * high:.1f}")
    assert f"95 % intervals {ends[0]} and {ends[1]} %" in README
    networks = sum(told["best"]["chosen from"] for told in ODYSSEY.values())
    assert f"{networks:,} networks" in README


def test_the_table_of_what_a_network_makes_is_the_result_files():
    """For: a figure of a trial, a rival left out that is better, an aim called reached."""
    read = {
        name: json.loads((RESULTS / name / "full.json").read_text(encoding="utf-8"))
        for name in ("text", "images", "handwriting")
    }
    nats = {name: score["nats"] for name, score in read["text"]["nats"].items()}
    packed, digits = read["text"]["compressors"]["adapting"], read["images"]["test"]
    fixed, adapts = nats["LSTM"], nats["LSTM, dynamic"]
    with_table = nats["LSTM with Kneser-Ney"], nats["LSTM, dynamic, with Kneser-Ney"]
    rows = [
        f"| Kneser–Ney {nats['Kneser-Ney']:.3f} | "
        f"{fixed:.3f}; with Kneser–Ney {with_table[0]:.3f} |",
        f"| PPMd {packed['PPMd']:.3f}, zpaq {packed['zpaq, tuned']:.3f} | "
        f"{adapts:.3f}; with Kneser–Ney {with_table[1]:.3f} |",
    ]
    for way in ("threshold", "stochastic"):
        told = {name: score["told"]["nats"] for name, score in digits[way].items()}
        lstm = told.pop("LSTM")
        best = min(told, key=told.get)
        if "Diagonal" in best:  # no rival: an LSTM of the paper
            best = min(set(told) - {best}, key=told.get)
        rows.append(f"| {best} {told[best]:.1f} | {lstm:.1f} |")
        assert lstm > 0.8 * told[best]  # the aim that was not reached
    for kind in ("kanji", "digits"):
        test = {name: score["nats"] for name, score in read["handwriting"][kind]["test"].items()}
        assert test["Markov mixture"] == min(v for name, v in test.items() if name != "LSTM")
        pair = f"{test['Markov mixture']:.2f} | {test['LSTM']:.2f} |".replace("-", "−")
        rows.append(f"| the last points alone {pair}")
    for row in rows:
        assert row in README, row
    assert fixed > 1.42 and packed["zpaq, tuned"] == min(packed.values())
    assert with_table[1] < packed["zpaq, tuned"] < adapts
    assert len(read["text"]["nats"]["LSTM"]["seeds"]) == 3


def test_what_is_said_of_the_papers():
    reber = json.loads((RESULTS / "reber/full.json").read_text(encoding="utf-8"))["rows"]
    solved = [
        reber[name]["solved"] for name in ("standard", "forget gates", "standard, external reset")
    ]
    assert all(row["networks"] == 40 for row in reber.values())
    assert (
        "in {} of 40 networks (paper 0 %), with them in {} (paper 18 %)".format(*solved) in README
        and f"told where strings end in {solved[2]} (74 %)" in README
    )
    adding = json.loads((RESULTS / "adding/full.json").read_text(encoding="utf-8"))["rows"]
    row = adding["T = 100"]
    assert row["solved"]["solved"] == row["learnt"]["solved"] == 10
    for name in ("learnt", "solved"):
        assert f"{row[name]['median']:,.0f}" in README
