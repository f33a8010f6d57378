package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.insight.outcomes.DifferentNumbers.Seen;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DifferentNumbersTest {
  private static final int MOST = 5_000;

  private final DifferentNumbers different = new DifferentNumbers(MOST);

  @Test
  void numbersOfSeveralTasksAreDifferentUnlessOneIsThereTwice() {
    Seen one = seen(LongStream.range(0, 3_000));
    Seen other = seen(LongStream.range(3_000, 4_000));
    Seen repeated = seen(LongStream.of(2_999));

    Seen both = different.merge(one, other);
    assertThat(different.finish(both)).isTrue();
    assertThat(different.finish(different.merge(both, repeated))).isFalse();
  }

  @Test
  void moreNumbersThanFitAreNotKnownToBeDifferent() {
    assertThat(different.finish(seen(LongStream.range(0, MOST)))).isTrue();
    assertThat(different.finish(seen(LongStream.range(0, MOST + 1)))).isFalse();

    Seen most = seen(LongStream.range(0, MOST));
    assertThat(different.finish(different.merge(most, seen(LongStream.of(-1))))).isFalse();
    assertThat(different.finish(different.merge(different.zero(), most))).isFalse();
  }

  @Test
  void nullsAreNoNumbers() {
    Seen seen = different.zero();
    for (Long number : Arrays.asList(null, 1L, null, 2L)) {
      seen = different.reduce(seen, number);
    }

    assertThat(different.finish(seen)).isTrue();
  }

  private Seen seen(LongStream numbers) {
    return numbers.boxed().reduce(different.zero(), different::reduce, different::merge);
  }
}
