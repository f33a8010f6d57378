package io.paritree.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileCountsTest {
  private static final long SEED = Long.getLong("seed", 20_261_129);
  private static final int WIDTH = 3;
  private static final ProfileForm FORM =
      new ProfileForm(
          List.of(
              new ProfileForm.Slot("age", "age", Optional.of(new NumberBins(-1f, 0f, 2.5f))),
              new ProfileForm.Slot(
                  "zip", "zip", Optional.of(new CategoryBins(List.of(2, 0), List.of("c", "a")))),
              new ProfileForm.Slot("free", "free", Optional.empty())),
          List.of(
              new ProfileForm.Output(
                  "0",
                  Optional.of(new NumberBins(ScoreHistogram.border(0.5f))),
                  OptionalDouble.of(0.25f))),
          WIDTH,
          1);

  /** A row, with all that is counted of it. */
  private record Row(long hash, float[] slots, float score, float[] contributions, float margin) {}

  private final Random random = new Random(SEED);

  private List<Row> rows(int count) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      float[] slots = {
        random.nextInt(5) == 0 ? Float.NaN : (float) random.nextGaussian() * 3,
        random.nextInt(6) == 0 ? Float.NaN : random.nextInt(5),
        random.nextFloat()
      };
      float[] contributions = new float[WIDTH + 1];
      for (int at = 0; at < contributions.length; at++) {
        contributions[at] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(30) - 15));
      }

      rows.add(
          new Row(
              random.nextLong(),
              slots,
              random.nextFloat(),
              contributions,
              (float) random.nextGaussian()));
    }

    return rows;
  }

  private static ProfileCounts counts(List<Row> rows, Sampling sampling, long known) {
    ProfileCounts counts = new ProfileCounts(FORM, sampling, known);
    for (Row row : rows) {
      add(row, counts);
    }

    counts.pack();
    return counts;
  }

  private static void add(Row row, ProfileCounts counts) {
    long[] missing = new long[WIDTH];
    for (int slot = 0; slot < WIDTH; slot++) {
      missing[slot] = Float.isNaN(row.slots[slot]) ? 1 : 0;
    }

    counts.addValues(1, missing, new long[WIDTH]);
    counts.addScores(new float[] {row.score}, 0);
    if (counts.samples(row.hash)) {
      counts.addSlots(new long[] {row.hash}, new int[1], 1, row.slots, 1);
    }

    if (counts.explains(row.hash)) {
      counts.addContributions(row.hash, row.contributions, 0, new float[] {row.margin}, 0);
    }
  }

  private static Profile profile(List<Row> rows, Sampling sampling) {
    return counts(rows, sampling, 0).profile(FORM);
  }

  private static int binOfAge(float age) {
    if (age < -1) {
      return 0;
    }

    if (age < 0) {
      return 1;
    }

    return age < 2.5 ? 2 : 3;
  }

  private static int binOfZip(int code) {
    return switch (code) {
      case 2 -> 0;
      case 0 -> 1;
      default -> 2;
    };
  }

  @Test
  void withoutASampleEveryCountIsThatOfAPlainRecount() {
    List<Row> rows = rows(5_000);
    Profile profile = profile(rows, new Sampling(Sampling.ALL, Sampling.ALL));
    assertThat(profile.rows()).isEqualTo(5_000);
    assertThat(profile.sampled()).isEqualTo(5_000);
    assertThat(profile.explained()).isEqualTo(5_000);
    long[] age = new long[5];
    long[] zip = new long[4];
    long above = 0;
    BigDecimal contribution = BigDecimal.ZERO;
    BigDecimal margin = BigDecimal.ZERO;
    for (Row row : rows) {
      age[Float.isNaN(row.slots[0]) ? 4 : binOfAge(row.slots[0])]++;
      zip[Float.isNaN(row.slots[1]) ? 3 : binOfZip((int) row.slots[1])]++;
      above += row.score > 0.25f ? 1 : 0;
      contribution = contribution.add(new BigDecimal(row.contributions[1]));
      margin = margin.add(new BigDecimal(row.margin));
    }

    FeatureProfile first = profile.features().get(0);
    assertThat(first.bins().orElseThrow().counts())
        .containsExactlyElementsOf(Arrays.stream(age).boxed().toList());
    assertThat(first.missing()).isEqualTo(age[4]);
    assertThat(profile.features().get(1).bins().orElseThrow().counts())
        .containsExactlyElementsOf(Arrays.stream(zip).boxed().toList());
    assertThat(profile.features().get(2).bins()).isEmpty();
    assertThat(profile.outputs().get(0).above()).hasValue(above);
    assertThat(profile.features().get(1).contributions())
        .containsExactly(contribution.doubleValue() / 5_000);
    assertThat(profile.margins().get(0).mean()).isEqualTo(margin.doubleValue() / 5_000);
  }

  @Test
  void aSampleHasTheSameRowsInAnyOrderInAnyNumberOfParts() {
    Sampling sampling = new Sampling(300, 40);
    List<Row> rows = rows(7_000);
    Profile whole = profile(rows, sampling);
    assertThat(whole.sampled()).isBetween(100L, 300L);
    assertThat(whole.explained()).isBetween(10L, 40L);

    Collections.shuffle(rows, random);
    ProfileCounts parts = new ProfileCounts(FORM, sampling, 7_000);
    parts.pack();
    int from = 0;
    while (from < rows.size()) {
      int to = Math.min(rows.size(), from + 1 + random.nextInt(2_000));
      parts.add(counts(rows.subList(from, to), sampling, random.nextBoolean() ? 7_000 : 0));
      from = to;
    }

    assertThat(parts.profile(FORM)).as("seed %s", SEED).isEqualTo(whole);
    assertThat(parts.profile(FORM).toJson()).isEqualTo(whole.toJson());
  }

  @Test
  void rowsThatAreNotScoredTakeTheirShareOfTheSample() {
    List<Row> rows = rows(4_000);
    List<Profile> profiles = new ArrayList<>();
    for (long known : new long[] {0, 4_000}) {
      ProfileCounts counts = new ProfileCounts(FORM, new Sampling(1_000, 0), known);
      for (int row = 0; row < rows.size(); row++) {
        if (row % 10 > 0) {
          counts.addUnscored(rows.get(row).hash);
        } else if (counts.samples(rows.get(row).hash)) {
          Row scored = rows.get(row);
          counts.addSlots(new long[] {scored.hash}, new int[1], 1, scored.slots, 1);
        }
      }

      counts.pack();
      profiles.add(counts.profile(FORM));
    }

    assertThat(profiles.get(0).sampled()).isBetween(20L, 150L);
    assertThat(profiles.get(1)).isEqualTo(profiles.get(0));
  }

  @Test
  void countsThatWerePackedAndSentGoOnAsBefore() throws Exception {
    Sampling sampling = new Sampling(500, 50);
    List<Row> rows = rows(3_000);
    ProfileCounts packed = new ProfileCounts(FORM, sampling, 0);
    for (Row row : rows) {
      if (random.nextInt(20) == 0) {
        packed.pack();
      }

      add(row, packed);
    }

    packed.pack();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (ObjectOutputStream to = new ObjectOutputStream(sent)) {
      to.writeObject(packed);
    }

    assertThat(sent.size()).isLessThan(40_000);
    try (ObjectInputStream from =
        new ObjectInputStream(new ByteArrayInputStream(sent.toByteArray()))) {
      ProfileCounts received = (ProfileCounts) from.readObject();
      assertThat(received.profile(FORM)).as("seed %s", SEED).isEqualTo(profile(rows, sampling));
      received.add(counts(rows, sampling, 0));
      assertThat(received.rows()).isEqualTo(6_000);
      assertThat(received.missing()[0]).isEqualTo(2 * packed.missing()[0]);
    }
  }

  @Test
  void anyNumbersArePackedAndUnpacked() {
    long[] numbers = {0, 1, -1, 0, 0, 63, 64, -64, -65, Long.MAX_VALUE, Long.MIN_VALUE, 0, 5, 0};
    CountArray counts = new CountArray(numbers.length);
    System.arraycopy(numbers, 0, counts.open(), 0, numbers.length);
    counts.pack();
    assertThat(counts.open()).containsExactly(numbers);
    counts.pack();
    counts.add(counts);
    assertThat(counts.open()[5]).isEqualTo(126);
  }

  @Test
  void aProfileIsReadAsItWasWritten() throws Exception {
    List<Row> rows = rows(500);
    rows.add(
        new Row(1, new float[] {1, 1, 1}, Float.NaN, new float[] {Float.NaN, 1, 1, 1}, Float.NaN));
    ProfileCounts counts = counts(rows, new Sampling(Sampling.ALL, Sampling.ALL), 0);
    counts.addFault("", "malformed_record");
    counts.addFault("age", "wrong_type");
    Profile profile = counts.profile(FORM);
    assertThat(profile.outputs().get(0).mean()).isNaN();
    assertThat(Profile.fromJson("profile", profile.toJson())).isEqualTo(profile);
  }

  @Test
  void twoProfilesAddUpToTheProfileOfAllRows() {
    Sampling all = new Sampling(Sampling.ALL, Sampling.ALL);
    List<Row> rows = rows(1_000);
    Profile sum = profile(rows.subList(0, 300), all).plus(profile(rows.subList(300, 1_000), all));
    Profile whole = profile(rows, all);
    assertThat(sum.sampled()).isEqualTo(whole.sampled());
    for (int slot = 0; slot < WIDTH; slot++) {
      assertThat(sum.features().get(slot).bins()).isEqualTo(whole.features().get(slot).bins());
    }

    assertThat(sum.outputs().get(0).bins()).isEqualTo(whole.outputs().get(0).bins());
    assertThat(sum.outputs().get(0).above()).isEqualTo(whole.outputs().get(0).above());
  }

  @Test
  void inAnyOrderAndDivisionASumOfFloatsIsTheExactOneButForTheLastDigit() {
    List<Float> values = new ArrayList<>();
    for (int at = 0; at < 10_000; at++) {
      values.add((float) random.nextGaussian() * Math.scalb(1f, random.nextInt(80) - 40));
    }

    values.addAll(List.of(0x1p60f, -0x1p60f, Float.MIN_VALUE, 0f, -0f));
    double exact =
        values.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add).doubleValue();
    for (int trial = 0; trial < 10; trial++) {
      Collections.shuffle(values, random);
      FloatSums sums = new FloatSums(2);
      for (int from = 0; from < values.size(); ) {
        int end = Math.min(values.size(), from + 1 + random.nextInt(500));
        FloatSums part = new FloatSums(2);
        values.subList(from, end).forEach(value -> part.add(0, value));
        values.subList(from, end).forEach(value -> part.add(1, -value));
        sums.add(part);
        from = end;
      }

      assertThat(sums.sum(0)).as("seed %s", SEED).isCloseTo(exact, within(Math.ulp(exact)));
      assertThat(sums.sum(1)).as("seed %s", SEED).isCloseTo(-exact, within(Math.ulp(exact)));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void aSumWithAValueThatIsNoNumberIsNone(float value) {
    FloatSums sums = new FloatSums(1);
    sums.add(0, new float[] {1, value, 2}, 3);
    FloatSums all = new FloatSums(1);
    all.add(0, 3);
    all.add(sums);

    assertThat(sums.sum(0)).isNaN();
    assertThat(all.sum(0)).isNaN();
  }
}
