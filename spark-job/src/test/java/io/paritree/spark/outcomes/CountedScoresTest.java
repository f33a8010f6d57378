package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class CountedScoresTest {
  /** Returns a row of no partition, version and day: a value of a column, a label, a score. */
  private static InternalRow row(String value, Object score) {
    UTF8String label = UTF8String.fromString("late");
    return new GenericInternalRow(
        new Object[] {null, UTF8String.fromString(value), null, label, score});
  }

  @Test
  void aTaskEndsAtTheFirstValueThatIsTooMany() {
    int[] read = {0};
    Iterator<InternalRow> rows =
        IntStream.range(0, 1_000_000)
            .peek(at -> read[0]++)
            .mapToObj(at -> row("v" + at / 2, 0.5))
            .iterator();

    CountedScores.OfTask counted = CountedScores.of(rows, 0, 1);

    assertThat(counted.areAll()).isFalse();
    assertThat(counted.counted()).hasSize(ScoreCounts.MOST_SEGMENTS + 1);
    assertThat(read[0]).isBetween(2 * ScoreCounts.MOST_SEGMENTS, 3 * ScoreCounts.MOST_SEGMENTS);
  }

  @Test
  void rowsWithoutAScoreAreCountedByThemselves() {
    Iterator<InternalRow> rows =
        IntStream.range(0, 10)
            .mapToObj(at -> row("v", at % 5 == 0 ? null : (Object) 0.5))
            .iterator();

    CountedScores.OfTask counted = CountedScores.of(rows, 0, 1);

    assertThat(counted.areAll()).isTrue();
    assertThat(counted.counted().get(0).absent()).isEqualTo(2);
    assertThat(counted.counted().get(0).rows()).containsExactly(8);
  }
}
