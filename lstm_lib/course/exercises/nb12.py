"""Exercises of notebook 12: a hoisted product, two quadratic lines, a roof, a queue of kernels."""

import math

import numpy as np

from lstm_lib.course.compare import difference
from lstm_lib.course.exercise import Exercise
from lstm_lib.scratch import sigmoid


def layer_inputs(rng: np.random.Generator, size: int) -> tuple:
    """x (T, B, I), W (4H, I), R (4H, H), b (4H,); sometimes T = B = I."""
    T, B, I, H = ((2, 1, 1, 1), (3, 2, 1, 2), (2, 2, 2, 1), (4, 3, 2, 2), (3, 3, 3, 2))[size % 5]
    T, H = T + size // 5, H + size // 10
    shapes = ((T, B, I), (4 * H, I), (4 * H, H), (4 * H,))
    return tuple(rng.normal(size=shape).round(2) for shape in shapes)


def given_all_steps(x, W, R, b, product):
    """x (T, B, I), W (4H, I), R (4H, H), b (4H,). Returns (T, B, H).

    product(a, b) is a @ b for two matrices, and it is counted.
    """
    T, B, _ = x.shape
    h = c = np.zeros((B, R.shape[1]))
    h_seq = []
    for t in range(T):
        z = product(x[t], W.T) + product(h, R.T) + b
        i, f, g, o = np.split(z, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        h_seq.append(h)
    return np.array(h_seq)


def all_steps(x, W, R, b, product):
    T, B, I = x.shape
    h = c = np.zeros((B, R.shape[1]))
    # One product for all steps: a row for each (t, b). The bias is added here, too.
    rows = product(x.reshape(T * B, I), W.T) + b
    inputs = rows.reshape(T, B, -1)
    h_seq = []
    for t in range(T):
        # Only what needs the step before stays in the loop.
        z = inputs[t] + product(h, R.T)
        i, f, g, o = np.split(z, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        h_seq.append(h)
    return np.array(h_seq)


def number_by_number(x, W, R, b):
    """Every z as a sum, and what the hoisted form costs."""
    T, B, I = x.shape
    H = R.shape[1]
    h_seq, h, c = np.zeros((T, B, H)), np.zeros((B, H)), np.zeros((B, H))
    for t in range(T):
        before = h.copy()
        for n in range(B):
            z = [
                sum(W[r, k] * x[t, n, k] for k in range(I))
                + sum(R[r, k] * before[n, k] for k in range(H))
                + b[r]
                for r in range(4 * H)
            ]
            for j in range(H):
                i, f, o = (1 / (1 + np.exp(-z[j + block * H])) for block in (0, 1, 3))
                c[n, j] = f * c[n, j] + i * np.tanh(z[j + 2 * H])
                h[n, j] = o * np.tanh(c[n, j])
        h_seq[t] = h
    return {"h_seq": h_seq, "products": T + 1, "multiplications": T * B * 4 * H * (I + H)}


def counting(answer, x, W, R, b):
    """Run an answer with a `product` that counts."""
    count = {"products": 0, "multiplications": 0}

    def product(left, right):
        left, right = np.asarray(left), np.asarray(right)
        if left.ndim != 2 or right.ndim != 2 or left.shape[1] != right.shape[0]:
            raise ValueError(f"product takes (m, k) and (k, n); got {left.shape}, {right.shape}")
        count["products"] += 1
        count["multiplications"] += left.size * right.shape[1]
        return left @ right

    return {"h_seq": answer(x, W, R, b, product)} | count


HOIST = Exercise(
    key="12.1",
    title="Hoist the input product",
    stars=2,
    names=("x", "W", "R", "b"),
    specification=number_by_number,
    inputs=layer_inputs,
    use=counting,
    given=given_all_steps,
    mistakes="""
        product(x.reshape(T * B, I), W.T) -> np.array([product(now, W.T) for now in x])
            The input products are still made step by step: two products a step in all. Give all T ·
            B rows of x to *one* product, with reshape.
        rows = product(x.reshape(T * B, I), W.T) + b ->
        inputs = rows.reshape(T, B, -1) -> WR = np.hstack([W, R]).T
        inputs[t] + product(h, R.T) -> product(np.hstack([x[t], h]), WR) + b
            You put x and h side by side: one product a step in place of two. But W is still read
            again at every step. The input's part needs no h: take it out of the loop.
        product(h, R.T) -> product(h, R.T) + b
            The bias is added twice: before the loop and in it.
        W.T) + b -> W.T)
            The bias got lost on the way out of the loop.
        x.reshape(T * B, I) -> x.transpose(1, 0, 2).reshape(T * B, I)
            Time and batch are mixed. x.reshape(T * B, I) keeps the B rows of a step together; do
            not transpose before it.
        product(x.reshape(T * B, I), W.T) -> x @ W.T
            The input products are not made with product, so nobody counts them (`@`, np.dot and
            np.einsum are not counted). Use product for every product.
        product(x.reshape(T * B, I), W.T) -> x @ W.T
        product(h, R.T) -> h @ R.T
            Nothing is counted: product is never called (`@`, np.dot and np.einsum are not counted).
            Use product for both.
        inputs[t] + product(h, R.T) -> inputs[t]
        rows.reshape(T, B, -1) -> rows.reshape(T, B, -1) + product(h, R.T)
            You took R h out of the loop as well. It cannot leave: h of this step is known only when
            the step before is done. With the first h, which is zero, R has no effect.
        np.array(h_seq) -> h_seq[-1]
            You returned the last output alone. Wanted are the outputs of all steps, (T, B, H).
        np.array(h_seq) -> np.array(h_seq).transpose(1, 0, 2)
            Batch and time are exchanged in what you return: wanted is (T, B, H).
        rows.reshape(T, B, -1) -> rows
            The hoisted product has T · B rows, and [t] of it is a single row: NumPy adds it to all
            B sequences without a word. Give the result the shape (T, B, 4H) first.
        rows.reshape(T, B, -1) -> rows.reshape(B, T, -1).transpose(1, 0, 2)
            The shape fits, the rows do not. Row t · B + n is step t of sequence n: the B rows of a
            step lie together. So reshape to (T, B, 4H) and take [t]; reshaping to (B, T, 4H) does
            not exchange axes, it only counts them off differently.
        rows.reshape(T, B, -1) -> rows.reshape(B, T, -1)
            It is right where T = B, and only there: you reshaped to (B, T, 4H) and took [t]. The B
            rows of a step lie together, so the shape is (T, B, 4H).
        product(h, R.T) -> h @ R.T
            The input product is right. But the product with R is not made with product, so nobody
            counts it. Use product for every product.
        x.reshape(T * B, I) -> x
            x has three axes, product takes matrices: give it x.reshape(T * B, I), a row for each
            (t, b), and the result the shape (T, B, 4H).
        W.T -> W
            The rows of x have I numbers and those of W, too: the product wants W.T, as it stood in
            the loop.
        rows = product(x.reshape(T * B, I), W.T) + b ->
        inputs = rows.reshape(T, B, -1) ->
        inputs[t] -> (product(x.reshape(T * B, I), W.T) + b).reshape(T, B, -1)[t]
            The product for all steps is there, but it is made anew at every step. It belongs before
            the loop.
        product(x.reshape(T * B, I), W.T) -> np.array([product(x[0], W.T)] * T)
            Every step gets the product of the first x alone. One product for all steps takes all T
            · B rows: x.reshape(T * B, I).
    """,
    steps=(
        "Which of the two products does not need h?",
        "product takes two matrices. x.reshape(T * B, I) is one, with a row for each (t, b).",
        "The result has T · B rows of 4H. Give it the shape (T, B, 4H) before the loop; inside, "
        "take [t] of it in place of the product.",
        "How many products are left? One before the loop, and one a step.",
    ),
    solution=all_steps,
)


def given_outputs(x, W, R, b):
    """x (T, B, I), W (4H, I), R (4H, H), b (4H,): tensors. (T, B, H)."""
    h = c = x.new_zeros(x.shape[1], R.shape[1])
    h_seq = x.new_zeros(0, *h.shape)
    for t in range(len(x)):
        z = x[t] @ W.T + h @ R.T + b
        i, f, g, o = z.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        h_seq = torch.cat((h_seq, h[None]))
    return h_seq


def outputs(x, W, R, b):
    h = c = x.new_zeros(x.shape[1], R.shape[1])
    h_seq = []
    # All steps in one call: its backward joins T pieces once. x[t] has T gradients as large as x.
    for now in x.unbind(0):
        z = now @ W.T + h @ R.T + b
        i, f, g, o = z.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        h_seq.append(h)
    # Joined once at the end: a cat in the loop copies everything that is there at every step.
    return torch.stack(h_seq)


def long_and_short(rng: np.random.Generator, size: int) -> tuple:
    """As `layer_inputs`; the last is long: a gradient may be cut off only now and then."""
    if size < 19:
        return layer_inputs(rng, size)
    return tuple(rng.normal(size=shape).round(2) for shape in ((36, 1, 2), (8, 2), (8, 2), (8,)))


class Late:
    """torch, imported when it is first used: most exercises, and a browser kernel, need none."""

    def __getattr__(self, name):
        import torch

        return getattr(torch, name)


torch = Late()


BACKWARDS = "backwards, the part that grows like T²"
FORWARDS = "forwards, the part that grows like T²"
GRADIENT = "gradient of x, 3T steps"


def right_and_linear(x, W, R, b):
    """The outputs, nothing that grows like T², all four reached, the gradient of x over 3T."""
    longer, *others = (torch.tensor(array) for array in (np.concatenate([x] * 3), W, R, b))
    longer.requires_grad_()
    return {
        "h_seq": number_by_number(x, W, R, b)["h_seq"],
        BACKWARDS: 0,
        FORWARDS: 0,
        "reached by gradients": "x W R b",
        GRADIENT: gradient_of_sum(given_outputs(longer, *others), longer),
    }


def gradient_of_sum(h_seq, x) -> np.ndarray:
    """The gradient of the sum of all outputs with respect to x, (T, B, I); 0 if none flows."""
    gradient = None
    if h_seq.requires_grad:
        (gradient,) = torch.autograd.grad(h_seq.sum(), x, allow_unused=True)
    return np.zeros(x.shape) if gradient is None else gradient.numpy()


def numbers_written(h_seq) -> int:
    """How many numbers the backward pass writes: the sizes of all gradients along the graph."""
    seen, waiting, total = set(), [h_seq.grad_fn], 0
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        for following, index in node.next_functions:
            if following is not None:
                total += math.prod(following._input_metadata[index].shape)
                waiting.append(following)
    return total


def leaves_reached(h_seq, leaves: dict) -> str:
    """The names of those tensors to which the graph leads."""
    seen, waiting = set(), [h_seq.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [following for following, _ in node.next_functions]
    reached = {id(node.variable) for node in seen if hasattr(node, "variable")}
    return " ".join(name for name, leaf in leaves.items() if id(leaf) in reached)


def places(value) -> dict[int, int]:
    """The memory of the tensors in a value or a list of values, and how many numbers each has."""
    if isinstance(value, tuple | list):
        return {at: n for member in value for at, n in places(member).items()}
    if hasattr(value, "untyped_storage"):
        return {value.untyped_storage().data_ptr(): value.numel()}
    return {}


def counting_numbers():
    """A context in which `written` counts the numbers that torch writes to new memory."""
    from torch.overrides import TorchFunctionMode

    class Numbers(TorchFunctionMode):
        written = 0

        def __torch_function__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            if made := places(out):
                given = places((args, *(kwargs or {}).values()))
                self.written += sum(n for at, n in made.items() if at not in given)
            return out

    return Numbers()


def measuring(answer, x, W, R, b):
    """Run an answer on T, 2T, 3T steps: what is proportional to T has no second difference."""
    backwards, forwards = [], []
    for times in (1, 2, 3):
        leaves = {
            name: torch.tensor(np.concatenate([array] * times) if name == "x" else array)
            for name, array in (("x", x), ("W", W), ("R", R), ("b", b))
        }
        for leaf in leaves.values():
            leaf.requires_grad_()
        with counting_numbers() as count:
            h_seq = answer(*leaves.values())
        if not torch.is_tensor(h_seq):
            raise TypeError(f"h_seq must be a tensor; got {type(h_seq).__name__}")
        if times == 1:
            first, reached = h_seq.detach().numpy(), leaves_reached(h_seq, leaves)
        backwards.append(numbers_written(h_seq))
        forwards.append(count.written)
    return {
        "h_seq": first,
        BACKWARDS: second_difference(backwards),
        FORWARDS: second_difference(forwards),
        "reached by gradients": reached,
        GRADIENT: gradient_of_sum(h_seq, leaves["x"]),
    }


def second_difference(counts: list[int]) -> int:
    return counts[2] - 2 * counts[1] + counts[0]


def cut_after(answer) -> str | None:
    """The hint for outputs that are right, and a gradient that is cut somewhere on the way."""
    case = QUADRATIC.cases()[-1]
    wanted, measured = right_and_linear(*case), measuring(answer, *case)
    gradient = measured[GRADIENT]
    if gradient.shape != wanted[GRADIENT].shape:
        return None
    off = np.abs(gradient - wanted[GRADIENT]).max(axis=(1, 2))
    wrong = np.flatnonzero(off > 1e-9 * np.abs(wanted[GRADIENT]).max())
    if difference(wanted["h_seq"], measured["h_seq"], 1e-9) is not None or not len(wrong):
        return None
    at = wrong[-1]
    if at > len(off) - 5 or not gradient[at].all():
        return None  # cut off at every step, or x itself is
    return (
        f"The outputs are right. But of the gradient of x over {len(off)} steps only that of the "
        f"steps after {at} is right, as if h or c were cut off behind step {at} (detach, .data or "
        "no_grad). Cutting makes it cheaper and gives another gradient: what comes later no longer "
        "tells the steps before."
    )


def joined_again(h_seq):
    joined = h_seq[0].new_zeros(0, *h_seq[0].shape)
    for h in h_seq:
        joined = torch.cat((joined, h[None]))
    return joined


def written_in(h_seq):
    written = h_seq[0].new_zeros(len(h_seq), *h_seq[0].shape)
    for t, h in enumerate(h_seq):
        written[t] = h
    return written


def indexed(x):
    return (x[t] for t in range(len(x)))


QUADRATIC = Exercise(
    key="12.2",
    title="Find what grows like T²",
    stars=3,
    names=("x", "W", "R", "b"),
    specification=right_and_linear,
    inputs=long_and_short,
    diagnose=cut_after,
    use=measuring,
    given=given_outputs,
    mistakes="""
        torch.stack(h_seq) -> joined_again(h_seq)
            x[t] is mended. The other line is the one that lengthens h_seq at every step: it copies
            all that is there, forwards and backwards. Keep a list, join it once.
        x.unbind(0) -> indexed(x)
            The joining is mended. But x is still taken apart at every step (x[t], a slice, an
            unbind inside the loop), and each time has a gradient as large as x. Call x.unbind(0)
            once, before the loop.
        x.unbind(0) -> indexed(x @ W.T)
        now @ W.T -> now
            You hoisted the product, and then take its result apart at every step. z[t] (or a slice,
            or an unbind inside the loop) has the same illness as x[t]: a gradient as large as all
            of z, T times, and z is wider than x.
        x.unbind(0) -> x.detach().unbind(0)
            It is fast now because x is cut off: no gradient reaches it (detach, .data, no_grad or a
            detour over NumPy).
        torch.stack(h_seq) -> written_in(h_seq)
            x[t] is mended. But writing into a tensor, h_seq[t] = h, makes autograd carry a gradient
            of all of h_seq through each of the T writings. Keep a list, join it once.
        x.unbind(0) -> indexed(x)
        torch.stack(h_seq) -> written_in(h_seq)
            Both are still there in another form: each x[t] (or slice, or unbind inside the loop)
            has a gradient as large as x, and h_seq[t] = h carries one of all of h_seq through each
            writing.
        torch.stack(h_seq) -> torch.stack(h_seq, dim=1)
            It grows in proportion to T now, but batch and time are exchanged in what you return:
            join along the first axis.
        torch.stack -> torch.cat
            It grows in proportion to T now, but the steps are joined to (T · B, H). Wanted is (T,
            B, H): stack makes the new axis.
        torch.stack(h_seq) -> h_seq[-1]
            You returned the last output alone. Wanted are those of all steps, (T, B, H).
        torch.stack(h_seq) -> torch.stack(h_seq).detach()
            The numbers are right, but the outputs are cut off: no gradient reaches any of the four
            (detach, .data, no_grad or a detour over NumPy). Nothing grows like T² because there is
            no backward pass. Keep every h as it is.
        x.unbind(0) -> indexed(x)
        torch.stack(h_seq) -> joined_again(h_seq)
            Both are still there, whatever they look like now: x is taken apart at every step, and
            h_seq gets longer at every step. Each can be done once, outside the loop.
        h_seq.append(h) -> h_seq.append(h); h = h.detach()
            The numbers are right, but h is cut off between the steps (detach, .data or no_grad):
            the gradient goes back through c alone. That is another gradient.
        h_seq.append(h) -> h_seq.append(h); c = c.detach()
            The numbers are right, but c is cut off between the steps (detach, .data or no_grad):
            the gradient goes back through h alone. That is another gradient.
        h_seq.append(h) -> h_seq.append(h); h, c = h.detach(), c.detach()
            The numbers are right, but h and c are cut off between the steps (detach, .data or
            no_grad): no gradient goes back through time at all.
        h_seq.append(h) -> h_seq.append(h); so_far = torch.stack(h_seq)
            Backwards nothing grows like T² any more. But forwards each step makes a copy of all
            outputs so far (a stack or a cat inside the loop). The backward pass does not see it, as
            only the last copy is used, if any. Join once, after the loop.
        x.unbind(0) -> indexed(x)
        h_seq.append(h) -> h_seq.append(h); so_far = torch.stack(h_seq)
            Both are still there: x is taken apart at every step (x[t], a slice, an unbind inside
            the loop), and forwards each step makes a copy of all outputs so far (a stack or a cat
            inside the loop). Each can be done once, outside the loop.
        h_seq = [] -> h_seq = []; W, R, b = W.detach(), R.detach(), b.detach()
            The numbers are right, but no gradient reaches W, R and b: something took their numbers
            and left them behind (new parameters, .data, detach).
        torch.stack(h_seq) -> torch.stack(h_seq).detach()
        h_seq.append(h) -> h_seq.append(h); so_far = torch.stack(h_seq)
            The outputs are cut off: no gradient reaches any of the four (detach, .data, no_grad or
            a detour over NumPy). And forwards each step still makes a copy of all outputs so far.
            Keep every h as it is, in a list, and join the list once.
    """,
    steps=(
        "Look for lines in the loop that touch something whose size depends on T.",
        "One of them is one of the two ways that you met above. The other builds the result.",
        "x[t] takes a piece of a large tensor, cat makes a large tensor longer.",
        "x.unbind(0) gives all steps in one call (for a loop: `for now in x.unbind(0)`). Its "
        "backward joins the T small gradients once.",
        "Append each h to a list, and join the list once after the loop.",
    ),
    solution=outputs,
)


def machines(rng: np.random.Generator, size: int) -> tuple:
    """B, H, and a machine: rate in 10⁹ operations a second, bandwidth in 10⁹ bytes a second."""
    B = (1, 8, 2, 64, 16)[size % 5] * (1 + size // 10)
    H = (4, 32, 512, 128, 1024)[(size + size // 5) % 5]
    rate = float(rng.choice([20, 50, 100, 300]))
    return B, H, rate, float(rng.choice([5, 10, 40]))


def under_the_roof(B, H, rate, bandwidth):
    # A product of (B, H) and (H, 4H): for each number of the result H times "multiply and add".
    operations = 2 * B * H * 4 * H
    # Each number once, four bytes: R is read, h is read, z is written.
    moved = 4 * (4 * H * H + B * H + 4 * B * H)
    intensity = operations / moved
    # The slower of the two limits: arithmetic, or the memory that has to feed it.
    return intensity, min(rate, intensity * bandwidth)


def by_two_clocks(B, H, rate, bandwidth):
    """How long arithmetic takes, how long memory takes; the longer one counts."""
    results = B * 4 * H  # numbers in z, each a sum of H products
    operations = results * H + results * H
    moved = sum(4 * rows * columns for rows, columns in ((4 * H, H), (B, H), (B, 4 * H)))
    seconds = max(operations / (rate * 1e9), moved / (bandwidth * 1e9))
    return operations / moved, operations / seconds / 1e9


ROOF = Exercise(
    key="12.3",
    title="Predict before measuring",
    stars=2,
    names=("B", "H", "rate", "bandwidth"),
    specification=by_two_clocks,
    inputs=machines,
    mistakes="""
        moved = 4 * -> moved =
            You counted numbers, not bytes: a float32 number has four bytes.
        operations = 2 * -> operations =
            Your intensity is half of what it should be. Either a multiplication and an addition
            count as one operation in yours (they are two), or a number has eight bytes (float32 has
            four).
        + B * H + 4 * B * H ->
            You counted only the bytes of R. h (B, H) is read and z (B, 4H) is written as well; for
            large B they weigh more than R.
        + 4 * B * H ->
            The result is missing among the bytes: z (B, 4H) has to be written.
        + 4 * B * H -> + B * H
            z has four blocks: (B, 4H) numbers, not (B, H).
        2 * B * H * 4 * H -> 2 * B * H * H
        4 * H * H + B * H + 4 * B * H -> H * H + B * H + B * H
            R has four blocks: 4H rows. You counted the operations or the bytes of one block.
        min -> max
            You took the larger of the two limits. What is slower decides: the smaller.
        operations / moved -> moved / operations
            The intensity is operations a byte. You divided bytes by operations.
        intensity, min(rate, intensity * bandwidth) -> min(rate, intensity * bandwidth), intensity
            The two numbers are exchanged: first the intensity, then the speed.
        min(rate, intensity * bandwidth) -> intensity * bandwidth
            Your second number is the slope alone. The arithmetic has a limit, too: at most rate (in
            10⁹ a second, as bandwidth is).
        + B * H + 4 -> + 4
            h is missing among the bytes: its B · H numbers are read.
        (4 * H * H -> (B * 4 * H * H
            You read R once for each of the B sequences. One product serves them all: count R once.
            (That is what a batch gains.)
        return intensity -> return 1 / intensity
            Your speed is right; your first number is upside down. The intensity is operations
            divided by bytes.
        intensity * bandwidth -> bandwidth / intensity
            Your intensity is right. But you divided the bandwidth by it: bytes a second *times*
            operations a byte are operations a second.
        min(rate, intensity * bandwidth) -> rate
            Your speed is rate on every input. Where the intensity is low, memory allows less:
            intensity · bandwidth. (If you have that, a factor 10⁹ makes it too large to count: rate
            and bandwidth are both in 10⁹ a second already.)
        min(rate -> 1e9 * min(rate
            Your speed is 10⁹ times too large. rate and bandwidth are in 10⁹ a second, and so is the
            speed: nothing has to be multiplied.
        intensity * bandwidth) -> intensity * bandwidth) / 1e9
            Your speed is 10⁹ times too small. rate and bandwidth are in 10⁹ a second, and so is the
            speed: nothing has to be divided.
        intensity * bandwidth -> intensity / bandwidth
            Your intensity is right. But you divided it by the bandwidth: bytes a second *times*
            operations a byte are operations a second.
        / moved -> // moved
            Your intensity was rounded down to a whole number: / divides, // rounds.
        min(rate, intensity * bandwidth) -> 1 / (1 / rate + 1 / (intensity * bandwidth))
            Your intensity is right. In your speed the two times are added: first all bytes, then
            all operations. A roof lets them run side by side: the slower one decides.
    """,
    steps=(
        "A product of (m, k) and (k, n) has m · k · n multiplications and as many additions. Here: "
        "h (B, H) and the transpose of R (4H, H).",
        "Bytes: R is read, h is read, z (B, 4H) is written. Each number has four bytes.",
        "intensity = operations / bytes. With intensity operations for each byte, and bandwidth "
        "bytes a second, memory allows intensity · bandwidth operations a second.",
    ),
    solution=under_the_roof,
)


def queues(rng: np.random.Generator, size: int) -> tuple:
    """T, kernels a step, microseconds a launch and a kernel."""
    T, kernels = 1 + size // 3, (1, 2, 3, 12)[size % 4]
    launch, work = rng.choice([1.0, 2.0, 5.0, 8.0]), rng.choice([0.5, 1.0, 3.0, 10.0])
    return T, kernels, float(launch), float(work)


def queue_time(T, kernels, launch, work):
    launched = done = 0.0
    for _ in range(T * kernels):
        # Python goes on launching; it does not wait for the GPU.
        launched = launched + launch
        # A kernel begins when it is launched and the one before it is done.
        done = max(launched, done) + work
    return done


def queue_in_closed_form(T, kernels, launch, work):
    """The first kernel passes both; from then on, each waits for the slower of the two."""
    n = T * kernels
    return launch + (n - 1) * max(launch, work) + work


QUEUE = Exercise(
    key="12.4",
    title="Who waits for whom?",
    stars=1,
    names=("T", "kernels", "launch", "work"),
    specification=queue_in_closed_form,
    inputs=queues,
    mistakes="""
        max(launched, done) + work -> done + launch + work
            You let Python wait for each kernel before it launches the next. It does not: it goes on
            launching while the GPU works.
        return done -> return launched
            That is what Python needs to launch all of them. After the last launch, the last kernels
            still have to be worked off.
        max(launched, done) -> done
            That is the GPU's work alone. Before a kernel can begin it must have been launched.
        max(launched, done) + work -> done + max(launch, work)
            Nearly: after the first kernel, the slower of the two sets the pace. But the first
            kernel passes both, one after the other.
        T * kernels -> kernels
            You counted one step. There are T of them, and the queue goes on from step to step.
        T * kernels -> T
            You counted one kernel a step. There are several.
        T * kernels -> kernels
        return done -> return T * done
            You let the queue run empty after every step. Python launches the next step's kernels
            while this one's are still working.
        launched + launch -> launch
            In yours the GPU waits for the first launch alone. It also waits whenever it is done
            before Python has launched the next one.
        max(launched, done) -> launched
            In yours only the last kernel is left when the last launch is made. Where a kernel works
            longer than a launch takes, a queue has grown by then.
        return done -> return launch + T * kernels * max(launch, work)
            Right where the GPU is the slower one. Where launching is slower, you count one launch
            too many: the first kernel costs launch + work, each other one the larger of the two.
        return done -> return work + T * kernels * max(launch, work)
            Right where launching is the slower one. Where the GPU is slower, you count one kernel's
            work too many: the first kernel costs launch + work, each other one the larger of the
            two.
        launched = launched + launch ->
        + work -> + work; launched = launched + launch
            The first launch is free in yours. The clock begins at 0, and until the first kernel is
            launched the GPU waits.
        return done -> return T * (launch + kernels * work)
            In yours one launch serves a whole step, and Python waits until the step is done. Each
            kernel is launched for itself, while the GPU works on those before.
        return done -> return (T * kernels - 1) * max(launch, work) + min(launch, work)
            One kernel is missing: the first costs launch + work, and each of the T · kernels - 1
            others the larger of the two.
        T * kernels -> T
        + work -> + kernels * work
            In yours a step has one launch and all its kernels' work. Python launches each kernel
            for itself, and a kernel begins as soon as it is launched.
        return done -> return T * kernels * min(launch, work) + max(launch, work)
            In yours the faster of the two sets the pace, and the slower one is paid once. It is the
            other way round.
    """,
    steps=(
        "Keep two clocks: when Python has launched kernel number n, and when the GPU is done with "
        "it.",
        "Python's clock goes on by `launch` for each kernel, whatever the GPU does.",
        "A kernel begins at the later of two moments: it is launched, and the one before is done. "
        "It ends `work` later.",
    ),
    solution=queue_time,
)

EXERCISES = (HOIST, QUADRATIC, ROOF, QUEUE)
