"""Questions that readers of a textbook chapter on automatic differentiation asked, answered with plain NumPy arrays.

Run it with ``python demos/forum.py``; each part prints what it found. With ``--plot FILE`` the curve is drawn as well.
"""

import math
import sys

import numpy as np

import graphviz_ad as gad


def sine_and_its_gradient():
    """Plot sin and its gradient without ever calling cos, once with one sum and once entry by entry."""
    x = gad.attach_grad(np.linspace(-np.pi, np.pi, 100))
    np.sin(x).sum().backward()
    at_once = x.grad.copy()

    x.zero_grad()
    y = np.sin(x)
    for i in range(100):
        y[i].backward(retain_graph=True)
    return x.value, y.value, at_once, x.grad


def attach_grad_to_a_plain_array():
    """Attach a gradient to an ordinary array and build the graph of y = 2 xᵀx inside record()."""
    x = gad.attach_grad(np.arange(4.0), name="x")
    with gad.record() as trace:
        y = 2 * np.dot(x, x)
    y.backward()
    return trace, y.value, x.grad


def arithmetic_works_and_math_explains():
    """Compute 2·a·a on an array; math.exp(a) cannot be recorded and says what to write instead."""
    a = gad.attach_grad(np.arange(5.0), name="a")
    (2 * a * a).sum().backward()
    try:
        math.exp(a)
    except TypeError as error:
        return a.grad, str(error)
    raise AssertionError("math.exp(a) must raise")


def chain_rule():
    """Differentiate 2 sin(3x) at 1 and 12."""
    x = gad.attach_grad(np.array([1.0, 12.0]))
    (2 * np.sin(3 * x)).sum().backward()
    return x.grad, 6 * np.cos(3 * x.value)


def loop_and_branch(a):
    """Double b until its norm reaches 1000; which way the program goes depends on a."""
    b = a * 2
    while np.linalg.norm(b) < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


def main(arguments):
    """Print what each question comes to."""
    x, _y, at_once, one_by_one = sine_and_its_gradient()
    print("sin and its gradient: both ways agree:", np.allclose(at_once, one_by_one))
    print("  and they are the cosine:            ", np.allclose(at_once, np.cos(x)))
    trace, value, gradient = attach_grad_to_a_plain_array()
    print(f"2 xᵀx at [0 1 2 3] is {value:g}, its gradient {gradient}, recorded in {len(trace)} nodes")
    gradient, message = arithmetic_works_and_math_explains()
    print("the gradient of 2·a·a is", gradient)
    print("math.exp(a) says:", message)
    found, expected = chain_rule()
    print("d/dx 2 sin(3x) at 1 and 12:", found, "=", expected)
    a = gad.attach_grad(0.37)
    d = loop_and_branch(a)
    d.backward()
    print("the loop's gradient is f(a)/a:", a.grad == d.value / a.value)
    print(gad.trace(loop_and_branch, -0.37))
    if "--plot" in arguments:
        path = arguments[arguments.index("--plot") + 1]
        gad.plot(np.sin, x=(-np.pi, np.pi)).figure.savefig(path)
        print("wrote", path)


if __name__ == "__main__":
    main(sys.argv[1:])
