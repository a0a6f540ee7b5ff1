"""The integrals behind exact limits, against an independent implementation."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special

from portal.figures.incomplete import beta_lower, beta_quantile, gamma_lower, gamma_quantile

shapes = st.floats(0.5, 1e6)
shares = st.floats(0, 1)
tails = st.sampled_from([1e-9, 1e-5, 0.001, 0.025, 0.4, 0.5, 0.8, 0.975, 0.999, 0.99999])


@given(shapes, st.floats(0, 4))
def test_the_gamma_integral_agrees_with_scipy(shape, times_the_mean):
    value = shape * times_the_mean
    assert gamma_lower(shape, value) == pytest.approx(special.gammainc(shape, value), rel=1e-7, abs=1e-14)


@given(shapes, shapes, shares)
@example(a=5, b=3, value=1.0)
@example(a=5, b=3, value=0.0)
def test_the_beta_integral_agrees_with_scipy(a, b, value):
    assert beta_lower(a, b, value) == pytest.approx(special.betainc(a, b, value), rel=1e-6, abs=1e-14)


@given(shapes, tails)
def test_the_gamma_quantile_agrees_with_scipy(shape, tail):
    assert gamma_quantile(shape, tail) == pytest.approx(special.gammaincinv(shape, tail), rel=1e-8)


@given(shapes, shapes, tails)
@example(a=16.5, b=0.5, tail=1e-5)
@example(a=1, b=1_000_000, tail=0.025)
@example(a=1_000_000, b=1, tail=0.975)
def test_the_beta_quantile_agrees_with_scipy(a, b, tail):
    assert beta_quantile(a, b, tail) == pytest.approx(special.betaincinv(a, b, tail), rel=1e-7)


def test_a_gamma_variable_is_never_below_nought():
    assert gamma_lower(3, 0) == 0
    assert gamma_lower(3, -1) == 0


def test_the_integrals_of_simple_shapes_are_their_closed_forms():
    assert beta_lower(1, 1, 0.3) == pytest.approx(0.3, rel=1e-14)
    assert gamma_lower(1, 2) == pytest.approx(1 - math.exp(-2), rel=1e-14)
