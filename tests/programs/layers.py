"""Layers of neural networks, written with NumPy."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, numbers


def im2col(image, size, stride=1):
    """Return the patches of a batch of images (n, c, h, w) as rows."""
    n, c, h, w = image.shape
    rows, columns = (h - size) // stride + 1, (w - size) // stride + 1
    patches = np.zeros((n, c, size, size, rows, columns), dtype=image.dtype, like=image)
    for i in range(size):
        for j in range(size):
            patches[:, :, i, j] = image[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
    return patches.transpose(0, 4, 5, 1, 2, 3).reshape(n * rows * columns, -1), rows, columns


def convolution(image, kernel, bias):
    """Convolve a batch of images, with im2col and one matrix product."""
    padded = np.pad(image, ((0, 0), (0, 0), (1, 1), (1, 1)))
    patches, rows, columns = im2col(padded, kernel.shape[2])
    out = patches @ kernel.reshape(kernel.shape[0], -1).T
    out += bias
    out = out.reshape(image.shape[0], rows, columns, -1).transpose(0, 3, 1, 2)
    return (np.tanh(out) ** 2).mean()


def torch_convolution(torch, image, kernel, bias):
    """Return the same by torch's own convolution."""
    return (torch.tanh(torch.nn.functional.conv2d(image, kernel, bias, padding=1)) ** 2).mean()


def max_pooling(image, weights):
    """Pool 2 x 2 windows."""
    n, c, h, w = image.shape
    windows = image.reshape(n, c, h // 2, 2, w // 2, 2)
    pooled = windows.max(axis=5).max(axis=3)
    return np.sum(pooled * weights) / n


def torch_max_pooling(torch, image, weights):
    """Return the same by torch's own pooling."""
    return (torch.nn.functional.max_pool2d(image, 2) * weights).sum() / len(image)


def batch_norm(x, gamma, beta, target):
    """Normalize over the batch."""
    mean = x.mean(axis=0)
    centered = x - mean
    variance = np.mean(centered**2, axis=0)
    normalized = centered / np.sqrt(variance + 1e-5)
    return np.sum((gamma * normalized + beta - target) ** 2)


def torch_batch_norm(torch, x, gamma, beta, target):
    """Return the same by torch's own layer."""
    out = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True)
    return ((out - target) ** 2).sum()


def layer_norm(x, gamma, beta, target):
    """Normalize each sample."""
    out = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5)
    out *= gamma
    out += beta
    return np.sum(out * target)


def torch_layer_norm(torch, x, gamma, beta, target):
    """Return the same by torch's own layer."""
    return (torch.nn.functional.layer_norm(x, x.shape[-1:], gamma, beta) * target).sum()


def group_norm(x, gamma, beta, groups=2):
    """Normalize groups of channels."""
    n, c, h, w = x.shape
    grouped = x.reshape(n, groups, -1)
    grouped = grouped - grouped.mean(axis=2, keepdims=True)
    grouped /= np.sqrt((grouped**2).mean(axis=2, keepdims=True) + 1e-5)
    out = grouped.reshape(n, c, h, w) * gamma[:, None, None] + beta[:, None, None]
    return np.sum(np.sin(out))


def torch_group_norm(torch, x, gamma, beta):
    """Return the same by torch's own layer."""
    return torch.sin(torch.nn.functional.group_norm(x, 2, gamma, beta)).sum()


LABELS = np.array([0, 2, 1, 2])


def softmax_cross_entropy(x, w, b):
    """Return the mean loss of a linear classifier, made safe by the largest score."""
    scores = x @ w + b
    scores -= scores.max(axis=1, keepdims=True)
    log_probabilities = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -log_probabilities[np.arange(len(LABELS)), LABELS].mean()


def softmax_gradient(x, w, b):
    """Return the gradient as every textbook has it: probabilities minus ones."""
    scores = np.exp(x @ w + b)
    error = scores / scores.sum(axis=1, keepdims=True)
    error[np.arange(len(LABELS)), LABELS] -= 1
    error /= len(LABELS)
    return error @ w.T, x.T @ error, error.sum(axis=0)


KEPT = np.random.default_rng(5).random((6, 8)) < 0.7


def dropout(x, w1, w2):
    """Drop hidden numbers out by a fixed mask, after a leaky rectifier."""
    hidden = x @ w1
    hidden[hidden < 0] *= 0.1
    hidden *= KEPT / 0.7
    return ((hidden @ w2) ** 2).sum()


TOKENS = np.array([[1, 4, 4, 0], [2, 2, 3, 1]])


