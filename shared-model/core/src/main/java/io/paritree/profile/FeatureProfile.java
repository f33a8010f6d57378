package io.paritree.profile;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Optional;

/**
 * The values of one feature.
 *
 * @param feature its name
 * @param field the field that it reads
 * @param missing missing values in all rows that were read, those read as missing because they are
 *     in no vocabulary among them
 * @param unseen values in all rows that were read that are in no vocabulary, refused ones among
 *     them
 * @param bins of the sampled rows; empty if the profile has none
 * @param contributions the mean contribution to each margin in the explained rows, in margin units;
 *     empty without explained rows, and for an offset, which is part of its margin's base
 */
public record FeatureProfile(
    String feature,
    String field,
    long missing,
    long unseen,
    Optional<BinCounts> bins,
    List<Double> contributions) {
  public FeatureProfile {
    contributions = List.copyOf(contributions);
  }

  /** Returns the same without bins. */
  public FeatureProfile withoutBins() {
    return new FeatureProfile(feature, field, missing, unseen, Optional.empty(), contributions);
  }

  /** Returns the same without contributions. */
  FeatureProfile withoutContributions() {
    return new FeatureProfile(feature, field, missing, unseen, bins, List.of());
  }

  private record Form(
      @JsonProperty(required = true) String feature,
      @JsonProperty(required = true) String field,
      @JsonProperty(required = true) long missing,
      @JsonProperty(required = true) long unseen,
      Optional<List<Float>> edges,
      Optional<List<Integer>> codes,
      Optional<List<String>> values,
      Optional<List<Long>> counts,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Double> contributions) {
    Optional<BinCounts> bins() {
      return new BinCounts.Form(edges, codes, values, counts).bins();
    }
  }

  @JsonValue
  Form form() {
    BinCounts.Form one = BinCounts.Form.of(bins);
    return new Form(
        feature,
        field,
        missing,
        unseen,
        one.edges(),
        one.codes(),
        one.values(),
        one.counts(),
        contributions);
  }

  @JsonCreator
  static FeatureProfile of(Form form) {
    return new FeatureProfile(
        form.feature, form.field, form.missing, form.unseen, form.bins(), form.contributions);
  }
}
