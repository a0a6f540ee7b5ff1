"""Series of made-up categories, with the total that an import would have stored beside them."""

from portal.figures.page import CRIMES, INCIDENTS


def with_crimes(categories):
    """The same measures and their total, without anti-social behaviour; what a category lacks, the total lacks too."""
    crimes = [series for measure, series in categories.items() if measure != INCIDENTS]
    return {**categories, CRIMES: [_added(months) for months in zip(*crimes, strict=True)]}


def _added(months):
    return None if None in months else (sum(count for count, _ in months), months[0][1])
