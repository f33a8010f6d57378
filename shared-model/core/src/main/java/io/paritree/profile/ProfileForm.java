package io.paritree.profile;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is counted of a model's rows. Immutable and thread-safe.
 *
 * @param features one for each slot of a row, offsets included
 * @param outputs one for each score of a row
 * @param modelWidth how many features the model reads; they come first, offsets follow
 * @param margins the number of margins that contributions are of; 0 if the model cannot be
 *     explained
 */
public record ProfileForm(List<Slot> features, List<Output> outputs, int modelWidth, int margins) {
  /** A mean contribution takes 16 bytes a level while rows are counted, and 25 in a document. */
  private static final int MAX_CONTRIBUTIONS = 1 << 16;

  /**
   * A feature.
   *
   * @param feature its name
   * @param field the field that it reads
   * @param bins of its slots; empty if only missing and unseen values are counted
   * @param reading what is counted in the bins in place of its slot; empty for the slot
   */
  public record Slot(String feature, String field, Optional<Bins> bins, Optional<Reading> reading) {
    public Slot(String feature, String field, Optional<Bins> bins) {
      this(feature, field, bins, Optional.empty());
    }
  }

  /** What a row has, for bins that are not of one slot alone. */
  @FunctionalInterface
  public interface Reading {
    /**
     * Returns a value of a row; NaN if it is missing.
     *
     * @param slots slot s of the row is {@code slots[at + s * stride]}
     */
    float of(float[] slots, int at, int stride);
  }

  /**
   * An output.
   *
   * @param output its name
   * @param bins of its scores, whose edges are {@link ScoreHistogram#border}s; empty if there are
   *     none
   * @param threshold scores above it, strictly, are counted; empty unless the model is binary
   */
  public record Output(String output, Optional<NumberBins> bins, OptionalDouble threshold) {}

  /**
   * Returns of how many margins the contributions are counted: all, unless that is too much.
   *
   * @param margins of a model
   */
  public static int countedMargins(int modelWidth, int margins) {
    return (long) margins * (modelWidth + 1) > MAX_CONTRIBUTIONS ? 0 : margins;
  }

  private List<Slot> withoutBins() {
    return features.stream()
        .map(slot -> new Slot(slot.feature(), slot.field(), Optional.empty()))
        .toList();
  }

  /** Returns the form with other outputs. */
  public ProfileForm with(List<Output> others) {
    return new ProfileForm(features, others, modelWidth, margins);
  }

  public ProfileForm {
    features = List.copyOf(features);
    outputs = List.copyOf(outputs);
  }

  /**
   * Returns the form without what takes time: it has neither bins nor contributions, and the first
   * output only.
   */
  public ProfileForm plain() {
    return new ProfileForm(
        withoutBins(),
        outputs.stream()
            .limit(1)
            .map(output -> new Output(output.output(), Optional.empty(), output.threshold()))
            .toList(),
        modelWidth,
        0);
  }
}
