package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.Seed;
import io.paritree.json.SealedJson;
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
import java.util.stream.IntStream;
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

  private static ComparisonForm form(int mostValues) {
    ComparisonForm usual = ComparisonForm.of(CHAMPION, CHALLENGER, List.of("id"), "purpose", 7);
    return new ComparisonForm(
        CHAMPION, CHALLENGER, usual.outputs(), false, usual.keys(), "purpose", 7, mostValues);
  }

  /** A row; the values of a model are null if it refuses the row. */
  private record Row(String key, String slice, float[] champion, float[] challenger) {
    boolean isCompared() {
      return champion != null && challenger != null;
    }

    float of(Side side) {
      return (side == Side.CHAMPION ? champion : challenger)[0];
    }

    double distance() {
      return Math.abs((double) of(Side.CHALLENGER) - of(Side.CHAMPION));
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
    public boolean isScored(Side side, int row) {
      return of(side, row) != null;
    }

    @Override
    public List<Fault> faults(Side side, int row) {
      return List.of(
          new Fault(FaultCode.OUT_OF_RANGE, "amount", "9", "less"),
          new Fault(FaultCode.OUT_OF_RANGE, "amount", "9", "less"));
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
    return counts;
  }

  private static DataComparison result(ComparisonCounts counts) {
    return counts.result(
        counts.moved().stream().map(row -> Mover.notExplained(row, "a test")).toList());
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

  private static byte[] bytes(ComparisonCounts counts) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream to = new ObjectOutputStream(bytes)) {
      to.writeObject(counts);
    }

    return bytes.toByteArray();
  }

  private static ComparisonCounts sent(ComparisonCounts counts) throws Exception {
    try (ObjectInputStream from = new ObjectInputStream(new ByteArrayInputStream(bytes(counts)))) {
      return (ComparisonCounts) from.readObject();
    }
  }

  @Test
  void everyMeasureIsWhatAPlainRecountSays() {
    List<Row> rows = rows(3_000, 1);
    ComparisonForm form = form(1 << 16);

    DataComparison result = result(counts(form, rows, 1));

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
    double[] distances = both.stream().mapToDouble(Row::distance).sorted().toArray();
    assertThat(output.error()).isZero();
    assertThat(output.ks()).as("seed %s", seed).isEqualTo(ks(both));
    assertThatIsNear(output.difference().p50(), quantile(distances, 0.5));
    assertThatIsNear(output.difference().p90(), quantile(distances, 0.9));
    assertThatIsNear(output.difference().p99(), quantile(distances, 0.99));
    assertThatIsNear(output.difference().p999(), quantile(distances, 0.999));
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
  }

  /** Returns the largest distance of the distribution functions, by sorting. */
  private static double ks(List<Row> rows) {
    float[][] sorted = new float[2][rows.size()];
    for (int row = 0; row < rows.size(); row++) {
      sorted[0][row] = rows.get(row).of(Side.CHAMPION);
      sorted[1][row] = rows.get(row).of(Side.CHALLENGER);
    }

    Arrays.sort(sorted[0]);
    Arrays.sort(sorted[1]);
    int largest = 0;
    int one = 0;
    int other = 0;
    while (one < rows.size() && other < rows.size()) {
      float value = Math.min(sorted[0][one], sorted[1][other]);
      while (one < rows.size() && sorted[0][one] == value) {
        one++;
      }

      while (other < rows.size() && sorted[1][other] == value) {
        other++;
      }

      largest = Math.max(largest, Math.abs(one - other));
    }

    return (double) largest / rows.size();
  }

  /** To one part in 256. */
  private void assertThatIsNear(double quantile, double exact) {
    assertThat(quantile).as("seed %s", seed).isCloseTo(exact, within(exact / 255));
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
    for (int mostValues : new int[] {1 << 16, 1_000}) {
      ComparisonForm form = form(mostValues);
      byte[] whole = comparison(result(counts(form, rows, 1))).toJson();
      Collections.shuffle(rows, random);
      ComparisonCounts sum = counts(form, List.of(), 1);
      for (int from = 0; from < rows.size(); ) {
        int to = Math.min(rows.size(), from + 1 + random.nextInt(1_500));
        ComparisonCounts part = counts(form, rows.subList(from, (from + to) / 2), 1);
        part = random.nextBoolean() ? sent(part) : part.snapshot();
        part.add(new Block(rows.subList((from + to) / 2, to), 1)); // also where it was sent to
        sum.add(random.nextBoolean() ? sent(part) : part);
        from = to;
      }

      assertThat(new String(comparison(result(sum)).toJson(), StandardCharsets.UTF_8))
          .as("values %s, seed %s", mostValues, seed)
          .isEqualTo(new String(whole, StandardCharsets.UTF_8));
    }
  }

  @Test
  void fewerValuesGiveNearlyTheSameAndSayHowNear() {
    for (int trial = 0; trial < 3; trial++) {
      List<Row> rows = rows(6_000, 1);
      ComparisonForm exact = form(1 << 16);
      ComparisonForm coarse = form(1_000 + random.nextInt(2_000));

      OutputComparison one = result(counts(exact, rows, 1)).whole().outputs().get(0);
      OutputComparison other = result(counts(coarse, rows, 1)).whole().outputs().get(0);

      assertThat(one.error()).isZero();
      assertThat(other.error()).isBetween(0.0, 0.02);
      assertThat(one.ks())
          .as("seed %s", seed)
          .isBetween(other.ks(), other.ks() + other.error() + 1e-12);
      assertThat(other.difference()).isEqualTo(one.difference());
      assertThat(other.margin()).isEqualTo(one.margin());
      assertThat(other.shift()).isEqualTo(one.shift());
    }
  }

  @Test
  void howeverManyScoresDifferTheirDistanceIsKnownToAThousandth() {
    List<Row> rows = rows(60_000, 1).stream().filter(Row::isCompared).toList();
    ComparisonForm form = ComparisonForm.of(CHAMPION, CHALLENGER, List.of("id"), "", 0);

    OutputComparison output = result(counts(form, rows, 1)).whole().outputs().get(0);

    assertThat(output.error()).as("seed %s", seed).isBetween(0.0, 0.001);
    assertThat(ks(rows))
        .as("seed %s", seed)
        .isBetween(output.ks() - 1e-12, output.ks() + output.error() + 1e-12);
  }

  @Test
  void theDocumentSaysHowMuchMoreADistanceMayBeIfItMay() throws Exception {
    float next = Math.nextUp(1f);
    List<Row> rows = List.of(row("a", 1, next), row("b", 1, next), row("c", 5, 7));

    for (int mostValues : new int[] {3, 4}) { // there are four
      byte[] document = comparison(result(counts(form(mostValues), rows, 1))).toJson();
      assertThat(new String(document, StandardCharsets.UTF_8).contains("\"error\": 0.33333"))
          .as("at most %s values", mostValues)
          .isEqualTo(mostValues == 3);
    }
  }

  @Test
  void aNameThatNobodyGaveIsNoOutputOfAModelWithMoreOfThem() {
    List<String> four = List.of("0", "1", "2", "3");
    Outputs two = new Outputs(List.of("0"), Outputs.Kind.BINARY, List.of("0", "1"), 0.5f);
    for (Outputs.Kind kind : List.of(Outputs.Kind.CLASS_SCORES, Outputs.Kind.CLASS_INDEX)) {
      boolean isIndex = kind == Outputs.Kind.CLASS_INDEX;
      Outputs classes = new Outputs(isIndex ? List.of("0") : four, kind, four, 0.5f);
      ComparisonForm other = ComparisonForm.of(two, classes, List.of("id"), "", 3);

      assertThat(other.outputs()).as("%s", kind).isEmpty();
      assertThat(other.hasFlips()).as("%s", kind).isFalse();
      assertThat(ComparisonForm.of(classes, classes, List.of("id"), "", 3).outputs())
          .as("%s", kind)
          .hasSize(4);
    }

    Outputs named =
        new Outputs(
            List.of("late", "lost", "paid"),
            Outputs.Kind.CLASS_SCORES,
            List.of("late", "lost", "paid"),
            0.5f);
    Outputs fewer =
        new Outputs(
            List.of("paid", "late"), Outputs.Kind.CLASS_SCORES, List.of("paid", "late"), 0.5f);
    assertThat(ComparisonForm.of(named, fewer, List.of("id"), "", 3).outputs())
        .containsExactly(
            new ComparisonForm.Output("late", 0, 1), new ComparisonForm.Output("paid", 2, 0));
  }

  @Test
  void ofModelsWhoseScoreIsAClassTheScoresHaveEqualBits() {
    Outputs outputs = new Outputs(List.of("0"), Outputs.Kind.CLASS_INDEX, List.of("a", "b"), 0.5f);
    ComparisonForm form = ComparisonForm.of(outputs, outputs, List.of("id"), "", 3);
    ComparisonCounts counts = new ComparisonCounts(form);
    counts.add(
        new ClassBlock(
            new float[] {0, 1, 1},
            new float[] {0, 1, 0},
            new float[] {3, 2, 1, 4, 1, 4},
            new float[] {3, 2, 1, 5, 4, 1}));

    assertThat(result(counts).whole().equalBits()).isEqualTo(2);
    assertThat(result(counts).whole().flips().orElseThrow().rows()).isEqualTo(1);
  }

  /** Rows of two models with two classes, which give the class as their only score. */
  private record ClassBlock(
      float[] champion, float[] challenger, float[] margins, float[] otherMargins)
      implements ComparedBlock {
    @Override
    public int rows() {
      return champion.length;
    }

    @Override
    public boolean isScored(Side side, int row) {
      return true;
    }

    @Override
    public List<Fault> faults(Side side, int row) {
      return List.of();
    }

    @Override
    public float[] scores(Side side) {
      return side == Side.CHAMPION ? champion : challenger;
    }

    @Override
    public float[] margins(Side side) {
      return side == Side.CHAMPION ? margins : otherMargins;
    }

    @Override
    public List<String> key(int row) {
      return List.of("k" + row);
    }

    @Override
    public String slice(int row) {
      return "";
    }

    @Override
    public float[] slots(Side side, int row) {
      return new float[1];
    }
  }

  @Test
  void theLargestDifferenceIsThatOfTheFloats() {
    List<Row> rows = List.of(row("a", 0.1f, 0.7000001f), row("b", 0.3f, 1e-20f));

    OutputComparison output = result(counts(form(9), rows, 1)).whole().outputs().get(0);

    assertThat(output.difference().max()).isEqualTo((double) 0.7000001f - 0.1f);
  }

  @Test
  void whatIsSentIsSmallHoweverManyRowsThereAre() throws Exception {
    ComparisonForm form = ComparisonForm.of(CHAMPION, CHALLENGER, List.of("id"), "", 20);
    ComparisonCounts counts = new ComparisonCounts(form);
    for (int block = 0; block < 12; block++) {
      counts.add(new Block(rows(4_096, 1), 1));
    }

    assertThat(bytes(counts).length).as("seed %s", seed).isLessThan(90_000);
  }

  @Test
  void slicesOfManyOutputsHaveLabelsOnly() throws Exception {
    List<String> names = IntStream.range(0, 40).mapToObj(String::valueOf).toList();
    Outputs outputs = new Outputs(names, Outputs.Kind.CLASS_SCORES, names, 0.5f);
    ComparisonForm form = ComparisonForm.of(outputs, outputs, List.of("id"), "purpose", 3);

    ComparisonCounts counts = counts(form, rows(2_000, 40), 40);

    DataComparison result = result(counts);
    assertThat(result.whole().outputs()).hasSize(40);
    assertThat(result.slices()).hasSize(52);
    assertThat(result.slices().values())
        .allSatisfy(
            slice -> {
              assertThat(slice.outputs()).isEmpty();
              assertThat(slice.flips().orElseThrow().rows()).isPositive();
            });
    assertThat(bytes(counts).length).as("seed %s", seed).isLessThan(1_500_000);
  }

  @Test
  void aSnapshotStaysAsItWas() {
    ComparisonForm form = form(1 << 16);
    List<Row> rows = rows(2_000, 1);
    ComparisonCounts counts = counts(form, rows.subList(0, 1_000), 1);
    ComparisonCounts seen = counts.snapshot();
    byte[] before = comparison(result(seen)).toJson();

    counts.add(new Block(rows.subList(1_000, 2_000), 1));

    assertThat(comparison(result(seen)).toJson()).isEqualTo(before);
    assertThat(comparison(result(counts)).toJson())
        .isEqualTo(comparison(result(counts(form, rows, 1))).toJson());
  }

  @Test
  void classesInAnotherOrderAreTheSameByTheirNames() {
    Outputs other = new Outputs(List.of("0"), Outputs.Kind.BINARY, List.of("late", "repaid"), 0.5f);
    ComparisonForm reordered = ComparisonForm.of(CHAMPION, other, List.of("id"), "", 3);
    // The one is 'late' above 0.5, the other 'repaid'.
    List<Row> rows = List.of(row("a", 0.9f, 0.1f), row("b", 0.9f, 0.9f), row("c", 0.1f, 0.2f));

    LabelFlips flips = result(counts(reordered, rows, 1)).whole().flips().orElseThrow();

    assertThat(flips.changes())
        .containsExactlyInAnyOrder(
            new LabelFlips.Change("late", "repaid", 1), new LabelFlips.Change("repaid", "late", 1));
    assertThat(flips.up()).isEqualTo(1);
    assertThat(flips.down()).isEqualTo(1);
    Outputs renamed = new Outputs(List.of("0"), Outputs.Kind.BINARY, List.of("no", "yes"), 0.5f);
    assertThat(ComparisonForm.of(CHAMPION, renamed, List.of("id"), "", 3).sameClasses())
        .containsExactly(0, 1);
    assertThat(ComparisonForm.of(CHAMPION, other, List.of("id"), "", 3).sameClasses())
        .containsExactly(1, 0);
  }

  private static Row row(String key, float champion, float challenger) {
    return new Row(key, "", new float[] {champion}, new float[] {challenger});
  }

  @Test
  void equalRowsAreAsManyMoversAndRowsThatStayAreNone() {
    ComparisonForm form = form(1 << 16);
    List<Row> rows = List.of(row("a", 0.9f, 0.1f), row("b", 0.5f, 0.5f), row("a", 0.9f, 0.1f));

    assertThat(result(counts(form, rows, 1)).movers())
        .extracting(mover -> mover.row().key().get(0))
        .containsExactly("a", "a");
  }

  @Test
  void aValueThatIsSpelledAsMissingIsOneOfTheOthers() {
    ComparisonForm form = form(1 << 16);
    List<Row> rows =
        List.of(
            new Row("a", "", new float[1], new float[1]),
            new Row("b", "(missing)", new float[1], new float[1]),
            new Row("c", "(missing)", new float[1], new float[1]));

    Map<String, RowComparison> slices = result(counts(form, rows, 1)).slices();

    assertThat(slices.keySet()).containsExactly("(missing)", "(others)");
    assertThat(slices.get("(missing)").rows()).isEqualTo(1);
    assertThat(slices.get("(others)").rows()).isEqualTo(2);
  }

  @Test
  void ofALongValueWholeCharactersUpToAHundredCount() {
    List<Row> rows =
        List.of(
            new Row("a", "x".repeat(99) + "\ud83d\ude00", new float[1], new float[1]),
            new Row("b", "y".repeat(101), new float[1], new float[1]));

    assertThat(result(counts(form(1 << 16), rows, 1)).slices())
        .containsOnlyKeys("x".repeat(99), "y".repeat(100));
  }

  @Test
  void scoresAboveTheOnlyOneOfTheChampionAreAShift() {
    ComparisonForm form = form(1 << 16);
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < 500; row++) {
      rows.add(row("k" + row, 0.25f, row % 2 == 0 ? 0.25f : 0.75f));
    }

    OutputComparison output = result(counts(form, rows, 1)).whole().outputs().get(0);

    assertThat(output.psi()).isGreaterThan(1);
    assertThat(output.difference().p50()).isZero();
    assertThat(output.difference().max()).isEqualTo(0.5);
  }

  @Test
  void rowsThatWereNotComparedAreCounted() {
    ComparisonForm form = form(1 << 16);
    ComparisonCounts counts = new ComparisonCounts(form);
    counts.addDropped(5);
    counts.addFailed(3);
    counts.add(counts.snapshot());

    assertThat(result(counts).dropped()).isEqualTo(10);
    assertThat(result(counts).failed()).isEqualTo(6);
  }

  @Test
  void faultsOfRowsThatOneModelScoresAreCountedOncePerRow() {
    List<Row> rows = rows(500, 1);
    ComparisonForm form = form(1 << 16);

    DataComparison result = result(counts(form, rows, 1));

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
    ComparisonForm form = ComparisonForm.of(outputs, outputs, List.of("id"), "", 3);
    List<Row> rows = rows(800, 3);

    RowComparison result = result(counts(form, rows, 3)).whole();

    assertThat(result.outputs()).extracting(OutputComparison::name).isEqualTo(CLASSES);
    OutputComparison worst = result.worst().orElseThrow();
    assertThat(worst.ks()).isEqualTo(of(result, 0).max().orElseThrow());
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

    assertThat(ComparisonForm.of(one, other, List.of("id"), "", 3).outputs())
        .containsExactly(
            new ComparisonForm.Output("a", 0, 2), new ComparisonForm.Output("b", 1, 0));
    assertThat(ComparisonForm.of(binary(0.5f), binary(0.1f), List.of("id"), "", 3).outputs())
        .containsExactly(new ComparisonForm.Output("0", 0, 0));
    Outputs index =
        new Outputs(List.of("0"), Outputs.Kind.CLASS_INDEX, List.of("x", "y", "z"), 0.5f);
    assertThat(ComparisonForm.of(index, index, List.of("id"), "", 3).isOfMargins()).isTrue();
    assertThat(ComparisonForm.of(index, index, List.of("id"), "", 3).outputs()).hasSize(3);
  }

  @Test
  void noRowsAreAComparisonToo() {
    ComparisonForm form = form(1 << 16);

    RowComparison result = result(counts(form, List.of(), 1)).whole();

    assertThat(result.rows()).isZero();
    assertThat(result.worst()).isEmpty();
    assertThat(SealedJson.isWhole(comparison(result(counts(form, List.of(), 1))).toJson()))
        .isTrue();
  }

  @Test
  void eachChangedByteOfTheDocumentIsSeen() {
    ComparisonForm form = form(1 << 16);
    byte[] document = comparison(result(counts(form, rows(20, 1), 1))).toJson();
    assertThat(SealedJson.isWhole(document)).isTrue();

    int step = Integer.getInteger("paritree.bytes", 10); // one in so many
    for (int at = random.nextInt(step); at < document.length; at += step) {
      byte[] changed = document.clone();
      changed[at] ^= 1 << random.nextInt(7);
      assertThat(SealedJson.isWhole(changed)).as("byte %s, seed %s", at, seed).isFalse();
    }

    assertThat(SealedJson.isWhole(Arrays.copyOf(document, document.length - 1))).isFalse();
    assertThat(SealedJson.isWhole(new byte[0])).isFalse();
  }
}
