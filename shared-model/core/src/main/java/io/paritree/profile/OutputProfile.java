package io.paritree.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
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
    String output, double mean, OptionalLong above, Optional<BinCounts> bins) {
  private record Form(
      @JsonProperty(required = true) String output,
      @JsonProperty(required = true) double mean,
      OptionalLong above,
      Optional<List<Float>> edges,
      Optional<List<Integer>> codes,
      Optional<List<String>> values,
      Optional<List<Long>> counts) {
    Optional<BinCounts> bins() {
      return new BinCounts.Form(edges, codes, values, counts).bins();
    }
  }

  @JsonValue
  Form form() {
    BinCounts.Form one = BinCounts.Form.of(bins);
    return new Form(output, mean, above, one.edges(), one.codes(), one.values(), one.counts());
  }

  @JsonCreator
  static OutputProfile of(Form form) {
    return new OutputProfile(form.output, form.mean, form.above, form.bins());
  }
}
