"""Shapes, cameras, images, graphs and transport."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, numbers

POINTS = np.random.default_rng(9).normal(size=(6, 3)) + np.array([0.0, 0.0, 5.0])


def rotation(vector):
    """Return the rotation matrix of an axis times an angle, by Rodrigues' formula."""
    angle = np.sqrt(vector @ vector)
    x, y, z = vector / angle
    cross = np.zeros((3, 3), dtype=vector.dtype, like=vector)
    cross[0, 1], cross[0, 2], cross[1, 2] = -z, y, -x
    cross = cross - cross.T
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def camera(pose, shift, focal):
    """Return the error of points seen by a camera with a little distortion."""
    seen = POINTS @ rotation(pose).T + shift
    flat = seen[:, :2] / seen[:, 2:]
    r2 = np.sum(flat**2, axis=1, keepdims=True)
    pixels = focal * flat * (1 - 0.1 * r2 + 0.01 * r2**2)
    return np.sum((pixels - POINTS[:, :2]) ** 2)


CAMERAS = np.random.default_rng(10).normal(size=(3, 3, 4))


def triangulation(pixels):
    """Return the depth of a point that three cameras see, by least squares."""
    rows, right = [], []
    for P, pixel in zip(CAMERAS, pixels, strict=True):  # noqa: N806
        for k in range(2):
            row = pixel[k] * P[2] - P[k]
            rows.append(row[:3])
            right.append(-row[3])
    A, b = np.stack(rows), np.stack(right)  # noqa: N806
    point = np.linalg.solve(A.T @ A, A.T @ b)
    return np.sqrt(point @ point)


def procrustes(a, b):
    """Return what is left when one shape is turned onto another as well as can be."""
    a0, b0 = a - a.mean(axis=0), b - b.mean(axis=0)
    u, _, vt = np.linalg.svd(a0.T @ b0)
    turned = a0 @ u @ vt
    return np.sum((turned - b0) ** 2)


def procrustes_gradient(a, b):
    """Return its gradient by the envelope theorem: the best rotation may be held fixed."""
    a0, b0 = a - a.mean(axis=0), b - b.mean(axis=0)
    u, _, vt = np.linalg.svd(a0.T @ b0)
    error = 2 * (a0 @ (u @ vt) - b0)
    by_a, by_b = error @ (u @ vt).T, -error
    return by_a - by_a.mean(axis=0), by_b - by_b.mean(axis=0)


def quaternion(q, p):
    """Return how far a turned point is from another, by products of quaternions."""
    w, x, y, z = q / np.linalg.norm(q)
    axis = np.stack([x, y, z])
    turned = p + 2 * np.cross(axis, np.cross(axis, p) + w * p)
    return np.sum((turned - np.array([0.0, 1.0, 0.5])) ** 2)


def sinkhorn(a, b, points):
    """Return the entropic distance between two histograms, by Sinkhorn's iteration."""
    p, q = np.exp(a) / np.exp(a).sum(), np.exp(b) / np.exp(b).sum()
    cost = (points[:, None] - points) ** 2
    kernel = np.exp(-cost / 0.5)
    v = np.ones(len(q))
    for _ in range(20):
        u = p / (kernel @ v)
        v = q / (kernel.T @ u)
    return np.sum(u[:, None] * kernel * v * cost)


LINKS = np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 0]], dtype=float)


def page_rank(log_weights):
    """Return the rank of a page, by power iteration over weighted links."""
    weights = LINKS * np.exp(log_weights)
    transition = weights / weights.sum(axis=1, keepdims=True)
    rank = np.full(4, 0.25)
    for _ in range(60):
        rank = 0.15 / 4 + 0.85 * (rank @ transition)
    return np.log(rank[2])


def page_rank_gradient(log_weights):
    """Return its gradient by the adjoint of the linear system that the iteration solves."""
    weights = LINKS * np.exp(log_weights)
    transition = weights / weights.sum(axis=1, keepdims=True)
    system = np.eye(4) - 0.85 * transition.T
    rank = np.linalg.solve(system, np.full(4, 0.15 / 4))
    adjoint = np.linalg.solve(system.T, np.eye(4)[2] / rank[2])
    by_transition = 0.85 * np.outer(rank, adjoint)
    return (transition * (by_transition - (transition * by_transition).sum(axis=1, keepdims=True)),)


