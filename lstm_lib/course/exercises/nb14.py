"""Exercises of notebook 14: a copy seen, a difference tested, costs counted, a size set right."""

import numpy as np

from lstm_lib.course.exercise import Exercise


def price_and_forecast(rng: np.random.Generator, size: int) -> tuple:
    """A forecast that follows a rising price some days late, (n,) each; the longest lag.

    The larger ones are rough: they err by a constant and now and then by far, so that other
    measures of what is close, and other days, find other lags.
    """
    longest, n = 1 + size % 4, 8 + 4 * size
    late = int(rng.integers(0, longest + 1))
    price = 100 + np.cumsum(rng.normal(1.0, 2.0, n + late))
    forecast = price[:n] + rng.normal(0, 0.1, n)
    if size >= 8:
        forecast += rng.normal(0, 3) + rng.standard_t(2, n) * 3
    if size == 6:
        return *later_than_asked(n, longest + 1), longest
    return forecast.round(2), price[late:].round(2), longest


def later_than_asked(n: int, late: int) -> tuple:
    """A price that has no trend, and a forecast that copies it one day later than is asked for."""
    price = 100 + np.random.default_rng(6).normal(0, 5, n + late).round(1)
    return price[:n], price[late:]


def closest_lag(forecast, price, longest):
    # The same days for every lag, so that no lag has easier days than another.
    days = np.arange(longest, len(price))
    gaps = []
    for k in range(longest + 1):
        difference = forecast[days] - price[days - k]
        gaps.append((difference**2).mean())
    # The first gap is that of lag 0, so the place of the smallest is its lag.
    return int(np.argmin(gaps))


def closest_lag_day_by_day(forecast, price, longest):
    best, least = 0, float("inf")
    for k in range(longest + 1):
        total = 0.0
        for t in range(longest, len(price)):
            total += (forecast[t] - price[t - k]) ** 2
        if total < least:
            best, least = k, total
    return best


COPY = Exercise(
    key="14.1",
    title="See the copy",
    stars=2,
    names=("forecast", "price", "longest"),
    specification=closest_lag_day_by_day,
    inputs=price_and_forecast,
    mistakes="""
        np.arange(longest, len(price)) -> np.arange(len(price) - longest)
        days - k -> days + k
            You compare the forecast with *later* prices, price[t + k]. A copy is late: it looks
            like an earlier price, price[t - k].
        argmin -> argmax
            That is the lag with the largest difference. A copy has the smallest.
        range(longest + 1) -> range(1, longest + 1)
        np.argmin(gaps) -> 1 + np.argmin(gaps)
            Lag 0 is never tried. A forecast that is right, and not late, has lag 0: begin there.
        range(longest + 1) -> range(longest)
            The lag `longest` itself is never tried: range(longest) ends one before it.
        np.arange(longest, len(price)) -> np.arange(len(price))
            The end of the series was moved to its beginning, as np.roll does: the last prices were
            compared with the first forecasts. Leave out the first `longest` days instead.
        int(np.argmin(gaps)) -> min(gaps)
            That is how small the difference is. Asked is the lag at which it is so small.
        (difference**2).mean() -> np.abs(difference).mean()
            You took the mean of the absolute differences. Asked is that of the squared ones, in
            which a few wild days count for more.
        (difference**2).mean() -> abs(difference.mean())
            In your differences above and below cancel. Square each one before the mean.
        difference**2 -> difference
            The differences were not squared: the most negative mean is the smallest then, not the
            closest.
        (difference**2).mean() -> np.median(difference**2)
            A median leaves the wild days out. Asked is the mean of the squared differences.
        (difference**2).mean() -> np.abs(difference).max()
            Only the largest difference counts in yours. Asked is the mean over all days.
        (difference**2).mean() -> np.corrcoef(forecast[days], price[days - k])[0, 1]
        argmin -> argmax
            You took the lag of the highest correlation. A correlation does not see a forecast that
            is too high by the same amount every day; asked is the mean squared difference.
        forecast[days] - price[days - k] -> forecast[k:] - price[: len(price) - k]
            Each lag has its own days in yours: lag 0 all of them, lag k those from k on. Then one
            lag may have easier days than another. Take t = longest ... n - 1 for all.
        forecast[days] - price[days - k] -> forecast[k:] - price[: len(price) - k]
        (difference**2).mean() -> (difference**2).sum()
            Each lag has its own days in yours, and the sum over fewer days is smaller. Take t =
            longest ... n - 1 for every lag.
        range(longest + 1) -> range(1, longest + 1)
            You return the place in a list that begins with lag 1, so it is one less than the lag.
            Begin the list with lag 0: then place and lag are the same.
        range(longest + 1) -> range(longest + 2)
            You try one lag too many: the last one is `longest`. At longest + 1 the first day has no
            price so long before; price[-1] is the last one.
        int(np.argmin(gaps)) -> np.array(gaps)
            Those are the mean squared differences, one for each lag. Asked is the lag of the
            smallest: np.argmin.
        forecast[days] - price[days - k] -> forecast[longest:] - price[longest - k : -k]
            At lag 0 a slice that ends at -k ends at -0, which is 0: it is empty. Let it end at
            len(price) - k.
        forecast[days] - price[days - k] -> forecast[k:] - price[:-k]
            At lag 0 a slice that ends at -k ends at -0, which is 0: it is empty. Let it end at
            len(price) - k. (And take the same days for every lag: t = longest ... n - 1.)
        len(price) -> len(price) - 1
            The last day is missing: t goes to n - 1, and n - 1 belongs to it.
        np.arange(longest, -> np.arange(longest + 1,
            The first day is missing: t begins at `longest` itself.
    """,
    steps=(
        "Choose the days once: t = longest ... n - 1. Then t - k exists for every lag.",
        "For one lag k: the mean of (forecast[t] - price[t - k])**2 over these days.",
        "Do this for k = 0, 1, ..., longest and take the k with the smallest value: np.argmin.",
    ),
    solution=closest_lag,
)


