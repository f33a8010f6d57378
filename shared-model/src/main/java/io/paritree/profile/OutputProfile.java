package io.paritree.profile;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The scores of one output, of all scored rows.
 *
 * @param output its name
 * @param mean NaN without scores
 * @param above how many scores are above the model's threshold; empty if it has none
 * @param bins empty if the profile has none
 */
public record OutputProfile(
    String output, double mean, OptionalLong above, Optional<BinCounts> bins) {}
