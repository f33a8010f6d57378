package io.paritree.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
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
      @JsonUnwrapped BinCounts.Form bins) {}

  @JsonValue
  Form form() {
    return new Form(output, mean, above, BinCounts.Form.of(bins));
  }

  @JsonCreator
  static OutputProfile of(Form form) {
    return new OutputProfile(form.output, form.mean, form.above, form.bins.bins());
  }
}
