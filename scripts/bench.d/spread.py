"""What repeated measurements say: a middle, and how far it may be off."""

import math
import random
from statistics import median
from typing import NamedTuple, Sequence

RESAMPLES = 2000


class Spread(NamedTuple):
    middle: float
    low: float
    high: float
    count: int


def span(values: Sequence[float]) -> Spread:
    """Median, smallest, largest."""
    return Spread(median(values), min(values), max(values), len(values))


def paired_ratio(values: Sequence[float], rivals: Sequence[float]) -> Spread:
    """The median of value / rival, pair by pair, and a 95 % interval for it.

    Pairs ran side by side, so what the machine did to both cancels. Resampling works on logarithms, where twice as much
    and half as much are equally far from equal. The interval is the same every time it is computed.
    """
    if len(values) != len(rivals) or not values:
        raise ValueError(f"{len(values)} values and {len(rivals)} rivals are no pairs")
    logs = [math.log(value / rival) for value, rival in zip(values, rivals)]
    dice = random.Random(1)
    medians = sorted(median(dice.choices(logs, k=len(logs))) for _ in range(RESAMPLES))
    low, high = medians[int(RESAMPLES * 0.025)], medians[int(RESAMPLES * 0.975)]
    return Spread(math.exp(median(logs)), math.exp(low), math.exp(high), len(logs))
