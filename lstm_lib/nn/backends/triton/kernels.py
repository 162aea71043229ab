"""Two persistent kernels: all steps of one layer, forward and backward, in one launch each.

A program owns HT hidden units of one or more batch tiles of BT sequences, and walks through all
steps. Its share of the recurrent weights is loaded once and stays on the chip (if it fits). At each
step it needs the outputs of all units of its own batch tile: those programs, and no others, wait
for each other, by a counter per batch tile that only grows. What is exchanged lies at a new address
at every step, so that no cache can hold an old copy.

A wait that runs out of patience (its neighbours never ran) ends in NaN, never in a hang.

Rows. `z`, `dh` and `dz` have N rows, step after step. `h`, `c` and `acts` have B rows more, for the
state at the start: before them (`shift` = B, `state_at` = 0), or after them in reverse (`shift` =
0, `state_at` = N). So the row of a sequence one step earlier always exists.

In Triton's interpreter (TRITON_INTERPRET=1) programs run one after another: there HT must be at
least H, so that nobody waits.
"""

import triton
import triton.language as tl


@triton.jit
def _tanh(a):
    return 2.0 * tl.sigmoid(2.0 * a) - 1.0


@triton.jit
def _wait(counter, target, patience):
    seen = tl.load(counter, volatile=True)
    while (seen < target) & (patience > 0):
        seen = tl.load(counter, volatile=True)
        patience -= 1
    tl.debug_barrier()  # no load of what was waited for moves before this; they bypass L1 (.cg)
    return patience


@triton.jit
def _signal(counter):
    tl.debug_barrier()  # the stores of all threads of the program come before the release
    tl.atomic_add(counter, 1, sem="release", scope="gpu")


@triton.jit
def _dot(a, b, sums, PRECISION: tl.constexpr):
    """sums + a b. The interpreter takes bfloat16 for integers in a product: there in float32."""
    if PRECISION == "interpreted":
        return tl.dot(a.to(tl.float32), b.to(tl.float32), sums, input_precision="ieee")
    return tl.dot(a, b, sums, input_precision=PRECISION)


@triton.jit
def _sum(parts, PARTS: tl.constexpr, BT: tl.constexpr, HT: tl.constexpr):
    """The sum over the first axis, by halves: unlike `tl.sum` in the layout of what is loaded."""
    parts = tl.permute(parts, (1, 2, 0))
    if PARTS == 8:
        left, right = tl.split(tl.reshape(parts, (BT, HT, 4, 2)))
        parts = left + right
    left, right = tl.split(tl.reshape(parts, (BT, HT, 2, 2)))
    left, right = tl.split(left + right)
    return left + right


@triton.jit
def _step(t, steps, batch, starts, counts, EQUAL: tl.constexpr):
    """First row and number of rows of step t; no rows if there is no such step."""
    inside = (t >= 0) & (t < steps)
    if EQUAL:
        start = tl.where(inside, t, 0) * batch
        count = tl.where(inside, batch, 0)
    else:
        start = tl.load(starts + t, mask=inside, other=0)
        count = tl.load(counts + t, mask=inside, other=0)
    return start.to(tl.int64), count


