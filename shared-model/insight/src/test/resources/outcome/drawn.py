"""Numbers that scripts beside it and tests in Java draw alike: SplitMix64 of Java's SplittableRandom."""

import numpy

GOLDEN = numpy.uint64(0x9E3779B97F4A7C15)


def mix(z):
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def words(count, seed, columns):
    """Returns count rows of 64 random bits in each column."""
    with numpy.errstate(over="ignore"):
        return mix(numpy.uint64(seed) + numpy.arange(1, columns * count + 1, dtype=numpy.uint64) * GOLDEN).reshape(count, columns)


def bits(word, count):
    """Returns the highest bits as a number from 0 to 1, without 1."""
    return (word >> numpy.uint64(64 - count)).astype(numpy.float64) / 2**count