def two_losses(rng: np.random.Generator, size: int) -> tuple:
    """Losses of two forecasts on the same days, (n,) each; how many lags to count."""
    n, lags = 6 + 6 * size, min(2 + size // 4, 5)
    shared, own = rng.gamma(2.0, 1.0, n), rng.normal(0.2, 1.0, n + 2)
    smooth = own[2:] + own[1:-1] + own[:-2]  # what neighbours share makes neighbours alike
    return (shared + smooth).round(2), shared.round(2), lags


def dm(ours, theirs, lags):
    d = ours - theirs
    n, centred = len(d), d - d.mean()
    # c[0] is the plain variance; c[k] says how much days k apart hang together.
    c = [centred[k:] @ centred[: n - k] / n for k in range(lags + 1)]
    variance = c[0] + 2 * sum((1 - k / (lags + 1)) * c[k] for k in range(1, lags + 1))
    return d.mean() / np.sqrt(variance / n) * np.sqrt((n - 1) / n)


def dm_pair_by_pair(ours, theirs, lags):
    n = len(ours)
    d = [float(a - b) for a, b in zip(ours, theirs)]
    mean = sum(d) / n
    variance = 0.0
    for i in range(n):
        for j in range(max(0, i - lags), min(n, i + lags + 1)):
            variance += (1 - abs(i - j) / (lags + 1)) * (d[i] - mean) * (d[j] - mean) / n
    return mean / (variance / n) ** 0.5 * ((n - 1) / n) ** 0.5


def a_p_value(answer) -> str | None:
    """The hint for an answer that falls from 1 to 0 as S leaves zero."""
    cases = TEST.cases()
    sizes = np.array([abs(dm(*case)) for case in cases])
    answers = np.array([float(answer(*case)) for case in cases])[np.argsort(sizes)]
    falls = (np.diff(answers) < 0.02).all() and answers[0] - answers[-1] > 0.1
    if not falls or answers.min() < 0 or answers.max() > 1:
        return None
    return (
        "What you return lies between 0 and 1 and is the smaller, the farther S is from zero: that "
        "looks like p. Asked is S itself, with its sign."
    )


TEST = Exercise(
    key="14.2",
    title="The test of Diebold and Mariano",
    stars=3,
    names=("ours", "theirs", "lags"),
    specification=dm_pair_by_pair,
    inputs=two_losses,
    diagnose=a_p_value,
    mistakes="""
        + 2 * sum((1 - k / (lags + 1)) * c[k] for k in range(1, lags + 1)) ->
            The autocovariances are missing: with the plain variance, neighbouring days count as
            independent. Add those of lag 1 to `lags`.
        ours - theirs -> theirs - ours
            The sign is turned round: d is ours minus theirs, so that negative means that ours is
            better.
        2 * sum -> sum
            Each autocovariance counts twice, once for the day before and once for the day after:
            the factor 2 is missing.
        (1 - k / (lags + 1)) * c[k] -> c[k]
            All lags have the weight 1. Newey and West let the weights fall: 1 - k / (lags + 1).
        1 - k / (lags + 1) -> 1 - k / lags
            The weights fall too fast: 1 - k / lags gives the last lag the weight 0. Divide by lags
            + 1.
        np.sqrt(variance / n) -> np.sqrt(variance)
            Your S is too small by the root of n. V is the variance of one day, and a mean of n days
            has the variance V / n. If you have that, look at c_k: each is a sum divided by n.
        * np.sqrt((n - 1) / n) ->
            The small-sample factor of Harvey, Leybourne and Newbold is missing: times the root of
            (n - 1) / n.
        d - d.mean() -> d
            The mean of d was not taken off before the products: these are no covariances yet.
        centred[: n - k] / n -> centred[: n - k] / (n - k)
            Your c_k is a mean over the n - k pairs. The formula divides the sum by n for every k;
            else V may become negative.
        centred[k:] @ centred[: n - k] -> (d[k:] - d[k:].mean()) @ (d[: n - k] - d[: n - k].mean())
            You took off the means of the two slices. Take off the one mean of all of d.
        centred[k:] @ centred[: n - k] / n -> np.cov(d[k:], d[: n - k])[0, 1]
            np.cov takes off the mean of each slice and divides by one less than the pairs. Here the
            one mean of all of d is taken off, and every sum is divided by n.
        range(1, lags + 1) -> range(1, lags)
            The last lag is missing: range(1, lags) ends one before it. The sum goes to k = L.
        range(1, lags + 1) -> range(lags + 1)
            c_0 counts three times: the sum begins at k = 1, not at 0.
        (n - 1) / n -> n / (n - 1)
            The small-sample factor is turned round: n / (n - 1) makes S larger, it is to make it
            smaller.
        np.sqrt((n - 1) / n) -> (n - 1) / n
            The small-sample factor sqrt((n - 1) / n) is in your S twice. Either its root was not
            taken; or n - 1 stands in place of n in V or under it, which does the same as the
            factor: then one of the two has to go.
        np.sqrt(variance / n) -> (variance / n)
            V / n is a variance. The mean is divided by a standard error, the root of it.
        np.sqrt(variance / n) -> (np.sqrt(variance) / n)
            Your S is too large by the root of n: sqrt(V / n) is sqrt(V) divided by sqrt(n), not by
            n. (Or the sum of d stands where its mean belongs.)
        return d.mean() -> return d.sum()
            Your S is n times too large: the sum of d stands where its mean belongs.
        return d.mean() -> return abs(d.mean())
            That is the size of S. Its sign tells who is better: negative means ours.
        ours - theirs -> np.abs(ours - theirs)
            d is ours minus theirs, with its sign. In yours it never is negative.
        ours - theirs -> ours**2 - theirs**2
            You squared what is given. These are losses already: d is their difference.
        variance = c[0] -> variance = d.var(ddof=1)
            c_0 divides by n, as every c_k does. In yours it divides by n - 1 (ddof=1), or c_0 alone
            does.
        centred[k:] @ centred[: n - k] -> centred @ np.roll(centred, k)
            The last days were put before the first, as np.roll does. c_k has only the n - k pairs
            for which day t + k exists.
        centred[: n - k] / n -> centred[: n - k]
        variance = c[0] -> variance = c[0] / n
            The c_k from lag 1 on are sums: divide them by n, as c_0 is.
        2 * sum((1 - k / (lags + 1)) * c[k] for k in range(1, lags + 1)) -> c[1]
            Only lag 1 is added in yours, with the weight 1/2. The sum goes from k = 1 to `lags`.
        d = ours - theirs -> d, lags = ours - theirs, int(4 * (len(ours) / 100) ** (2 / 9))
            Your L comes from the number of days, 4 (n / 100)^(2/9). Here it is given: `lags`.
    """,
    steps=(
        "d = ours - theirs, and d less its mean: both are needed.",
        "c_k: the products of days k apart, centred[k:] @ centred[:n - k], divided by n.",
        "V = c_0 + 2 (sum over k of (1 - k / (lags + 1)) c_k).",
        "S = mean(d) / sqrt(V / n), times sqrt((n - 1) / n).",
    ),
    solution=dm,
)


def days_and_firsts(rng: np.random.Generator, size: int) -> tuple:
    """Differences (n,), the length of a block, and where the blocks of each draw begin.

    The smallest begin early, so that an answer which takes `firsts` for numbers of blocks, or one
    day too many, gives a wrong mean and no bare IndexError.
    """
    n, length = 6 + 4 * size, 2 + size % 4
    latest = n // length - 1 if size < 3 else n - length
    firsts = rng.integers(0, latest + 1, (2 + size, 2 + size % 3))
    return (rng.normal(size=n) + np.arange(n) / 5).round(2), length, firsts


def block_means(d, length, firsts):
    # Every first day becomes `length` days in a row: (draws, blocks, length).
    days = firsts[:, :, None] + np.arange(length)
    return d[days].mean(axis=(1, 2))


def block_means_one_by_one(d, length, firsts):
    means = []
    for row in firsts:
        days = [d[first + k] for first in row for k in range(length)]
        means.append(sum(days) / len(days))
    return np.array(means)


def slices_too_long(d, length, firsts):
    draws = [[d[first : first + length + 1] for first in row] for row in firsts]
    return np.array([np.concatenate(blocks).mean() for blocks in draws])


BOOTSTRAP = Exercise(
    key="14.3",
    title="Draw blocks, not days",
    stars=2,
    names=("d", "length", "firsts"),
    specification=block_means_one_by_one,
    inputs=days_and_firsts,
    mistakes="""
        d[days].mean(axis=(1, 2)) -> d[firsts].mean(axis=1)
            Only the first day of each block was drawn. Then nothing of how neighbouring days hang
            together is left: take `length` days in a row.
        np.arange(length) -> np.arange(length - 1)
            Each block is one day too short: it has `length` days, first ... first + length - 1.
        + np.arange(length) -> - np.arange(length)
            The blocks end at the days in `firsts`. They are to begin there.
        .mean(axis=(1, 2)) -> .mean()
            All draws went into one mean. Each row of `firsts` is a draw with a mean of its own.
        axis=(1, 2) -> axis=2
            That is one mean for each block. A draw puts its blocks one after the other and has one
            mean.
        .mean -> .sum
            Those are sums. Divide by the number of days drawn, blocks times length.
        np.arange(length) -> np.arange(length + 1)
            Each block is one day too long: it has `length` days, first ... first + length - 1.
        firsts[:, :, None] -> length * firsts[:, :, None]
            `firsts` was taken for the number of a block. It holds days: a block may begin on any
            day, so blocks may overlap.
        firsts[:, :, None] -> firsts
        axis=(1, 2) -> axis=1
            `firsts` and np.arange(length) were added without a new axis, so each block got one day,
            or the shapes did not fit. Give `firsts` a third axis for the days of a block.
        axis=(1, 2) -> axis=(0, 2)
            The mean went over the draws: that is one mean for each place of a block in a draw. Keep
            the first axis, the draws.
        slices_too_long
            Each block is one day too long: d[first : first + length] holds `length` days, as a
            slice ends before its end.
        days = firsts[:, :, None] + np.arange(length) -> s = np.cumsum(d)
        d[days].mean(axis=(1, 2)) -> (s[firsts + length - 1] - s[firsts]).mean(axis=1) / length
            The running sums lack the zero at the beginning: the difference of two of them leaves
            out the first day of a block. np.cumsum(np.append(0.0, d)), then s[firsts + length] -
            s[firsts].
        .mean(axis=(1, 2)) -> .sum(axis=(1, 2)) / length
            You divided by the days of one block. A draw has several blocks: divide by their number,
            too.
        .mean(axis=(1, 2)) -> .sum(axis=(1, 2)) / firsts.shape[1]
            You divided by the number of blocks. Each has `length` days: divide by these, too.
        .mean(axis=(1, 2)) -> .sum(axis=(1, 2)) / len(d)
            You divided by n. A draw has blocks · length days, which need not be n.
        firsts[:, :, None] -> firsts[:, :1, None]
            Only the first block of each draw is used. All blocks of a row belong to it.
        d[days].mean(axis=(1, 2)) -> np.array([d[np.unique(draw)].mean() for draw in days])
            Days that several blocks of a draw share count once in yours. A draw puts its blocks one
            after the other, and a day drawn twice counts twice.
    """,
    steps=(
        "One block: d[first : first + length].",
        "One draw: all blocks of a row of `firsts`, one after the other; then the mean.",
        "All at once: firsts[:, :, None] + np.arange(length) holds every day of every draw.",
    ),
    solution=block_means,
)


def days_in_a_market(rng: np.random.Generator, size: int) -> tuple:
    """Daily returns in %, positions -1, 0 or 1 of the same days, a cost in basis points."""
    n = 3 + 2 * size
    position = rng.integers(-1, 2, n).astype(float)
    position[0] = 1.0  # the first purchase, whose cost is easily forgotten
    return rng.normal(0.0, 1.0, n).round(2), position, float(rng.integers(1, 30))


def after_costs(returns, position, cost):
    # Before the first day one holds nothing.
    traded = np.abs(np.diff(position, prepend=0.0))
    # 1 basis point is 0.01 %.
    costs = cost / 100 * traded
    return position * returns - costs


def ledger(returns, position, cost):
    gains, held = [], 0.0
    for change, wanted in zip(returns, position):
        bought_or_sold = abs(wanted - held)
        gains.append(wanted * change - bought_or_sold * cost / 100)
        held = wanted
    return np.array(gains)


COSTS = Exercise(
    key="14.4",
    title="What the broker leaves",
    stars=2,
    names=("returns", "position", "cost"),
    specification=ledger,
    inputs=days_in_a_market,
    mistakes="""
        cost / 100 -> cost
            The cost was taken for per cent. A basis point is a hundredth of a per cent: divide by
            100.
        prepend=0.0 -> prepend=position[0]
            The first purchase is free in your answer. Before the first day the position is 0.
        np.diff(position, prepend=0.0) -> position
            You pay on every day on which something is held. Costs arise only when the position
            changes.
        np.abs ->
            Selling gives money back in your answer: take the *size* of the change, np.abs.
        np.abs(np.diff(position, prepend=0.0)) -> np.diff(position, prepend=0.0) != 0
            A change from 1 to -1 sells two units and costs twice. You counted whether something was
            traded, not how much.
        position * returns -> np.append(0.0, position[:-1]) * returns
            The gain uses the position of the day *before*. `position` is already that which is held
            on the day itself.
        - costs ->
            The costs are missing.
        position * returns - costs -> np.sum(position * returns - costs)
            That is the sum of all days. Asked is the gain of each day, (n,).
        position * returns - costs -> np.cumsum(position * returns - costs)
            That is the gain up to each day. Asked is the gain of each day alone.
        cost / 100 -> cost / 10_000
            A basis point is a hundredth of a per cent, and the returns are in per cent: divide by
            100, not by 10,000.
        - costs -> + costs
            The costs were added. They are paid: take them off.
        returns - costs -> (returns - cost / 100)
            The cost was taken off the return before the position. Then a bet on a fall would earn
            its costs, and every day held pays. Costs depend on what changes.
        np.diff(position, prepend=0.0) -> np.diff(position)
        position * returns -> position[1:] * returns[1:]
            The first day is missing: n days have n gains. np.diff without `prepend` has one value
            less.
        prepend=0.0 -> append=0.0
            Each cost came one day early: the change to the *next* day's position was charged. Pay
            on the day on which the new position is held.
        prepend=0.0 -> prepend=position[-1]
            On the first day the position was compared with the *last* one (position[-1], or
            np.roll). Before the first day nothing is held: 0.
        costs = -> traded[-1] += abs(position[-1]); costs =
            On the last day everything was sold. After the last day nothing is sold: what is held
            stays.
        np.abs -> np.square
            A change by two units costs twice one unit, not four times: take its size, not its
            square.
        prepend=0.0 -> append=position[-1]
            Each cost came one day early: the change to the *next* day's position was charged, and
            the first purchase is free. Pay on the day on which the new position is held.
        np.abs( -> np.maximum(0.0,
            Only purchases cost in yours. A sale costs as well.
        np.diff(position, -> np.diff(np.abs(position),
            From 1 to -1 nothing seems to change in yours, as you compare sizes. Take the size of
            the change, not the change of the size.
        returns - costs -> returns * (1 - costs)
            Your cost is a share of the day's gain. It is a share of what is traded: take it off,
            whatever the day brings.
    """,
    steps=(
        "Without costs, a day gains position * returns.",
        "What is traded on a day: the position less that of the day before, without its sign.",
        "np.diff(position, prepend=0.0) starts from holding nothing. 1 basis point is 0.01 %.",
    ),
    solution=after_costs,
)


def returns_and_variances(rng: np.random.Generator, size: int) -> tuple:
    """Returns in % and forecast variances of the same days, (n,) each, of a wrong size."""
    n = 2 + 3 * size
    v = 0.5 + rng.gamma(1.0, 1.5, n)
    returns = rng.normal(size=n) * np.sqrt(v * rng.uniform(0.3, 3.0))
    return returns.round(2), v.round(2)


def best_factor(returns, v):
    # mean(log(s v) + r^2 / (s v)) has the slope 1/s - mean(r^2 / v) / s^2: zero at s = the mean.
    return np.mean(returns**2 / v)


def factor_by_its_slope(returns, v):
    low, high = 1e-9, 1e9  # halve the stretch (of the logarithm) in which the slope changes sign
    for _ in range(200):
        s = (low * high) ** 0.5
        slope = sum(1 / s - x * x / (y * s * s) for x, y in zip(returns, v))
        low, high = (s, high) if slope < 0 else (low, s)
    return s


FACTOR = Exercise(
    key="14.5",
    title="The best factor",
    stars=2,
    names=("returns", "v"),
    specification=factor_by_its_slope,
    inputs=returns_and_variances,
    mistakes="""
        np.mean(returns**2 / v) -> np.mean(returns**2) / np.mean(v)
            That is the ratio of the means. Wanted is the mean of the ratios: in QLIKE each day's
            r^2 stands over its own v.
        np.mean -> 1 / np.mean
            The factor is turned round: the forecast is to be multiplied by it.
        np.mean(returns**2 / v) -> np.sqrt(np.mean(returns**2 / v))
            That is the factor of the volatility. v is a variance: no root.
        np.mean -> np.sum
            That is a sum. The mean QLIKE divides by the number of days.
        returns**2 -> np.abs(returns)
            The return was not squared: QLIKE compares v with r^2.
        np.mean(returns**2 / v) -> np.sum(returns**2 * v) / np.sum(v**2)
            That is the factor with the least *squared error*. Wanted is the least QLIKE.
        np.mean -> v * np.mean
            That is the forecast after the correction. Return the factor alone, one number.
        np.mean(returns**2 / v) -> np.mean(np.log(v)) + np.log(np.mean(returns**2 / v)) + 1
            That is the least QLIKE itself. Asked is the factor at which it is reached.
        returns**2 / v -> returns**2
            That is the best *constant* variance. `v` has its shape already; find its factor.
        np.mean -> np.median
            A median is not moved by wild days. QLIKE's least factor is: take the mean.
        np.mean(returns**2 / v) -> np.var(returns) / np.mean(v)
            QLIKE takes r^2 as it is: no mean is taken off the returns. (And each day's r^2 stands
            over its own v.)
        returns**2 -> (returns - returns.mean()) ** 2
            QLIKE takes r^2 as it is: no mean is taken off the returns.
        returns**2 -> returns
            The return was not squared, so that days up and down cancel: QLIKE compares v with r^2.
        returns**2 / v -> v / returns**2
            Each ratio is turned round: r^2 stands over v.
        np.mean(returns**2 / v) -> 1 / np.mean(v / returns**2)
            That is 1 divided by the mean of v / r^2. Turned round twice is not the same, as the
            mean lies between: take the mean of r^2 / v.
        np.mean(returns**2 / v) -> np.exp(np.mean(np.log(returns**2 / v)))
            That is the geometric mean of r^2 / v: the logarithms were averaged. In the slope of the
            mean QLIKE the ratios themselves are.
        np.mean(returns**2 / v) -> np.sum(returns**2 / v) / (len(v) - 1)
            You divided by n - 1. A mean over n days divides by n.
        returns**2 / v -> returns**2 / v**2
            v is a variance already, as r^2 is: do not square it.
    """,
    steps=(
        "Mean QLIKE of s v: mean(log v) + log s + mean(r^2 / v) / s. Only two parts know s.",
        "The slope of log s is 1/s, that of A / s is -A / s^2. Which number is your A?",
        "At the least value the slope is zero: 1/s - A / s^2 = 0. Solve it for s.",
    ),
    solution=best_factor,
)

EXERCISES = (COPY, TEST, BOOTSTRAP, COSTS, FACTOR)
