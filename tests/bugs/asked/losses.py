"""Losses and layers as people write them before somebody tells them of logits, epsilons and arctan2."""
# ruff: noqa: D103, N803, N806

import numpy as np

from tests.bugs.gallery import bug

random = np.random.default_rng(3)
X = random.normal(size=(5, 3))
Y = random.normal(size=5)
LABELS = Y > 0
W = np.array([1.0, 2.0, -1.0])


@bug("inf", at={"w": 400 * W}, cause="overflow", reaches=("w",), severity="error", first=False)
def cross_entropy_of_two_classes_from_a_sigmoid(w):
    z = X @ w
    p = 1 / (1 + np.exp(-z))  # here
    return -np.mean(LABELS * np.log(p) + (1 - LABELS) * np.log(1 - p))


@bug("inf", at={"w": 400 * W}, cause="logarithm of 0", reaches=("w",), severity="error", first=False)
def cross_entropy_with_a_sign_before_each_class(w):
    z = X @ w
    p = 1 / (1 + np.exp(-z))
    losses = -LABELS.astype(float) * np.log(p) - (1.0 - LABELS) * np.log(1 - p)  # here
    return losses.mean()


@bug("inf", at={"z": np.array([-800.0, 0.0, 50.0])}, cause="logarithm of 0", reaches=("z",), first=False)
def focal_loss_of_a_far_off_example(z):
    p = 1 / (1 + np.exp(-z))
    return np.mean(-((1 - p) ** 2) * np.log(p))  # here


@bug("nan", at={"a": np.zeros(2), "b": np.array([1.0, 2.0])}, cause="0 divided by 0", reaches=("a", "b"))
def cosine_similarity_with_an_empty_document(a, b):
    return 1 - np.sum(a * b) / (np.sqrt(np.sum(a * a)) * np.sqrt(np.sum(b * b)))  # here


@bug("inf", at={"p": np.array([0.0, 1.0])}, cause="division by 0", reaches=("p",), severity="error")
def heading_by_arctan_of_a_quotient(p):
    return np.arctan(p[1] / p[0])  # here


@bug("nan", at={"d": np.array([[0.0, 0.0], [3.0, 4.0]])}, cause="0 divided by 0", reaches=("d",))
def rows_that_are_made_unit_vectors(d):
    n = np.linalg.norm(d, axis=1)
    return np.sum(d / n[:, None] * np.array([1.0, 2.0]))  # here


@bug("inf", at={"p": np.array([0.0, 0.4, 0.6]), "q": np.array([0.2, 0.3, 0.5])}, cause="logarithm of 0", first=False)
def divergence_as_one_logarithm_of_a_quotient(p, q):
    return np.sum(p * np.log(p / q))  # here


@bug("inf", at={"mu": 0.3, "s": 0.0}, cause="division by 0", reaches=("mu", "s"), first=False)
def gaussian_likelihood_whose_width_has_reached_zero(mu, s):
    return np.sum(0.5 * ((Y - mu) / s) ** 2 + np.log(s))  # here


@bug("nan", at={"x": np.array([1.0, 2.0]), "m": np.zeros(2)}, cause="0 divided by 0", reaches=("x", "m"))
def mean_over_the_words_of_an_empty_sentence(x, m):
    return np.sum(x * m) / np.sum(m)  # here


@bug("nan-gradient", at={"P": np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])}, cause="vertical", reaches=("P",))
def matrix_of_all_distances(P):
    D = np.sqrt(((P[:, None] - P[None]) ** 2).sum(-1))  # here
    return D.sum()


@bug("zero-gradient", at={"w": np.array([10.0, 20.0, -10.0])}, cause="outside its bounds", reaches=("w",))
def predictions_that_are_clipped_into_the_unit_interval(w):
    p = np.clip(X @ w, 0.0, 1.0)  # here
    return np.mean((p - 0.5) ** 2)


@bug("saturated", at={"w": 50 * W}, cause="saturated", reaches=("w",))
def hidden_layer_fed_with_unscaled_numbers(w):
    h = np.tanh(X @ w)  # here
    return np.mean((h - Y) ** 2)


