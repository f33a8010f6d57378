package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.Seed;
import io.paritree.model.manifest.Outputs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ComparisonCountsTest {
  private static final Outputs CHAMPION = binary(0.5f);
  private static final Outputs CHALLENGER = binary(0.4f);
  private static final List<String> CLASSES = List.of("small", "medium", "large");

  private final long seed = Seed.next();
  private final Random random = new Random(seed);

  private static Outputs binary(float threshold) {
    return new Outputs(List.of("0"), Outputs.Kind.BINARY, List.of("repaid", "late"), threshold);
  }

  private static ComparisonForm form(int mostPairs) {
    return ComparisonForm.of(CHAMPION, CHALLENGER, List.of("id"), "purpose", 7, mostPairs);
  }

  /** A row; the values of a model are null if it refuses the row. */
  private record Row(String key, String slice, float[] champion, float[] challenger) {
    boolean isCompared() {
      return champion != null && challenger != null;
    }

    float of(Side side) {
      return (side == Side.CHAMPION ? champion : challenger)[0];
    }

    float distance() {
      return Math.abs(of(Side.CHALLENGER) - of(Side.CHAMPION));
    }
  }

  /** Rows as a caller gives them; a margin is twice the score. */
  private record Block(List<Row> all, int values) implements ComparedBlock {
    @Override
    public int rows() {
      return all.size();
    }

    private float[] of(Side side, int row) {
      return side == Side.CHAMPION ? all.get(row).champion : all.get(row).challenger;
    }

    @Override
    public List<Fault> faults(Side side, int row) {
      return of(side, row) == null
          ? List.of(
              new Fault(FaultCode.OUT_OF_RANGE, "amount", "9", "less"),
              new Fault(FaultCode.OUT_OF_RANGE, "amount", "9", "less"))
          : List.of();
    }

    @Override
    public float[] scores(Side side) {
      float[] scores = new float[all.size() * values];
      for (int row = 0; row < all.size(); row++) {
        if (of(side, row) != null) {
          System.arraycopy(of(side, row), 0, scores, row * values, values);
        }
      }

      return scores;
    }

    @Override
    public float[] margins(Side side) {
      float[] margins = scores(side);
      for (int at = 0; at < margins.length; at++) {
        margins[at] *= 2;
      }

      return margins;
    }

    @Override
    public List<String> key(int row) {
      return List.of(all.get(row).key);
    }

    @Override
    public String slice(int row) {
      return all.get(row).slice;
    }

    @Override
    public float[] slots(Side side, int row) {
      return of(side, row).clone();
    }
  }

  private List<Row> rows(int count, int values) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      float[] champion = new float[values];
      float[] challenger = new float[values];
      for (int value = 0; value < values; value++) {
        champion[value] = random.nextInt(5) == 0 ? 0.25f : random.nextFloat();
        float moved = champion[value] + (float) random.nextGaussian() / 20;
        challenger[value] = random.nextInt(4) == 0 ? champion[value] : moved;
      }

      int purpose = random.nextInt(60);
      rows.add(
          new Row(
              "key " + random.nextInt(count), // some twice
              purpose == 0 ? "" : "purpose " + purpose,
              random.nextInt(20) == 0 ? null : champion,
              random.nextInt(10) == 0 ? null : challenger));
    }

    return rows;
  }

  private static ComparisonCounts counts(ComparisonForm form, List<Row> rows, int values) {
    ComparisonCounts counts = new ComparisonCounts(form);
    counts.add(new Block(rows, values));
    counts.pack();
    return counts;
  }

  private static DataComparison result(ComparisonForm form, ComparisonCounts counts) {
    return counts.result(
        form, counts.moved().stream().map(row -> Mover.notExplained(row, "a test")).toList());
  }

  private static Comparison comparison(DataComparison rows) {
    ForestFacts facts =
        new ForestFacts(
            "binary:logistic",
            "gbtree",
            1,
            1,
            "all",
            1,
            2,
            1,
            List.of(0f),
            List.of(),
            List.of("amount"),
            Map.of());
    return new Comparison(
        "diff",
        new ComparedModel("credit/3", "a"),
        new ComparedModel("credit/4", "b"),
        new Contract(List.of()),
        new ForestComparison(facts, facts),
        Optional.of(rows),
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private static ComparisonCounts sent(ComparisonCounts counts) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream to = new ObjectOutputStream(bytes)) {
      to.writeObject(counts);
    }

    try (ObjectInputStream from =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ComparisonCounts) from.readObject();
    }
  }

  @Test
  void everyMeasureIsWhatAPlainRecountSays() {
    List<Row> rows = rows(3_000, 1);
    ComparisonForm form = form(1 << 16);

    DataComparison result = result(form, counts(form, rows, 1));

    assertThatIsRecount(result.whole(), rows);
    result
        .slices()
        .forEach(
            (value, slice) -> {
              if (value.startsWith("purpose")) {
                assertThatIsRecount(
                    slice, rows.stream().filter(row -> row.slice.equals(value)).toList());
              }
            });
    assertThat(result.slices()).hasSize(52).containsKeys("(missing)", "(others)");
    assertThat(result.slices().values().stream().mapToLong(RowComparison::rows).sum())
        .isEqualTo(result.whole().rows());
    assertThat(result.movers().stream().map(mover -> mover.row().moved()).toList())
        .as("seed %s", seed)
        .isEqualTo(
            rows.stream()
                .filter(Row::isCompared)
                .map(Row::distance)
                .sorted(Comparator.reverseOrder())
                .limit(7)
                .toList());
  }

  private void assertThatIsRecount(RowComparison result, List<Row> rows) {
    List<Row> both = rows.stream().filter(Row::isCompared).toList();
    assertThat(result.rows()).as("seed %s", seed).isEqualTo(both.size());
    assertThat(result.onlyChampion())
        .isEqualTo(count(rows, row -> row.champion != null && row.challenger == null));
    assertThat(result.onlyChallenger())
        .isEqualTo(count(rows, row -> row.champion == null && row.challenger != null));
    assertThat(result.neither())
        .isEqualTo(count(rows, row -> row.champion == null && row.challenger == null));
    assertThat(result.equalBits()).isEqualTo(count(both, row -> row.distance() == 0));
    LabelFlips flips = result.flips().orElseThrow();
    assertThat(flips.up())
        .isEqualTo(
            count(both, row -> row.of(Side.CHAMPION) <= 0.5f && row.of(Side.CHALLENGER) > 0.4f));
    assertThat(flips.down())
        .isEqualTo(
            count(both, row -> row.of(Side.CHAMPION) > 0.5f && row.of(Side.CHALLENGER) <= 0.4f));
    assertThat(flips.share()).isEqualTo((double) (flips.up() + flips.down()) / both.size());

    OutputComparison output = result.outputs().get(0);
    double[] distances =
        both.stream()
            .mapToDouble(row -> (float) Math.abs((double) row.challenger[0] - row.champion[0]))
            .sorted()
            .toArray();
    assertThat(output.difference().error()).isZero();
    assertThat(output.difference().p50()).isEqualTo(quantile(distances, 0.5));
    assertThat(output.difference().p90()).isEqualTo(quantile(distances, 0.9));
    assertThat(output.difference().p99()).isEqualTo(quantile(distances, 0.99));
    assertThat(output.difference().max()).isEqualTo(distances[distances.length - 1]);
    assertThat(output.margin().orElseThrow().max())
        .isCloseTo(2 * distances[distances.length - 1], within(1e-6));
    assertThat(output.championMean())
        .isCloseTo(
            both.stream().mapToDouble(row -> row.champion[0]).average().orElseThrow(),
            within(1e-12));
    assertThat(output.difference().mean())
        .isCloseTo(
            both.stream()
                .mapToDouble(row -> (double) row.challenger[0] - row.champion[0])
                .average()
                .orElseThrow(),
            within(1e-12));
    assertThat(output.top().get(2)).isBetween(0.0, 1.0);
  }

  private static long count(List<Row> rows, Predicate<Row> counted) {
    return rows.stream().filter(counted).count();
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[(int) Math.ceil(share * sorted.length) - 1];
  }

  @Test
  void rowsDividedAtRandomAddUpToTheSameBytes() throws Exception {
    List<Row> rows = rows(4_000, 1);
    for (int mostPairs : new int[] {1 << 16, 1_000}) {
      ComparisonForm form = form(mostPairs);
      byte[] whole = comparison(result(form, counts(form, rows, 1))).toJson();
      Collections.shuffle(rows, random);
      ComparisonCounts sum = counts(form, List.of(), 1);
      for (int from = 0; from < rows.size(); ) {
        int to = Math.min(rows.size(), from + 1 + random.nextInt(1_500));
        ComparisonCounts part = counts(form, rows.subList(from, to), 1);
        sum.add(random.nextBoolean() ? sent(part) : part);
        from = to;
      }

      assertThat(new String(comparison(result(form, sum)).toJson(), StandardCharsets.UTF_8))
          .as("pairs %s, seed %s", mostPairs, seed)
          .isEqualTo(new String(whole, StandardCharsets.UTF_8))
          .contains(mostPairs == 1_000 ? "\"error\"" : "\"ks\"");
    }
  }

  @Test
  void fewerPairsGiveNearlyTheSameAndSayHowNear() {
    List<Row> rows = rows(6_000, 1);
    ComparisonForm exact = form(1 << 16);
    ComparisonForm coarse = form(1_000);

    OutputComparison one = result(exact, counts(exact, rows, 1)).whole().outputs().get(0);
    OutputComparison other = result(coarse, counts(coarse, rows, 1)).whole().outputs().get(0);

    assertThat(one.error()).isZero();
    assertThat(other.error()).isBetween(1e-4, 0.3);
    assertThat(other.ks()).as("seed %s", seed).isCloseTo(one.ks(), within(other.error()));
    assertThat(other.spearman()).isCloseTo(one.spearman(), within(other.error()));
    assertThat(other.difference().p90())
        .isCloseTo(
            one.difference().p90(),
            within(1.001 * other.difference().error() * one.difference().p90()));
    assertThat(other.difference().max()).isEqualTo(one.difference().max());
    assertThat(other.difference().mean()).isEqualTo(one.difference().mean());
    assertThat(other.shift()).isEqualTo(one.shift());
  }

  @Test
  void faultsOfRowsThatOneModelScoresAreCountedOncePerRow() {
    List<Row> rows = rows(500, 1);
    ComparisonForm form = form(1 << 16);

    DataComparison result = result(form, counts(form, rows, 1));

    assertThat(result.refused())
        .containsExactly(
            new OneSidedFault(
                Side.CHAMPION, "amount", "out_of_range", result.whole().onlyChallenger()),
            new OneSidedFault(
                Side.CHALLENGER, "amount", "out_of_range", result.whole().onlyChampion()));
    assertThat(result.refused(Side.CHALLENGER, "amount", "out_of_range"))
        .isEqualTo(result.whole().onlyChampion());
    assertThat(result.refused(Side.CHALLENGER, "amount", "missing_value")).isZero();
  }

  @Test
  void ofSeveralOutputsTheWorstOfEachMeasureIsAtTheTop() {
    Outputs outputs = new Outputs(CLASSES, Outputs.Kind.CLASS_SCORES, CLASSES, 0.5f);
    ComparisonForm form = ComparisonForm.of(outputs, outputs, List.of("id"), "", 3, 1 << 16);
    List<Row> rows = rows(800, 3);

    RowComparison result = result(form, counts(form, rows, 3)).whole();

    assertThat(result.outputs()).extracting(OutputComparison::name).isEqualTo(CLASSES);
    OutputComparison worst = result.worst().orElseThrow();
    assertThat(worst.ks()).isEqualTo(of(result, 0).max().orElseThrow());
    assertThat(worst.spearman())
        .isEqualTo(
            result.outputs().stream().mapToDouble(OutputComparison::spearman).min().orElseThrow());
    assertThat(result.flips().orElseThrow().isBinary()).isFalse();
    assertThat(result.flips().orElseThrow().rows())
        .isEqualTo(
            rows.stream()
                .filter(Row::isCompared)
                .filter(row -> largest(row.champion) != largest(row.challenger))
                .count());
  }

  private static DoubleStream of(RowComparison result, int from) {
    return result.outputs().stream().skip(from).mapToDouble(OutputComparison::ks);
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int value = 1; value < values.length; value++) {
      best = values[value] > values[best] ? value : best;
    }

    return best;
  }

  @Test
  void outputsAreComparedByNameAndTheOnlyOnesAsTheyAre() {
    Outputs one = new Outputs(List.of("a", "b"), Outputs.Kind.VALUES, List.of(), 0.5f);
    Outputs other = new Outputs(List.of("b", "c", "a"), Outputs.Kind.VALUES, List.of(), 0.5f);

    assertThat(ComparisonForm.of(one, other, List.of("id"), "", 3, 9).outputs())
        .containsExactly(
            new ComparisonForm.Output("a", 0, 2), new ComparisonForm.Output("b", 1, 0));
    assertThat(ComparisonForm.of(binary(0.5f), binary(0.1f), List.of("id"), "", 3, 9).outputs())
        .containsExactly(new ComparisonForm.Output("0", 0, 0));
    Outputs index =
        new Outputs(List.of("0"), Outputs.Kind.CLASS_INDEX, List.of("x", "y", "z"), 0.5f);
    assertThat(ComparisonForm.of(index, index, List.of("id"), "", 3, 9).isOfMargins()).isTrue();
    assertThat(ComparisonForm.of(index, index, List.of("id"), "", 3, 9).outputs()).hasSize(3);
  }

  @Test
  void noRowsAreAComparisonToo() {
    ComparisonForm form = form(1 << 16);

    RowComparison result = result(form, counts(form, List.of(), 1)).whole();

    assertThat(result.rows()).isZero();
    assertThat(result.worst()).isEmpty();
    assertThat(Comparison.isWhole(comparison(result(form, counts(form, List.of(), 1))).toJson()))
        .isTrue();
  }

  @Test
  void eachChangedByteOfTheDocumentIsSeen() {
    ComparisonForm form = form(1 << 16);
    byte[] document = comparison(result(form, counts(form, rows(20, 1), 1))).toJson();
    assertThat(Comparison.isWhole(document)).isTrue();

    for (int at = 0; at < document.length; at++) {
      byte[] changed = document.clone();
      changed[at] ^= 1 << random.nextInt(7);
      assertThat(Comparison.isWhole(changed)).as("byte %s, seed %s", at, seed).isFalse();
    }

    assertThat(Comparison.isWhole(Arrays.copyOf(document, document.length - 1))).isFalse();
    assertThat(Comparison.isWhole(new byte[0])).isFalse();
  }
}
