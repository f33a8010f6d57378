package io.paritree.comparison;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A row that moves, with what is needed to say why.
 *
 * @param key the values of its key
 * @param moved by how much the value of its output moves, without a sign
 * @param output which of the compared outputs moves most
 * @param champion what the model that acts makes of it
 */
public record MovedRow(
    List<String> key, double moved, int output, Scored champion, Scored challenger)
    implements Serializable {
  private static final Comparator<List<String>> KEYS =
      (one, other) -> Arrays.compare(one.toArray(String[]::new), other.toArray(String[]::new));

  /** The largest movement first; equal ones by their keys. */
  static final Comparator<MovedRow> ORDER =
      Comparator.comparing(MovedRow::moved, Comparator.reverseOrder())
          .thenComparing(MovedRow::key, KEYS);

  public MovedRow {
    key = List.copyOf(key);
  }

  /**
   * What a model makes of a row.
   *
   * @param value its score, or its margin where margins are compared
   * @param label of its classes the index; -1 if there are none
   * @param slots its slots; not to be changed
   */
  public record Scored(float value, float margin, int label, float[] slots)
      implements Serializable {}
}
