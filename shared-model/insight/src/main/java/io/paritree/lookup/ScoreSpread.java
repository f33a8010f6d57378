package io.paritree.lookup;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How the first score of a partition's rows is distributed.
 *
 * @param quantiles at each 5 % from 5 % to 95 %, to one part in 128; empty if there is no row, like
 *     the other values
 */
public record ScoreSpread(
    @JsonProperty(required = true) double mean,
    @JsonProperty(required = true) float least,
    @JsonProperty(required = true) float largest,
    List<Float> quantiles) {
  /** The spread of no scores. */
  public static final ScoreSpread NONE = new ScoreSpread(0, 0, 0, List.of());

  /** How many quantiles there are. */
  public static final int QUANTILES = 19;

  public ScoreSpread {
    quantiles = List.copyOf(quantiles);
  }

  /** Returns the share of the rows below a quantile. */
  public static double share(int quantile) {
    return (quantile + 1) / (QUANTILES + 1.0);
  }
}
