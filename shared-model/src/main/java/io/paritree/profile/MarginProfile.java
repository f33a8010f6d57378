package io.paritree.profile;

import java.util.OptionalDouble;

/**
 * One margin of the explained rows, in margin units.
 *
 * @param mean of the margins
 * @param base the mean of what contributions are added to: the model's base, or the rows' offsets
 * @param deviation the standard deviation of the margins; only in a reference
 */
public record MarginProfile(double mean, double base, OptionalDouble deviation) {}
