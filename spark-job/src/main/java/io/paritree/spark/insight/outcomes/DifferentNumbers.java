package io.paritree.spark.insight.outcomes;

import io.paritree.spark.insight.outcomes.DifferentNumbers.Seen;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.expressions.Aggregator;

/**
 * Whether the numbers of a column are all different, as Spark aggregates it. False if they are too
 * many to know. Nulls are no numbers.
 */
final class DifferentNumbers extends Aggregator<Long, Seen, Boolean> {
  private static final int FIRST = 1_000;

  private final int most;

  /** The numbers of some rows; none are kept if they are too many. */
  public static final class Seen implements Serializable {
    private long[] numbers = {};
    private int size;

    private void reserve(int length) {
      numbers = Arrays.copyOf(numbers, length);
    }
  }

  /**
   * @param most so many numbers fit into the heap of a task
   */
  DifferentNumbers(int most) {
    this.most = most;
  }

  @Override
  public Seen zero() {
    return new Seen();
  }

  @Override
  public Seen reduce(Seen seen, Long number) {
    if (number == null || seen.size > most) {
      return seen;
    } else if (seen.size == most) {
      return tooMany(seen);
    } else if (seen.size == seen.numbers.length) {
      seen.reserve(Math.min(most, FIRST + 2 * seen.size));
    }

    seen.numbers[seen.size++] = number;
    return seen;
  }

  @Override
  public Seen merge(Seen seen, Seen other) {
    if (seen.size > most - other.size) {
      return tooMany(seen);
    }

    seen.reserve(seen.size + other.size);
    System.arraycopy(other.numbers, 0, seen.numbers, seen.size, other.size);
    seen.size += other.size;
    return seen;
  }

  private Seen tooMany(Seen seen) {
    seen.numbers = new long[0];
    seen.size = most + 1;
    return seen;
  }

  @Override
  public Boolean finish(Seen seen) {
    if (seen.size > most) {
      return false;
    }

    long[] sorted = Arrays.copyOf(seen.numbers, seen.size);
    Arrays.sort(sorted);
    return IntStream.range(1, sorted.length).noneMatch(at -> sorted[at - 1] == sorted[at]);
  }

  @Override
  public Encoder<Seen> bufferEncoder() {
    return Encoders.javaSerialization(Seen.class);
  }

  @Override
  public Encoder<Boolean> outputEncoder() {
    return Encoders.BOOLEAN();
  }
}