@triton.jit
def forward_kernel(
    z,  # (N, BLOCKS·H) W x + b
    R,  # (BLOCKS·H, SOURCES·H)
    p,  # (3, H) float32, zeros where a gate has none
    h,  # (N + B, H)
    c,  # (N + B, H) float32
    acts,  # (N + B, 4, H) i, f, g, o
    starts,
    counts,
    arrived,  # one counter for each batch tile
    steps,
    batch,
    patience,
    shift,
    state_at,
    H: tl.constexpr,
    SOURCES: tl.constexpr,  # 1: h₋₁; 4: h₋₁ and the gates i, f, o of the step before
    BLOCKS: tl.constexpr,
    I_AT: tl.constexpr,  # where in z the block is; -1: the variant has none
    F_AT: tl.constexpr,
    G_AT: tl.constexpr,
    O_AT: tl.constexpr,
    COUPLED: tl.constexpr,
    PEEPHOLES: tl.constexpr,
    TANH_IN: tl.constexpr,
    TANH_OUT: tl.constexpr,
    REVERSE: tl.constexpr,
    EQUAL: tl.constexpr,
    KEEP: tl.constexpr,
    BT: tl.constexpr,
    HT: tl.constexpr,
    KC: tl.constexpr,  # columns of R in one product
    TILES: tl.constexpr,
    ON_CHIP: tl.constexpr,
    PRECISION: tl.constexpr,
):
    CHUNKS: tl.constexpr = (H + KC - 1) // KC
    UNIT_TILES: tl.constexpr = (H + HT - 1) // HT
    unit = (tl.program_id(0) % UNIT_TILES) * HT
    group = tl.program_id(0) // UNIT_TILES
    u = unit + tl.arange(0, HT)
    k = tl.arange(0, KC)
    # Rows of the product: the four gates of a unit side by side, so that a thread meets all four.
    m = tl.arange(0, 4 * HT)
    gate = m % 4
    at = tl.where(gate == 0, I_AT, tl.where(gate == 1, F_AT, tl.where(gate == 2, G_AT, O_AT)))
    mine = (at >= 0) & (unit + m // 4 < H)
    R_rows = R + (at * H + unit + m // 4)[:, None] * (SOURCES * H)

    weights = ()
    if ON_CHIP:
        for s in tl.static_range(SOURCES):
            for n in tl.static_range(CHUNKS):
                owned = mine[:, None] & (n * KC + k < H)[None, :]
                owned_at = R_rows + (s * H + n * KC + k)[None, :]
                weights = weights + (tl.load(owned_at, owned, 0.0),)  # noqa: RUF005 (Triton has no *)

    real = (u < H)[:, None]
    p_i = tl.zeros((HT,), tl.float32)[:, None]
    p_f = p_i
    p_o = p_i
    if PEEPHOLES:
        p_i = tl.load(p + u, u < H, 0.0)[:, None]
        p_f = tl.load(p + H + u, u < H, 0.0)[:, None]
        p_o = tl.load(p + 2 * H + u, u < H, 0.0)[:, None]

    for index in range(steps):
        t = steps - 1 - index if REVERSE else index
        start, count = _step(t, steps, batch, starts, counts, EQUAL)
        start_before, count_before = _step(
            t + 1 if REVERSE else t - 1, steps, batch, starts, counts, EQUAL
        )
        for tile in tl.static_range(TILES):
            number = group * TILES + tile
            b = number * BT + tl.arange(0, BT)
            row = start + b
            before = tl.where(b < count_before, shift + start_before + b, state_at + b)
            # A sequence that is not there reads another's rows; what comes of it is not stored.
            seen = tl.where(b < count, before, state_at)
            here = real & (b < count)[None, :]
            z_at = z + row[None, :] * (BLOCKS * H) + u[:, None]
            zero = tl.zeros((HT, BT), tl.float32)
            z_i = zero
            z_f = zero
            z_o = zero
            if I_AT >= 0:
                z_i = tl.load(z_at + I_AT * H, here, 0.0)
            if F_AT >= 0:
                z_f = tl.load(z_at + F_AT * H, here, 0.0)
            z_g = tl.load(z_at + G_AT * H, here, 0.0)
            if O_AT >= 0:
                z_o = tl.load(z_at + O_AT * H, here, 0.0)
            c_before = tl.load(c + before[None, :] * H + u[:, None], here, 0.0)

            patience = _wait(arrived + number, index * UNIT_TILES, patience)
            sums = tl.zeros((4 * HT, BT), tl.float32)
            for s in tl.static_range(SOURCES):
                if s == 0:
                    source = h + seen * H
                else:
                    gate_at = (0 if s == 1 else (1 if s == 2 else 3)) * H
                    source = acts + seen * (4 * H) + gate_at
                for n in tl.static_range(CHUNKS):
                    r_at = source[None, :] + (n * KC + k)[:, None]
                    if H % KC == 0:
                        r = tl.load(r_at, cache_modifier=".cg")
                    else:
                        r = tl.load(r_at, (n * KC + k < H)[:, None], 0.0, cache_modifier=".cg")
                    if ON_CHIP:
                        w = weights[s * CHUNKS + n]
                    else:
                        known = mine[:, None] & (n * KC + k < H)[None, :]
                        w = tl.load(R_rows + (s * H + n * KC + k)[None, :], known, 0.0)
                    sums = _dot(w, r, sums, PRECISION)
            sums = tl.permute(tl.reshape(sums, (HT, 4, BT)), (0, 2, 1))
            a_ig, a_fo = tl.split(tl.reshape(sums, (HT, BT, 2, 2)))
            a_i, a_g = tl.split(a_ig)
            a_f, a_o = tl.split(a_fo)

            i = zero + 1.0
            if I_AT >= 0:
                i = tl.sigmoid(z_i.to(tl.float32) + a_i + p_i * c_before)
            f = zero + 1.0
            if COUPLED:
                f = 1.0 - i
            elif F_AT >= 0:
                f = tl.sigmoid(z_f.to(tl.float32) + a_f + p_f * c_before)
            g = z_g.to(tl.float32) + a_g
            if TANH_IN:
                g = _tanh(g)
            c_now = f * c_before + i * g
            o = zero + 1.0
            if O_AT >= 0:
                o = tl.sigmoid(z_o.to(tl.float32) + a_o + p_o * c_now)
            squashed = c_now
            if TANH_OUT:
                squashed = _tanh(c_now)
            h_now = tl.where(patience > 0, o * squashed, float("nan"))

            now = (shift + row)[None, :] * H + u[:, None]
            tl.store(h + now, h_now.to(h.dtype.element_ty), here)
            a_now = acts + (shift + row)[None, :] * (4 * H) + u[:, None]
            if SOURCES > 1:
                tl.store(a_now, i.to(acts.dtype.element_ty), here)
                tl.store(a_now + H, f.to(acts.dtype.element_ty), here)
                tl.store(a_now + 3 * H, o.to(acts.dtype.element_ty), here)
            _signal(arrived + number)
            # What nobody waits for comes after the signal.
            tl.store(c + now, c_now, here)
            if KEEP:
                if SOURCES == 1:
                    tl.store(a_now, i.to(acts.dtype.element_ty), here)
                    tl.store(a_now + H, f.to(acts.dtype.element_ty), here)
                    tl.store(a_now + 3 * H, o.to(acts.dtype.element_ty), here)
                tl.store(a_now + 2 * H, g.to(acts.dtype.element_ty), here)
            tl.debug_barrier()  # c is read by other threads of this program at the next step


@triton.jit
def backward_kernel(
    R,  # (BLOCKS·H, SOURCES·H)
    p,
    c,
    acts,
    dh,  # (N, H)
    dh_end,  # (B, H) gradients of the final state
    dgates_end,  # (3, B, H)
    dc_end,  # (B, H) float32
    dc,  # (B, H) float32: at last of c₀
    dz,  # (N, BLOCKS·H)
    totals,  # (groups of batch tiles, BLOCKS + 3, H) float32: of each block, dp of i, f, o
    starts,
    counts,
    arrived,
    steps,
    batch,
    patience,
    shift,
    state_at,
    H: tl.constexpr,
    SOURCES: tl.constexpr,
    BLOCKS: tl.constexpr,
    I_AT: tl.constexpr,
    F_AT: tl.constexpr,
    G_AT: tl.constexpr,
    O_AT: tl.constexpr,
    COUPLED: tl.constexpr,
    PEEPHOLES: tl.constexpr,
    TANH_IN: tl.constexpr,
    TANH_OUT: tl.constexpr,
    REVERSE: tl.constexpr,
    EQUAL: tl.constexpr,
    ENDS: tl.constexpr,  # do gradients come in by the final state?
    BT: tl.constexpr,
    HT: tl.constexpr,
    KC: tl.constexpr,
    PARTS: tl.constexpr,  # a product's inner dimension is cut in so many, one for each warp
    TILES: tl.constexpr,
    ON_CHIP: tl.constexpr,
    PRECISION: tl.constexpr,
):
    WIDTH: tl.constexpr = BLOCKS * H
    CHUNKS: tl.constexpr = (WIDTH + KC * PARTS - 1) // (KC * PARTS)
    UNIT_TILES: tl.constexpr = (H + HT - 1) // HT
    unit = (tl.program_id(0) % UNIT_TILES) * HT
    group = tl.program_id(0) // UNIT_TILES
    u = unit + tl.arange(0, HT)
    k = tl.arange(0, PARTS)[:, None] * KC + tl.arange(0, KC)[None, :]  # (PARTS, KC)
    R_units = R + u[None, None, :]

    weights = ()
    if ON_CHIP:
        for s in tl.static_range(SOURCES):
            for n in tl.static_range(CHUNKS):
                owned = (n * KC * PARTS + k < WIDTH)[:, :, None] & (u < H)[None, None, :]
                owned_at = R_units + ((n * KC * PARTS + k) * (SOURCES * H) + s * H)[:, :, None]
                weights = weights + (tl.load(owned_at, owned, 0.0),)  # noqa: RUF005 (Triton has no *)

    real = (u < H)[None, :]
    p_i = tl.zeros((HT,), tl.float32)[None, :]
    p_f = p_i
    p_o = p_i
    if PEEPHOLES:
        p_i = tl.load(p + u, u < H, 0.0)[None, :]
        p_f = tl.load(p + H + u, u < H, 0.0)[None, :]
        p_o = tl.load(p + 2 * H + u, u < H, 0.0)[None, :]

    zero = tl.zeros((BT, HT), tl.float32)
    sum_i = zero
    sum_f = zero
    sum_g = zero
    sum_o = zero
    seen_i = zero
    seen_f = zero
    seen_o = zero
    for index in range(steps):
        t = index if REVERSE else steps - 1 - index
        start, count = _step(t, steps, batch, starts, counts, EQUAL)
        start_next, count_next = _step(
            t - 1 if REVERSE else t + 1, steps, batch, starts, counts, EQUAL
        )
        start_before, count_before = _step(
            t + 1 if REVERSE else t - 1, steps, batch, starts, counts, EQUAL
        )
        for tile in tl.static_range(TILES):
            number = group * TILES + tile
            b = number * BT + tl.arange(0, BT)
            row = start + b
            before = tl.where(b < count_before, shift + start_before + b, state_at + b)
            here = (b < count)[:, None] & real
            last = here & (b >= count_next)[:, None]
            own = row[:, None] * H + u[None, :]
            state = b[:, None] * H + u[None, :]
            a_now = acts + (shift + row)[:, None] * (4 * H) + u[None, :]
            i = tl.load(a_now, here, 0.0)
            f = tl.load(a_now + H, here, 0.0)
            g = tl.load(a_now + 2 * H, here, 0.0)
            o = tl.load(a_now + 3 * H, here, 0.0)
            c_now = tl.load(c + (shift + row)[:, None] * H + u[None, :], here, 0.0)
            c_before = tl.load(c + before[:, None] * H + u[None, :], here, 0.0)
            dh_now = tl.load(dh + own, here, 0.0)
            dc_now = tl.load(dc + state, here & (b < count_next)[:, None], 0.0)
            di = zero
            df = zero
            do = zero
            dh_last = zero
            if ENDS:
                dh_last = tl.load(dh_end + state, last, 0.0).to(tl.float32)
                dc_now += tl.load(dc_end + state, last, 0.0)
                if SOURCES > 1:
                    di = tl.load(dgates_end + state, last, 0.0).to(tl.float32)
                    df = tl.load(dgates_end + batch * H + state, last, 0.0).to(tl.float32)
                    do = tl.load(dgates_end + 2 * batch * H + state, last, 0.0).to(tl.float32)

            patience = _wait(arrived + number, index * UNIT_TILES, patience)
            follows = (b < count_next)[:, None]
            # Where nothing follows, the first row is read, and what comes of it is put away.
            followed = tl.where(b < count_next, start_next + b, 0)
            next_rows = dz + followed[None, :, None] * WIDTH
            dh_from = zero
            for s in tl.static_range(SOURCES):
                parts = tl.zeros((PARTS, BT, HT), tl.float32)
                for n in tl.static_range(CHUNKS):
                    d_at = next_rows + (n * KC * PARTS + k)[:, None, :]
                    if WIDTH % (KC * PARTS) == 0:
                        d = tl.load(d_at, cache_modifier=".cg")
                    else:
                        inside = (n * KC * PARTS + k < WIDTH)[:, None, :]
                        d = tl.load(d_at, inside, 0.0, cache_modifier=".cg")
                    if ON_CHIP:
                        w = weights[s * CHUNKS + n]
                    else:
                        known = (n * KC * PARTS + k < WIDTH)[:, :, None] & (u < H)[None, None, :]
                        w_at = R_units + ((n * KC * PARTS + k) * (SOURCES * H) + s * H)[:, :, None]
                        w = tl.load(w_at, known, 0.0)
                    parts = _dot(d, w, parts, PRECISION)
                brought = tl.where(follows, _sum(parts, PARTS, BT, HT), 0.0)
                if s == 0:
                    dh_from = brought
                elif s == 1:
                    di += brought
                elif s == 2:
                    df += brought
                else:
                    do += brought
            i = i.to(tl.float32)
            f = f.to(tl.float32)
            g = g.to(tl.float32)
            o = o.to(tl.float32)
            squashed = c_now
            if TANH_OUT:
                squashed = _tanh(c_now)
            dh_now = dh_now.to(tl.float32) + dh_last + dh_from
            dh_now = tl.where(patience > 0, dh_now, float("nan"))

            z_at = dz + row[:, None] * WIDTH + u[None, :]
            if O_AT >= 0:
                dz_o = (do + dh_now * squashed) * o * (1.0 - o)
                dc_now += p_o * dz_o
                sum_o += dz_o
                if PEEPHOLES:
                    seen_o += dz_o * c_now
                tl.store(z_at + O_AT * H, dz_o.to(dz.dtype.element_ty), here)
            slope = dh_now * o
            if TANH_OUT:
                slope = slope * (1.0 - squashed * squashed)
            dc_now += slope
            dz_g = dc_now * i
            if TANH_IN:
                dz_g = dz_g * (1.0 - g * g)
            tl.store(z_at + G_AT * H, dz_g.to(dz.dtype.element_ty), here)
            sum_g += dz_g
            dc_before = dc_now * f
            di += dc_now * g
            df += dc_now * c_before
            if COUPLED:
                di -= df
            if I_AT >= 0:
                dz_i = di * i * (1.0 - i)
                dc_before += p_i * dz_i
                sum_i += dz_i
                if PEEPHOLES:
                    seen_i += dz_i * c_before
                tl.store(z_at + I_AT * H, dz_i.to(dz.dtype.element_ty), here)
            if F_AT >= 0:
                dz_f = df * f * (1.0 - f)
                dc_before += p_f * dz_f
                sum_f += dz_f
                if PEEPHOLES:
                    seen_f += dz_f * c_before
                tl.store(z_at + F_AT * H, dz_f.to(dz.dtype.element_ty), here)
            tl.store(dc + state, dc_before, here)
            _signal(arrived + number)

    total = totals + group * ((BLOCKS + 3) * H) + u
    if I_AT >= 0:
        tl.store(total + I_AT * H, tl.sum(sum_i, 0), u < H)
    if F_AT >= 0:
        tl.store(total + F_AT * H, tl.sum(sum_f, 0), u < H)
    tl.store(total + G_AT * H, tl.sum(sum_g, 0), u < H)
    if O_AT >= 0:
        tl.store(total + O_AT * H, tl.sum(sum_o, 0), u < H)
    if PEEPHOLES:
        tl.store(total + BLOCKS * H, tl.sum(seen_i, 0), u < H)
        tl.store(total + (BLOCKS + 1) * H, tl.sum(seen_f, 0), u < H)
        tl.store(total + (BLOCKS + 2) * H, tl.sum(seen_o, 0), u < H)
