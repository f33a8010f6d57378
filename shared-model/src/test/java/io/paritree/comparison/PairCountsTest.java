package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PairCountsTest {
  private final long seed = Seed.next();
  private final Random random = new Random(seed);

  private record Pair(float first, float second) {}

  private List<Pair> pairs(int count) {
    List<Pair> pairs = new ArrayList<>();
    for (int pair = 0; pair < count; pair++) {
      float first = random.nextInt(9) == 0 ? -random.nextFloat() : random.nextFloat();
      pairs.add(new Pair(first, random.nextInt(3) == 0 ? first : (float) random.nextGaussian()));
    }

    return pairs;
  }

  private static PairCounts counts(List<Pair> pairs, int most) {
    PairCounts counts = new PairCounts(most);
    pairs.forEach(pair -> counts.add(pair.first, pair.second));
    return counts;
  }

  private static Map<List<Float>, Long> counted(PairCounts counts) {
    PairCounts.Counted counted = counts.counted();
    Map<List<Float>, Long> pairs = new TreeMap<>(Collections.reverseOrder(PairCountsTest::compare));
    for (int pair = 0; pair < counted.counts().length; pair++) {
      pairs.put(
          List.of(counts.value(counted.first()[pair]), counts.value(counted.second()[pair])),
          counted.counts()[pair]);
    }

    return pairs;
  }

  private static int compare(List<Float> one, List<Float> other) {
    int first = Float.compare(one.get(0), other.get(0));
    return first != 0 ? first : Float.compare(one.get(1), other.get(1));
  }

  @Test
  void allBitsCountAsLongAsThereAreFewPairs() {
    List<Pair> pairs = pairs(500);
    pairs.addAll(pairs.subList(0, 100));
    pairs.add(new Pair(-0f, Float.NaN));
    pairs.add(new Pair(0f, Float.NaN));
    Map<List<Float>, Long> expected = new TreeMap<>(PairCountsTest::compare);
    pairs.forEach(
        pair -> expected.merge(List.of(pair.first + 0f, pair.second + 0f), 1L, Long::sum));

    PairCounts counts = counts(pairs, expected.size());

    assertThat(counts.isExact()).isTrue();
    assertThat(counts.error()).isZero();
    assertThat(counted(counts)).as("seed %s", seed).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void onePairMoreDropsBitsAndNoMoreThanItMust() {
    List<Pair> pairs = pairs(2_000);

    for (int most : new int[] {4, 9, 50, 700, 1_500}) {
      PairCounts counts = counts(pairs, most);

      assertThat(counted(counts).size()).as("most %s, seed %s", most, seed).isBetween(1, most);
      assertThat(counts.isExact()).isFalse();
      assertThat(counts.error()).isPositive();
      assertThat(counted(counts).values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(2_000);
    }

    PairCounts exact = counts(pairs, 2_000);
    assertThat(exact.isExact()).isTrue();
    assertThat(counts(pairs, counted(exact).size()).isExact()).isTrue();
    assertThat(counts(pairs, counted(exact).size() - 1).isExact()).isFalse();
  }

  @Test
  void valuesAreWithinTheErrorThatIsStated() {
    PairCounts counts = new PairCounts(300);
    List<Float> values = new ArrayList<>();
    for (int value = 0; value < 5_000; value++) {
      values.add(random.nextFloat());
      counts.add(values.get(value), 0);
    }

    Collections.sort(values);
    PairCounts.Counted counted = counts.counted();
    int at = 0;
    assertThat(counts.error()).isBetween(1e-6, 0.1);
    for (int pair = 0; pair < counted.counts().length; pair++) {
      float stated = counts.value(counted.first()[pair]);
      for (int row = 0; row < counted.counts()[pair]; row++) {
        float value = values.get(at++);
        assertThat(Math.abs(stated - value))
            .as("%s for %s, seed %s", stated, value, seed)
            .isLessThanOrEqualTo((float) (value * counts.error() * 1.001));
      }
    }
  }

  @Test
  void theOrderAndTheDivisionOfPairsChangeNothing() {
    List<Pair> pairs = pairs(3_000);
    for (int most : new int[] {40, 800, 5_000}) {
      PairCounts whole = counts(pairs, most);
      Collections.shuffle(pairs, random);
      PairCounts sum = new PairCounts(most);
      for (int from = 0; from < pairs.size(); ) {
        int to = Math.min(pairs.size(), from + 1 + random.nextInt(900));
        PairCounts part = counts(pairs.subList(from, to), most);
        if (random.nextBoolean()) {
          part.pack();
          sum.pack();
        }

        sum.add(part);
        from = to;
      }

      assertThat(counted(sum)).as("most %s, seed %s", most, seed).isEqualTo(counted(whole));
      assertThat(sum.error()).isEqualTo(whole.error());
    }
  }
}
