package io.paritree.model.layout;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * By what it was decided whether an alias moves to a version. Immutable and thread-safe.
 *
 * @param evidence each document that was given
 * @param override the reason for which the alias was moved although not all requirements were met;
 *     empty without one
 */
public record Promotion(
    List<Evidence> evidence, List<Required> requirements, Optional<String> override) {
  /** An entry has a little more than this. */
  private static final int MAX_BYTES = AliasMove.MAX_BYTES - (1 << 14);

  /**
   * A document that was given.
   *
   * @param sha256 the digest of all of its bytes
   * @param kind what it is, such as {@code diff}; empty if it could not be read
   * @param rows how many rows it is about; empty if it says nothing of any
   * @param endedAt when what it is about ended
   * @param isUsed whether it could meet requirements: it is whole, about both packages, and as new
   *     as required
   * @param why why it could not; empty if it could, or that is not known
   */
  public record Evidence(
      String sha256,
      Optional<String> kind,
      Optional<Long> rows,
      Optional<Instant> endedAt,
      @JsonProperty("used") boolean isUsed,
      Optional<String> why) {
    private static final String UNREAD =
        "it was changed, or is no document of a comparison or of outcomes";

    /** Returns evidence that nothing more is known of, since it could not be read. */
    public static Evidence unread(String sha256) {
      return new Evidence(
          sha256, Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.of(UNREAD));
    }
  }

  /**
   * What was required of the version.
   *
   * @param rule as it was written
   * @param found the value and the limit, or why there is no value
   */
  public record Required(String rule, @JsonProperty("met") boolean isMet, String found) {}

  public Promotion {
    evidence = List.copyOf(evidence);
    requirements = List.copyOf(requirements);
  }

  /** Returns whether all requirements are met. */
  public boolean isMet() {
    return requirements.stream().allMatch(Required::isMet);
  }

  /** Returns whether an entry of a journal has room for it. */
  public boolean fits() {
    return JsonText.line(Documents.value(this)).length <= MAX_BYTES;
  }
}
