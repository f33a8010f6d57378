package io.paritree.profile;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.OptionalDouble;

/**
 * One margin of the explained rows, in margin units.
 *
 * @param mean of the margins
 * @param base the mean of what contributions are added to: the model's base, or the rows' offsets
 * @param deviation the standard deviation of the margins; only in a reference
 */
public record MarginProfile(
    @JsonProperty(required = true) double mean,
    @JsonProperty(required = true) double base,
    OptionalDouble deviation) {}
