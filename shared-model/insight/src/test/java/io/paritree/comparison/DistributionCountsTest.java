package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DistributionCountsTest {
  private static final float[] SPECIAL = {
    Float.NEGATIVE_INFINITY,
    -Float.MAX_VALUE,
    -1,
    -Float.MIN_VALUE,
    0,
    Float.MIN_VALUE,
    1,
    Float.POSITIVE_INFINITY,
    Float.NaN
  };

  private static DistributionCounts counts(int most, float[] one, float[] other) {
    DistributionCounts counts = new DistributionCounts(most);
    counts.add(one, other, one.length);
    return counts;
  }

  private static DistributionCounts sent(DistributionCounts counts) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(counts);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (DistributionCounts) in.readObject();
    }
  }

  @Test
  void floatsOfAllKindsAreInTheirOrder() {
    for (int at = 1; at < SPECIAL.length; at++) {
      int before = DistributionCounts.ordered(SPECIAL[at - 1]);
      int own = DistributionCounts.ordered(SPECIAL[at]);
      assertThat(own).as("%s", SPECIAL[at]).isGreaterThan(before);
    }

    assertThat(DistributionCounts.ordered(-0f)).isEqualTo(DistributionCounts.ordered(0f));
  }

  @Test
  void whatIsSentIsTheSame() throws Exception {
    float[] least = SPECIAL.clone();
    Arrays.fill(least, Float.NEGATIVE_INFINITY);
    DistributionCounts counts = counts(100, SPECIAL, least);

    assertThat(sent(counts).distance())
        .isEqualTo(counts.distance())
        .isEqualTo(new DistributionCounts.Distance(8 / 9.0, 0));
    assertThat(sent(counts(100, SPECIAL, SPECIAL)).distance())
        .isEqualTo(new DistributionCounts.Distance(0, 0));
    DistributionCounts twice = sent(counts);
    twice.add(sent(counts));
    assertThat(twice.distance()).isEqualTo(counts.distance());
  }

  @Test
  void allBitsCountAsLongAsThereAreFewValuesAndOneMoreDropsNoMoreThanItMust() {
    float[] one = {1, 1, 5};
    float[] other = {Math.nextUp(1f), Math.nextUp(1f), 7};

    assertThat(counts(4, one, other).distance())
        .isEqualTo(new DistributionCounts.Distance(2 / 3.0, 0));
    assertThat(counts(3, one, other).distance())
        .as("1 and the float above it are one value, 5 and 7 are not")
        .isEqualTo(new DistributionCounts.Distance(1 / 3.0, 1 / 3.0));
  }

  @Test
  void ofTwoValuesTheSignIsLeft() {
    float[] one = {-3, -2, -1, 1};
    float[] other = {-1, 1, 2, 3};

    DistributionCounts.Distance distance = counts(2, one, other).distance();

    assertThat(distance.least()).isEqualTo(0.5);
    assertThat(distance.least() + distance.error()).isBetween(0.5, 1.0);
    assertThatThrownBy(() -> new DistributionCounts(1))
        .hasMessageContaining("Cannot count at most 1 different values");
  }
}