def blur_and_variation(image):
    """Return how a blurred image differs from a checkerboard, with its total variation."""
    weights = np.array([0.25, 0.5, 0.25])
    padded = np.pad(image, 1, mode="edge")
    blurred = sum(
        weights[i] * weights[j] * padded[i : i + image.shape[0], j : j + image.shape[1]]
        for i in range(3)
        for j in range(3)
    )
    target = np.indices(image.shape).sum(axis=0) % 2
    variation = np.sqrt(np.diff(image, axis=0)[:, :-1] ** 2 + np.diff(image, axis=1)[:-1] ** 2 + 1e-6).sum()
    return np.sum((blurred - target) ** 2) + 0.1 * variation


def bilinear_warp(image, shift):
    """Return an image moved by a part of a pixel, against itself."""
    rows, columns = np.meshgrid(np.arange(4.0), np.arange(4.0), indexing="ij")
    y, x = rows + shift[0], columns + shift[1]
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    fy, fx = y - top, x - left
    corners = [image[top + i, left + j] for i in (0, 1) for j in (0, 1)]
    moved = (1 - fy) * (1 - fx) * corners[0] + (1 - fy) * fx * corners[1]
    moved += fy * (1 - fx) * corners[2] + fy * fx * corners[3]
    return np.sum((moved - image[:4, :4]) ** 2)


def polygon(corners):
    """Return how far a polygon is from a circle: its perimeter squared over its area."""
    following = np.roll(corners, -1, axis=0)
    area = 0.5 * np.abs(np.sum(corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]))
    perimeter = np.sum(np.hypot(*(following - corners).T))
    return perimeter**2 / (4 * np.pi * area)


def bezier(controls):
    """Return the length of a curve, by de Casteljau's construction at many places."""
    places = []
    for t in np.linspace(0, 1, 9):
        points = controls
        while len(points) > 1:
            points = (1 - t) * points[:-1] + t * points[1:]
        places.append(points[0])
    steps = np.diff(np.stack(places), axis=0)
    return np.sqrt((steps**2).sum(axis=1)).sum()


def arm(angles):
    """Return how far the hand of an arm is from what it reaches for, joint by joint."""
    place, direction = np.zeros(2), 0.0
    for angle, length in zip(angles, (1.0, 0.8, 0.5), strict=True):
        direction = direction + angle
        place = place + length * np.stack([np.cos(direction), np.sin(direction)])
    return np.sum((place - np.array([1.2, 0.9])) ** 2)


def arm_gradient(angles):
    """Return its gradient by the Jacobian of each joint: the arm beyond it, turned by a right angle."""
    total, lengths = np.cumsum(angles), np.array([1.0, 0.8, 0.5])
    parts = lengths[:, None] * np.stack([np.cos(total), np.sin(total)], axis=1)
    error = 2 * (parts.sum(axis=0) - np.array([1.2, 0.9]))
    return (np.array([error @ np.array([-rest[1], rest[0]]) for rest in np.cumsum(parts[::-1], axis=0)[::-1]]),)


def spectral_cut(log_weights):
    """Return the second eigenvalue of the Laplacian of a weighted graph."""
    weights = np.exp(log_weights)
    weights = (weights + weights.T) * (1 - np.eye(5))
    laplacian = np.diag(weights.sum(axis=1)) - weights
    return np.linalg.eigvalsh(laplacian)[1]


PROGRAMS = {
    "camera": Program(camera, (np.array([0.1, -0.2, 0.3]), np.array([0.2, 0.1, -0.3]), 2.0), analytic=True),
    "triangulation": Program(triangulation, numbers(1, (3, 2)), analytic=True),
    "Procrustes": Program(procrustes, numbers(2, (5, 2), (5, 2)), gradient=procrustes_gradient),
    "quaternion": Program(quaternion, numbers(3, (4,), (3,))),
    "Sinkhorn": Program(sinkhorn, numbers(4, (4,), (4,), (4,)), analytic=True),
    "PageRank": Program(page_rank, numbers(5, (4, 4)), analytic=True, gradient=page_rank_gradient),
    "blur and variation": Program(blur_and_variation, numbers(6, (5, 4)), analytic=True),
    "bilinear warp": Program(bilinear_warp, (*numbers(7, (6, 6)), np.array([0.3, 0.6]))),
    "polygon": Program(polygon, (np.array([[0.0, 0.0], [2.0, 0.1], [2.5, 1.5], [1.0, 2.2], [-0.3, 1.0]]),)),
    "Bezier": Program(bezier, numbers(8, (4, 2)), analytic=True),
    "arm": Program(arm, (np.array([0.3, 0.5, -0.4]),), analytic=True, gradient=arm_gradient),
    "spectral cut": Program(spectral_cut, numbers(9, (5, 5))),
}