@bug("inf", at={"Z": np.array([[900.0, 1.0, 2.0], [1.0, 2.0, 3.0], [0.0, 1.0, 5.0]])}, cause="overflow", first=False)
def softmax_over_the_batch_instead_of_the_classes(Z):
    e = np.exp(Z)  # here
    p = e / e.sum(axis=0)
    return -np.mean(np.log(p[np.arange(3), [0, 1, 2]]))


@bug("underflow", at={"p": np.full(800, 0.3)}, cause="smallest", reaches=("p",), first=False)
def likelihood_of_eight_hundred_independent_draws(p):
    q = np.prod(p)  # here
    return -np.log(q)


@bug("unreached", at={"w": W}, cause="plain value", reaches=("w",), severity="error")
def loss_that_is_logged_and_returned_as_a_number(w):
    error = X @ w - Y
    return np.mean(error.value**2)  # here


@bug("zero-gradient", at={"x": np.array([0.2, 1.7])}, cause="step function", reaches=("x",))
def commitment_to_the_nearest_whole_number(x):
    q = np.round(x)  # here
    return np.sum((q - x.detach()) ** 2)


@bug("inf", at={"p": np.array([0.5, 0.0])}, cause="logarithm of 0", reaches=("p",), severity="error")
def logarithms_that_are_written_over_their_probabilities(p):
    q = 1.0 * p
    np.log(q, out=q)  # here
    return q.sum()


@bug("unreached", at={"theta": np.array([0.2, 1.5, 3.0])}, cause="plain value", reaches=("theta",), severity="warning")
def line_whose_slope_is_taken_out_of_the_parameters(theta):
    slope = theta[1].value  # here
    return np.mean((theta[0] + slope * X[:, 0] + theta[2] * X[:, 1] - Y) ** 2)


@bug("zero-gradient", at={"p": np.array([0.9, 1.0, 0.4, 0.7])}, cause="multiplied by that 0", reaches=("p",))
def chance_that_all_fail_where_one_is_sure_to_work(p):
    return np.prod(1 - p)  # here


@bug("zero-gradient", at={"p": np.array([0.9, 1.2])}, cause="step function", reaches=("p",), severity="warning")
def number_of_layers_among_the_parameters(p):
    return p[0] ** 2 * 3 + np.round(p[1])  # here


@bug("inf", at={"p": np.array([0.0, 0.25, 0.75])}, cause="logarithm of 0", reaches=("p",), severity="error")
def bits_of_a_distribution_with_a_zero(p):
    return -np.einsum("i,i->", p, np.log2(p))  # here


@bug("inf", at={"p": np.array([0.0, 0.25, 0.75])}, cause="logarithm of 0", reaches=("p",), severity="error")
def entropy_as_a_dot_product(p):
    return -(p @ np.log(p))  # here


@bug("broadcast", at={"w": np.array([1.0, 2.0, 3.0])}, cause="grew to 3×3", reaches=("w",))
def squares_of_a_column_that_einsum_adds_up(w):
    r = w - np.array([[1.0], [2.0], [2.5]])  # here
    return np.einsum("ij,ij->", r, r)


@bug("inf", at={"p": X[:, :2]}, cause="division by 0", reaches=("p",), severity="error")
def energy_of_charges_each_of_which_meets_itself(p):
    r = np.sqrt(np.sum((p[:, None] - p[None]) ** 2, axis=-1))
    return np.sum(1 / r) / 2  # here


@bug("nan-gradient", at={"p": X[:, :2]}, cause="pole", reaches=("p",), severity="error", first=False)
def energy_above_the_diagonal_only(p):
    r = np.sqrt(np.sum((p[:, None] - p[None]) ** 2, axis=-1))
    return np.sum(np.triu(1 / r, 1))  # here


@bug("underflow", at={"p": np.full(400, 0.01)}, cause="smallest", reaches=("p",), first=False)
def geometric_mean_by_a_long_product(p):
    return np.prod(p) ** (1 / len(p))  # here


@bug("inf", at={"p": np.full(200, 0.01)}, cause="logarithm of 0", reaches=("p",), first=False)
def survival_after_two_hundred_years(p):
    alive = np.cumprod(p)
    return np.log(alive[-1])  # here


@bug("cancellation", at={"rate": 1e-9}, cause="nearly cancels", reaches=("rate",), severity="warning")
def mean_of_a_decay_that_is_next_to_none(rate):
    gone = 1 - np.exp(-rate)  # here
    return gone / rate
