package io.paritree.model.manifest;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Where a sealed model comes from, as its manifest states it.
 *
 * @param sealedAt when the package was sealed
 * @param trainedOn the training data, in the sealer's words; empty if not given
 * @param trainingRows number of training rows, if given
 * @param metrics the sealer's figures by name
 * @param libraries versions of the software that made the model and the package, by name
 * @param golden where the golden rows come from
 * @param comparedWithTrainer the comparison with the trainer's own predictions; empty if none was
 *     made, in which case nothing proves that the schema means what the trainer meant
 */
public record Provenance(
    Instant sealedAt,
    Optional<String> trainedOn,
    OptionalLong trainingRows,
    Map<String, Double> metrics,
    Map<String, String> libraries,
    GoldenSource golden,
    Optional<TrainerComparison> comparedWithTrainer) {

  /** Where golden rows come from. */
  public enum GoldenSource {
    /** Rows that the sealer gave, and copies of some of them with one value removed. */
    ROWS,
    /** Rows made from the schema's ranges and vocabularies. */
    GENERATED
  }

  /**
   * The result of comparing scores with the trainer's own predictions on raw rows.
   *
   * @param rows number of rows compared, at least 1
   * @param maxUlps the largest difference of a score, in units in the last place: 0 or 1
   */
  public record TrainerComparison(long rows, int maxUlps) {
    /** Returns how far the scores are from the trainer's, in words. */
    public String difference() {
      return maxUlps == 0 ? "equal, bit for bit" : "at most %s ulp apart".formatted(maxUlps);
    }
  }

  public Provenance {
    metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    libraries = Collections.unmodifiableMap(new TreeMap<>(libraries));
  }
}