def embedding(table, positions, w):
    """Look words up, some of them twice, add where they stand, and average."""
    words = table[TOKENS]
    words = words + positions
    sentence = words.mean(axis=1)
    return np.log1p(np.exp(sentence @ w)).sum()


def torch_embedding(torch, table, positions, w):
    """Return the same by torch's own lookup."""
    words = torch.nn.functional.embedding(torch.tensor(TOKENS), table) + positions
    return torch.nn.functional.softplus(words.mean(dim=1) @ w).sum()


def attention(x, wq, wk, wv, wo, heads=2):
    """Attend causally, with several heads and a batch."""
    batch, length, width = x.shape

    def split(y):
        return y.reshape(batch, length, heads, width // heads).transpose(0, 2, 1, 3)

    q, k, v = (split(x @ w) for w in (wq, wk, wv))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(width // heads)
    scores = np.where(np.tri(length, dtype=bool), scores, -1e9)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    out = (weights @ v).transpose(0, 2, 1, 3).reshape(batch, length, width)
    return np.sum((out @ wo) ** 2)


def torch_attention(torch, x, wq, wk, wv, wo):
    """Return the same by torch's own attention."""
    batch, length, width = x.shape
    q, k, v = ((x @ w).reshape(batch, length, 2, -1).transpose(1, 2) for w in (wq, wk, wv))
    out = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return ((out.transpose(1, 2).reshape(batch, length, width) @ wo) ** 2).sum()


NOISE = np.random.default_rng(6).normal(size=(3, 2))


def variational_autoencoder(x, encoder, spread, decoder):
    """Return the evidence bound of one batch, with fixed noise."""
    mean = np.tanh(x @ encoder)
    log_variance = x @ spread
    z = mean + np.exp(0.5 * log_variance) * NOISE
    logits = z @ decoder
    seen = x > 0
    reconstruction = np.sum(np.logaddexp(0, logits) - seen * logits)
    divergence = -0.5 * np.sum(1 + log_variance - mean**2 - np.exp(log_variance))
    return reconstruction + divergence


def mixture_of_experts(x, gate, experts):
    """Weigh the answers of several experts, collected in a loop."""
    weights = np.exp(x @ gate)
    weights = weights / weights.sum(axis=1, keepdims=True)
    answers = [np.tanh(x @ expert) for expert in experts]
    return np.sum(np.stack(answers, axis=1) * weights[:, :, None])


def residual_network(x, *weights):
    """Add what each block computes, in place, with a dict of parameters of the enclosing function."""
    params = {f"block{k}": w for k, w in enumerate(weights)}

    def forward(h):
        for name in sorted(params):
            h = h + np.maximum(h @ params[name], 0) * 0.5
        return h

    return np.linalg.norm(forward(x))


PROGRAMS = {
    "convolution": Program(
        convolution, numbers(1, (2, 2, 4, 4), (3, 2, 3, 3), (3,)), analytic=True, torch=torch_convolution
    ),
    "max pooling": Program(max_pooling, numbers(2, (2, 3, 4, 4), (2, 3, 2, 2)), torch=torch_max_pooling),
    "batch norm": Program(batch_norm, numbers(3, (5, 3), (3,), (3,), (5, 3)), analytic=True, torch=torch_batch_norm),
    "layer norm": Program(layer_norm, numbers(4, (4, 5), (5,), (5,), (4, 5)), torch=torch_layer_norm),
    "group norm": Program(group_norm, numbers(5, (2, 4, 3, 2), (4,), (4,)), analytic=True, torch=torch_group_norm),
    "softmax cross-entropy": Program(
        softmax_cross_entropy, numbers(6, (4, 5), (5, 3), (3,)), gradient=softmax_gradient
    ),
    "dropout": Program(dropout, numbers(7, (6, 4), (4, 8), (8, 2))),
    "embedding": Program(embedding, numbers(8, (5, 3), (4, 3), (3,)), analytic=True, torch=torch_embedding),
    "attention": Program(attention, numbers(9, (2, 3, 4), (4, 4), (4, 4), (4, 4), (4, 4)), torch=torch_attention),
    "variational autoencoder": Program(variational_autoencoder, numbers(10, (3, 4), (4, 2), (4, 2), (2, 4))),
    "mixture of experts": Program(mixture_of_experts, numbers(11, (3, 4), (4, 2), (2, 4, 3)), analytic=True),
    "residual network": Program(residual_network, numbers(12, (2, 4), (4, 4), (4, 4), (4, 4))),
}
