package io.paritree.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class SlicedCountsTest {
  private static final long SEED = Long.getLong("seed", 20_261_130);
  private static final ProfileForm FORM =
      new ProfileForm(
          List.of(new ProfileForm.Slot("age", "age", Optional.of(new NumberBins(-1f, 0f, 2.5f)))),
          List.of(
              new ProfileForm.Output(
                  "0",
                  Optional.of(new NumberBins(ScoreHistogram.border(0.5f))),
                  OptionalDouble.of(0.25f))),
          1,
          1);

  /** A row; its score is negative if it has a fault and none. */
  private record Row(long hash, String value, float slot, float score) {}

  private final Random random = new Random(SEED);

  private List<Row> rows(int count, int values) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      int value = random.nextInt(values);
      rows.add(
          new Row(
              random.nextLong(),
              value == 0 ? SlicedProfile.MISSING : "v" + value,
              random.nextInt(4) == 0 ? Float.NaN : (float) random.nextGaussian(),
              random.nextInt(9) == 0 ? -1 : random.nextFloat()));
    }

    return rows;
  }

  /** Counts rows as a task does: block by block, each with the values that are expected then. */
  private static SlicedCounts counts(List<Row> rows, Sampling sampling, int block, long known) {
    SlicedCounts counts = new SlicedCounts(FORM, sampling, known);
    for (int from = 0; from < rows.size(); from += block) {
      List<Row> some = rows.subList(from, Math.min(rows.size(), from + block));
      Set<String> values = new HashSet<>();
      some.forEach(row -> values.add(row.value));
      counts.expect(values);
      for (Row row : some) {
        boolean isSampled = counts.whole().samples(row.hash);
        boolean isExplained = counts.whole().explains(row.hash);
        add(row, counts.whole(), isSampled, isExplained);
        add(row, counts.of(row.value), isSampled, isExplained);
      }
    }

    counts.pack();
    return counts;
  }

  private static void add(Row row, ProfileCounts to, boolean isSampled, boolean isExplained) {
    to.addValues(1, new long[] {Float.isNaN(row.slot) ? 1 : 0}, new long[1]);
    if (row.score < 0) {
      to.addFault("age", "out_of_range");
      to.addUnscored(row.hash);
      return;
    }

    to.addScores(new float[] {row.score}, 0);
    if (isSampled) {
      to.addSlots(new long[] {row.hash}, new int[1], 1, new float[] {row.slot}, 1);
    }

    if (isExplained) {
      to.addContributions(
          row.hash, new float[] {row.score, 0.5f}, 0, new float[] {row.score + 0.5f}, 0);
    }
  }

  /** Returns what arrives of counts that are sent to the driver. */
  private static SlicedCounts sent(SlicedCounts counts) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream to = new ObjectOutputStream(bytes)) {
      to.writeObject(counts);
    }

    try (ObjectInputStream from =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (SlicedCounts) from.readObject();
    }
  }

  private static SlicedProfile profile(SlicedCounts counts) {
    return counts.profile(FORM, "value");
  }

  private static void assertThatSlicesAddUp(SlicedProfile profile) {
    Collection<Profile> slices = profile.slices().values();
    Profile whole = profile.whole();
    assertThat(sum(slices, Profile::rows)).isEqualTo(whole.rows());
    assertThat(sum(slices, Profile::scored)).isEqualTo(whole.scored());
    assertThat(sum(slices, Profile::sampled)).isEqualTo(whole.sampled());
    assertThat(sum(slices, Profile::explained)).isEqualTo(whole.explained());
    assertThat(sum(slices, one -> one.features().get(0).missing()))
        .isEqualTo(whole.features().get(0).missing());
    assertThat(sum(slices, one -> one.outputs().get(0).above().orElseThrow()))
        .isEqualTo(whole.outputs().get(0).above().orElseThrow());
    assertBins(slices, whole, one -> one.features().get(0).bins().orElseThrow());
    assertBins(slices, whole, one -> one.outputs().get(0).bins().orElseThrow());
    assertMean(slices, whole, Profile::scored, one -> one.outputs().get(0).mean());
    assertMean(
        slices,
        whole,
        Profile::explained,
        one -> one.explained() == 0 ? 0 : one.features().get(0).contributions().get(0));
    assertMean(
        slices,
        whole,
        Profile::explained,
        one -> one.explained() == 0 ? 0 : one.margins().get(0).mean());
    Map<String, Map<String, Long>> faults = new TreeMap<>();
    for (Profile one : slices) {
      one.faults()
          .forEach(
              (field, codes) ->
                  codes.forEach(
                      (code, rows) ->
                          faults
                              .computeIfAbsent(field, name -> new TreeMap<>())
                              .merge(code, rows, Long::sum)));
    }

    assertThat(faults).isEqualTo(whole.faults());
  }

  private static long sum(Collection<Profile> slices, ToLongFunction<Profile> number) {
    return slices.stream().mapToLong(number).sum();
  }

  private static void assertBins(
      Collection<Profile> slices, Profile whole, Function<Profile, BinCounts> bins) {
    List<Long> counts = bins.apply(whole).counts();
    for (int bin = 0; bin < counts.size(); bin++) {
      int at = bin;
      assertThat(sum(slices, one -> bins.apply(one).counts().get(at))).isEqualTo(counts.get(at));
    }
  }

  private static void assertMean(
      Collection<Profile> slices,
      Profile whole,
      ToLongFunction<Profile> rows,
      ToDoubleFunction<Profile> mean) {
    double sum =
        slices.stream()
            .filter(one -> rows.applyAsLong(one) > 0)
            .mapToDouble(one -> mean.applyAsDouble(one) * rows.applyAsLong(one))
            .sum();
    assertThat(sum / rows.applyAsLong(whole)).isCloseTo(mean.applyAsDouble(whole), within(1e-9));
  }

  @Test
  void whatSlicesCountAddsUpToTheWholeOfTheSameSampledRows() {
    for (int values : new int[] {1, 4, 51, 300}) {
      List<Row> rows = rows(6_000, values);
      for (long known : new long[] {0, rows.size()}) {
        SlicedProfile profile = profile(counts(rows, new Sampling(1_000, 200), 64, known));
        assertThatSlicesAddUp(profile);
        assertThat(profile.whole().sampled()).isBetween(300L, 1_000L);
        assertThat(profile.slices())
            .hasSize(Math.min(values, SlicedProfile.MOST + (values > 51 ? 2 : 1)));
      }
    }
  }

  @Test
  void theFirstValuesByTheirTextsHaveSlicesWhateverTasksMeetInWhichOrder() throws Exception {
    List<Row> rows = rows(5_000, 200);
    TreeMap<String, Long> byValue = new TreeMap<>();
    rows.forEach(row -> byValue.merge(row.value, 1L, Long::sum));
    long missing = byValue.remove(SlicedProfile.MISSING);
    Sampling sampling = new Sampling(700, 90);
    SlicedProfile expected = profile(counts(rows, sampling, 4_096, 0));
    assertThatSlicesAddUp(expected);
    List<String> names = new ArrayList<>(byValue.keySet()).subList(0, SlicedProfile.MOST);
    List<String> all = new ArrayList<>(names);
    all.addAll(List.of(SlicedProfile.MISSING, SlicedProfile.OTHERS));
    assertThat(List.copyOf(expected.slices().keySet())).isEqualTo(all);
    names.forEach(
        name ->
            assertThat(expected.slices().get(name).rows()).as(name).isEqualTo(byValue.get(name)));
    assertThat(expected.slices().get(SlicedProfile.MISSING).rows()).isEqualTo(missing);

    for (int round = 0; round < 20; round++) {
      List<Row> shuffled = new ArrayList<>(rows);
      Collections.shuffle(shuffled, random);
      if (round == 0) { // each value is met before all that have a slice until then
        shuffled.sort((one, other) -> other.value.compareTo(one.value));
      }

      int tasks = 1 + random.nextInt(8);
      int each = (rows.size() + tasks - 1) / tasks;
      List<SlicedCounts> results = new ArrayList<>();
      for (int from = 0; from < rows.size(); from += each) {
        List<Row> own = shuffled.subList(from, Math.min(rows.size(), from + each));
        results.add(sent(counts(own, sampling, 1 + random.nextInt(100), 0)));
      }

      SlicedCounts sum = results.get(0);
      results.stream().skip(1).forEach(sum::add);
      assertThat(profile(sum)).as("seed %s, round %s", SEED, round).isEqualTo(expected);
    }
  }

  @Test
  void valuesCalledLikeOtherSlicesAreCountedThere() {
    List<Row> rows = new ArrayList<>();
    for (String value : List.of(SlicedProfile.OTHERS, SlicedProfile.MISSING, "a")) {
      rows.add(new Row(1, value, 1, 0.5f));
    }

    Map<String, Profile> slices = profile(counts(rows, new Sampling(9, 9), 3, 0)).slices();
    assertThat(new LinkedHashSet<>(slices.keySet()))
        .containsExactly("a", SlicedProfile.MISSING, SlicedProfile.OTHERS);
    assertThat(slices.values()).allMatch(slice -> slice.rows() == 1);
  }

  @Test
  void slicesOfWideModelsAreNotExplainedAndHaveNoBins() {
    ProfileForm wide = new ProfileForm(FORM.features(), FORM.outputs(), 5_000, 1);
    assertThat(wide.ofSlices().margins()).isZero();
    ProfileForm manyBins =
        new ProfileForm(Collections.nCopies(900, FORM.features().get(0)), FORM.outputs(), 900, 1);
    assertThat(manyBins.ofSlices().features()).allMatch(slot -> slot.bins().isEmpty());
    assertThat(manyBins.ofSlices().margins()).isEqualTo(1);
    assertThat(FORM.ofSlices()).isEqualTo(FORM);
  }
}
