package io.paritree.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.json.NotANumber;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which shares of the rows that were read have a missing or an unseen value, or a fault, in a
 * field. Of a field that several features read, the largest.
 *
 * @param rows how many were read, which is not written; without any, the shares are NaN
 */
@JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = NotANumber.class)
public record Shares(
    @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) long rows,
    double missing,
    double unseen,
    double faults) {
  /** Returns the shares of each field, in the order of the model. */
  public static Map<String, Shares> byField(Profile profile) {
    Map<String, Shares> shares = new LinkedHashMap<>();
    Subjects.byField(profile)
        .forEach((field, features) -> shares.put(field, of(profile, field, features)));
    return shares;
  }

  /** Returns the shares of a field, or of one of its features. */
  static Shares of(Profile profile, String field, List<FeatureProfile> features) {
    long faults =
        profile.faults().getOrDefault(field, Map.of()).values().stream()
            .mapToLong(Long::longValue)
            .sum();
    double rows = profile.rows(); // 0 / 0.0 is NaN
    return new Shares(
        profile.rows(),
        features.stream().mapToLong(FeatureProfile::missing).max().orElse(0) / rows,
        features.stream().mapToLong(FeatureProfile::unseen).max().orElse(0) / rows,
        faults / rows);
  }

  /** Returns the share that a measure's name means. */
  double of(String measure) {
    return switch (measure) {
      case DriftWords.MISSING -> missing;
      case DriftWords.UNSEEN -> unseen;
      case DriftWords.FAULTS -> faults;
      default -> throw new IllegalArgumentException("Cannot read the share " + measure);
    };
  }
}
