"""Attention and the search: properties that a wrong mask, axis or score would break."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lib.nn.attention import AdditiveAttention, DotAttention, masked_softmax
from lstm_lib.nn.search import beam_search
from lstm_lib.nn.seq2seq import Seq2Seq

KINDS = {
    "dot": lambda: DotAttention(4, 6),
    "plain": lambda: DotAttention(6, 6, plain=True),
    "additive": lambda: AdditiveAttention(4, 6, size=5),
}


def material(kind, seed=0):
    torch.manual_seed(seed)
    attention = KINDS[kind]().double()
    query = torch.randn(3, 2, 6 if kind == "plain" else 4, dtype=torch.double)
    return attention, query, torch.randn(3, 5, 6, dtype=torch.double)


@pytest.mark.parametrize("kind", KINDS)
def test_places_that_are_not_there_change_nothing(kind):
    """For: a mask that is forgotten, the wrong way round, or taken after the softmax."""
    attention, query, memory = material(kind)
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1]]).bool()
    context, weights = attention(query, memory, mask)
    other = torch.where(mask[..., None], memory, 1e6 * torch.randn_like(memory))
    for got, wanted in zip(attention(query, other, mask), (context, weights), strict=True):
        assert torch.equal(got, wanted)
    shorter = attention(query[:1], memory[:1, :3])
    assert torch.allclose(context[:1], shorter[0], atol=1e-12)
    assert torch.allclose(weights.sum(-1), torch.ones(3, 2).double())
    assert (weights[~mask[:, None].expand_as(weights)] == 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_the_places_does_not_matter(kind):
    """Attention is a weighted mean of a set. For: batch and places swapped somewhere."""
    attention, query, memory = material(kind)
    order = torch.tensor([4, 2, 0, 1, 3])
    context, weights = attention(query, memory)
    again, permuted = attention(query, memory[:, order])
    assert torch.allclose(context, again, atol=1e-12)
    assert torch.allclose(weights[..., order], permuted, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_pass_gradcheck(kind):
    attention, query, memory = material(kind)
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0]]).bool()
    inputs = (query.requires_grad_(), memory.requires_grad_())
    assert torch.autograd.gradcheck(lambda q, m: attention(q, m, mask), inputs)


def test_the_additive_score_is_bahdanaus():
    """Against the sum written out, one query and one place at a time."""
    attention, query, memory = material("additive")
    U, W, v = attention.from_query.weight, attention.from_memory.weight, attention.score.weight[0]
    _, weights = attention(query, memory)
    for b, t in itertools.product(range(3), range(2)):
        scores = [v @ torch.tanh(U @ query[b, t] + W @ memory[b, s]) for s in range(5)]
        assert torch.allclose(weights[b, t], torch.stack(scores).softmax(0), atol=1e-12)


def test_what_does_not_fit_is_said():
    attention = DotAttention(4, 6)
    with pytest.raises(ValueError, match=r"query must be \(B, T, Q\).*got \(2, 4\)"):
        attention(torch.zeros(2, 4), torch.zeros(2, 5, 6))
    with pytest.raises(ValueError, match=r"mask must be bool \(2, 5\)"):
        attention(torch.zeros(2, 3, 4), torch.zeros(2, 5, 6), torch.ones(2, 5))
    with pytest.raises(ValueError, match="plain attention needs"):
        DotAttention(4, 6, plain=True)
    assert masked_softmax(torch.tensor([1e4, -1e4]), torch.tensor([True, True])).tolist() == [1, 0]


def chain(seed, symbols=4):
    """A random Markov chain of log-probabilities, 0 the start, 3 the end, and its `step`."""
    torch.manual_seed(seed)
    table = torch.randn(symbols, symbols).mul(1.5).log_softmax(-1)
    return table, lambda last, state: (table[last], state)


def best_of_all(table, longest, power):
    """The best sequence by trying every one of at most `longest` symbols and the end, 3."""
    scored = []
    for length in range(longest + 1):
        for inner in itertools.product((0, 1, 2), repeat=length):
            path = (0, *inner, 3)
            score = sum(table[a, b].item() for a, b in itertools.pairwise(path))
            scored.append((score / (length + 1) ** power, inner))
    return max(scored)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), power=st.sampled_from([0.0, 0.6, 1.0]))
def test_a_beam_that_holds_everything_finds_the_best(seed, power):
    """For: scores of the wrong candidate carried on, a finished one extended or forgotten."""
    table, step = chain(seed)
    best = beam_search(
        step, lambda s, i: s, None, 1, start=0, end=3, max_length=4, beams=4**4, length_power=power
    )  # fmt: skip
    assert best.ended[0], "at least one of those in the beam has come to its end"
    score, path = best_of_all(table, 3, power)
    assert abs(best.scores[0] / (best.lengths[0] + 1) ** power - score) < 1e-5
    assert best.symbols[0, : best.lengths[0]].tolist() == list(path)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 4))
def test_one_beam_is_greedy(seed, batch):
    """Entry by entry the likeliest next symbol. For: entries of a batch that mix."""
    torch.manual_seed(seed)
    tables = torch.randn(batch, 4, 4).log_softmax(-1)

    def step(last, which):
        return tables[which, last], which

    best = beam_search(
        step, lambda which, index: which[index], torch.arange(batch), batch,
        start=0, end=3, max_length=6,
    )  # fmt: skip
    for entry in range(batch):
        last, wanted = 0, []
        while len(wanted) < 6 and last != 3:
            last = int(tables[entry, last].argmax())
            wanted.append(last)
        written = best.symbols[entry, : len(wanted)].tolist()
        assert written == wanted
        assert best.ended[entry] == (3 in wanted)
        assert best.lengths[entry] == len([s for s in wanted if s != 3])


def test_the_decoder_step_by_step_is_the_decoder_at_once():
    """Teacher forcing in one call equals one symbol at a time with the state handed on.

    For: a state that is lost or not the last, an attention that looks at later steps.
    """
    torch.manual_seed(0)
    for attention in (True, False):
        model = Seq2Seq(11, 6, 5, 7, attention=attention, dropout=0.4).double().eval()
        source, lengths = torch.randint(3, 11, (4, 6)), torch.tensor([6, 2, 4, 1])
        target = torch.randint(3, 11, (4, 5))
        whole = model(source, lengths, target)
        encoded = model.encode(source, lengths)
        for t in range(5):
            logits, encoded, _ = model.decode(target[:, t : t + 1], encoded)
            assert torch.allclose(logits[:, 0], whole[:, t], atol=1e-12)


def test_padding_of_the_source_changes_nothing():
    """For: an encoder that reads past the end, backwards from it, or an unmasked attention."""
    torch.manual_seed(0)
    model = Seq2Seq(11, 6, 5, 7).double().eval()
    source, target = torch.randint(3, 11, (1, 4)), torch.randint(3, 11, (1, 3))
    alone = model(source, torch.tensor([4]), target)
    longer = torch.cat([source, torch.full((1, 5), 9)], 1)
    both = torch.cat([longer, torch.randint(3, 11, (1, 9))])
    padded = model(both, torch.tensor([4, 9]), target.expand(2, -1))
    assert torch.allclose(padded[:1], alone, atol=1e-12)


def test_the_embedding_is_tied_to_the_output():
    """One table: its gradient comes from both ends. Padding stays zero."""
    model = Seq2Seq(11, 6, 5, 7)
    assert sum(p.numel() == 11 * 6 for p in model.parameters()) == 1
    source, target = torch.tensor([[4, 5]]), torch.tensor([[1, 6]])
    model(source, torch.tensor([2]), target)[..., 7].sum().backward()
    used = model.embedding.weight.grad.abs().sum(1) > 0
    assert used[[4, 5, 1, 6, 7]].all() and not used[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": 9}, "end must be one of the 3 symbols that step knows; got 9"),
        ({"end": -1}, "end must be an integer of at least 0; got -1"),
        ({"padding": 3}, "padding must be one of the 3 symbols"),
        ({"start": 0.5}, "start must be an integer of at least 0; got 0.5"),
        ({"batch": 0}, "batch must be an integer of at least 1; got 0"),
        ({"beams": True}, "beams must be an integer of at least 1; got True"),
    ],
)
def test_a_search_refuses_symbols_that_are_none(change, message):
    """For: an end that never comes, written as if the longest sentence were the best."""
    table = torch.full((3, 3), 1 / 3).log()
    options = dict(batch=1, start=0, end=2, max_length=4) | change
    batch = options.pop("batch")
    with pytest.raises(ValueError, match=message):
        beam_search(
            lambda s, state: (table[s], state), lambda state, i: state, None, batch, **options
        )


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
@pytest.mark.parametrize("beams", [1, 3])
def test_a_search_refuses_what_is_no_probability(beams, wrong):
    """For: NaN, which `topk` takes for the largest of all; impossible symbols (-inf) stay."""
    table = torch.tensor([[0.0, 0.6, 0.4], [0.0, 0.1, 0.9], [0.0, 0.5, 0.5]]).log()
    options = dict(start=0, end=2, max_length=4, beams=beams)

    def search(table):
        return beam_search(
            lambda s, state: (table[s], state), lambda state, i: state, None, 1, **options
        )

    assert search(table).symbols[0, :2].tolist() == [1, 2]
    table[1, 0] = wrong
    with pytest.raises(ValueError, match="log-probabilities; got NaN or positive infinity"):
        search(table)
    with pytest.raises(
        ValueError, match=r"step must return \(1, V\) log-probabilities; got \(1, 1"
    ):
        search(torch.zeros(3, 1, 3))
