package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  private static Map<List<Integer>, Long> counted(PairCounts counts) {
    SparseCounts.Sorted sorted = counts.sorted();
    Map<List<Integer>, Long> pairs = new LinkedHashMap<>();
    for (int pair = 0; pair < sorted.counts().length; pair++) {
      pairs.put(List.of(sorted.first()[pair], sorted.second()[pair]), sorted.counts()[pair]);
    }

    assertThat(List.copyOf(pairs.keySet()))
        .isSortedAccordingTo(
            Comparator.comparing((List<Integer> pair) -> pair.get(0))
                .thenComparing(pair -> pair.get(1)));
    return pairs;
  }

  @Test
  void allBitsCountAsLongAsThereAreFewPairs() {
    List<Pair> pairs = pairs(500);
    pairs.addAll(pairs.subList(0, 100));
    pairs.add(new Pair(-0f, Float.NaN));
    pairs.add(new Pair(0f, Float.NaN));
    Map<List<Integer>, Long> expected = new HashMap<>();
    pairs.forEach(
        pair ->
            expected.merge(
                List.of(PairCounts.ordered(pair.first), PairCounts.ordered(pair.second)),
                1L,
                Long::sum));

    PairCounts counts = counts(pairs, expected.size());

    assertThat(counts.isExact()).isTrue();
    assertThat(counted(counts)).as("seed %s", seed).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void onePairMoreDropsBitsAndNoMoreThanItMust() {
    List<Pair> pairs = pairs(2_000);

    for (int most : new int[] {4, 9, 50, 700, 1_500}) {
      PairCounts counts = counts(pairs, most);

      assertThat(counted(counts).size()).as("most %s, seed %s", most, seed).isBetween(1, most);
      assertThat(counts.isExact()).isFalse();
      assertThat(counted(counts).values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(2_000);
    }

    PairCounts exact = counts(pairs, 2_000);
    assertThat(exact.isExact()).isTrue();
    assertThat(counts(pairs, counted(exact).size()).isExact()).isTrue();
    assertThat(counts(pairs, counted(exact).size() - 1).isExact()).isFalse();
  }

  @Test
  void numbersAreInTheOrderOfTheFloats() {
    List<Float> floats =
        List.of(
            Float.NEGATIVE_INFINITY,
            -Float.MAX_VALUE,
            -1f,
            -Float.MIN_VALUE,
            0f,
            Float.MIN_VALUE,
            1f,
            Float.POSITIVE_INFINITY,
            Float.NaN);

    assertThat(floats.stream().map(PairCounts::ordered).toList())
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(PairCounts.ordered(-0f)).isEqualTo(PairCounts.ordered(0f));
  }

  @Test
  void packedCountsAreTheSameAlsoAtTheEndsOfTheNumbers() {
    SparseCounts counts = new SparseCounts();
    Map<List<Integer>, Long> expected = new HashMap<>();
    int[] ends = {Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE};
    for (int pair = 0; pair < 300; pair++) {
      int first = random.nextBoolean() ? ends[random.nextInt(5)] : random.nextInt();
      int second = random.nextBoolean() ? ends[random.nextInt(5)] : random.nextInt();
      long count = 1 + random.nextInt(3) * 5_000_000_000L;
      counts.add(first, second, count);
      expected.merge(List.of(first, second), count, Long::sum);
    }

    counts.pack();
    counts.add(0, 0, 1);
    expected.merge(List.of(0, 0), 1L, Long::sum);
    counts.pack();
    SparseCounts.Sorted sorted = counts.sorted();
    Map<List<Integer>, Long> found = new HashMap<>();
    for (int pair = 0; pair < sorted.counts().length; pair++) {
      found.put(List.of(sorted.first()[pair], sorted.second()[pair]), sorted.counts()[pair]);
    }

    assertThat(found).as("seed %s", seed).isEqualTo(expected);
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
      assertThat(sum.isExact()).isEqualTo(whole.isExact());
    }
  }
}
