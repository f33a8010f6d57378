package io.paritree.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.rule.RuleException;
import io.paritree.rule.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which nights rules hold, and which they let through. */
class HeldNightsTest {
  /** Chance holds one of some thousand healthy nights, and may not fail a build. */
  private static final long SEED = Long.getLong("seed", 20_261_129);

  private static final Nights.Rows SEALED = Nights.rows(50_000, new Random(SEED));
  private static final Nights NIGHTS = new Nights(SEALED);
  private static final Nights.Counted COUNTED = NIGHTS.new Counted(SEALED);
  private static final Baseline REFERENCE =
      new Baseline(Baseline.REFERENCE, List.of(), COUNTED.profile());
  private static final List<String> RULES =
      Stream.concat(
              DriftWords.DEFAULT_RULES.stream(),
              Stream.of("rows > 1.8 * previous", "any.psi > 0.25", "any.unseen >= 0.05"))
          .toList();
  private static final int NIGHT = 20_000;

  private final Random random = new Random(SEED + 1); // of each test, which replays alone, too

  private static List<Verdict> verdicts(Profile night, Profile previous) throws RuleException {
    List<Verdict> verdicts = new ArrayList<>();
    for (String rule : RULES) {
      verdicts.add(
          Rule.of(rule, DriftWords.of(NIGHTS.form()))
              .verdict(new DriftValues(night, drifts(night, previous), Map.of())));
    }

    return verdicts;
  }

  private static List<Drift> drifts(Profile night, Profile previous) {
    return List.of(
        Drift.of(night, REFERENCE),
        Drift.of(night, new Baseline(Baseline.PREVIOUS, List.of("day=1"), previous)));
  }

  private int[] draw(int rows) {
    return random.ints(rows, 0, SEALED.count).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 2_000, 20_000, 200_000})
  void nightsDrawnFromTheReferenceAreNeverHeld(int rows) throws RuleException {
    Profile previous = COUNTED.profile(draw(rows));
    int nights = Math.min(200, Integer.getInteger("paritree.nights.rows", 5_000_000) / rows);
    for (int night = 0; night < nights; night++) {
      Profile profile = COUNTED.profile(draw(rows));
      for (Verdict verdict : verdicts(profile, previous)) {
        assertThat(verdict.result())
            .as("%s for night %s of seed %s", verdict, night, SEED)
            .isEqualTo(Verdict.Result.PASSED);
      }

      previous = profile;
    }
  }

  private static Arguments spoiled(
      String how, Set<String> first, BiConsumer<Nights.Rows, Integer> each) {
    return Arguments.of(how, first, each);
  }

  static Stream<Arguments> values() {
    return Stream.of(
        spoiled("times 100", Set.of("amount"), (rows, row) -> rows.of("amount")[row] *= 100),
        spoiled("plus one deviation", Set.of("age"), (rows, row) -> rows.of("age")[row] += 12),
        spoiled(
            "30 % null",
            Set.of("tenure"),
            (rows, row) ->
                rows.of("tenure")[row] = row % 10 < 3 ? Float.NaN : rows.of("tenure")[row]),
        spoiled(
            "categories rotated",
            Set.of("purpose"),
            (rows, row) -> rows.of("purpose")[row] = (rows.of("purpose")[row] + 1) % 6),
        spoiled(
            "5 % new category",
            Set.of("purpose"),
            (rows, row) ->
                rows.of("purpose")[row] = row % 20 == 0 ? Nights.UNSEEN : rows.of("purpose")[row]),
        spoiled("stuck value", Set.of("amount"), (rows, row) -> rows.of("amount")[row] = 1000),
        spoiled(
            "two columns exchanged",
            Set.of("age", "tenure"),
            (rows, row) -> {
              float age = rows.of("age")[row];
              rows.of("age")[row] = rows.of("tenure")[row];
              rows.of("tenure")[row] = age;
            }),
        spoiled(
            "time zone moved by 6 hours",
            Set.of("applied"),
            (rows, row) -> rows.of("hour")[row] = (rows.of("hour")[row] + 6) % 24));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("values")
  void aSpoiledFieldIsHeldAndNamedFirst(
      String how, Set<String> first, BiConsumer<Nights.Rows, Integer> each) throws RuleException {
    Profile previous = COUNTED.profile(draw(NIGHT));
    Nights.Rows rows = Nights.rows(NIGHT, random).copy();
    for (int row = 0; row < NIGHT; row++) {
      each.accept(rows, row);
    }

    isHeld(how, first, NIGHTS.new Counted(rows).profile(), previous);
  }

  private static void isHeld(String how, Set<String> first, Profile night, Profile previous)
      throws RuleException {
    List<Verdict> verdicts = verdicts(night, previous);
    assertThat(verdicts).as("%s, seed %s", how, SEED).anyMatch(Verdict::holds);
    assertThat(Suspects.of(night, drifts(night, previous), verdicts, 5).get(0))
        .as("%s, seed %s: %s", how, SEED, verdicts)
        .isIn(first);
  }

  @Test
  void lostRowsAndRowsThatCameTwiceAreHeldAndNamedFirst() throws RuleException {
    Profile previous = COUNTED.profile(draw(NIGHT));

    isHeld("60 % of rows gone", Set.of("rows"), COUNTED.profile(draw(NIGHT * 2 / 5)), previous);
    isHeld("a partition twice", Set.of("rows"), previous.plus(previous), previous);
  }

  @Test
  void anEmptyNightIsHeldByItsRowsAlone() throws RuleException {
    Profile previous = COUNTED.profile(draw(NIGHT));
    List<Verdict> verdicts = verdicts(COUNTED.profile(new int[0]), previous);

    assertThat(verdicts)
        .filteredOn(Verdict::holds)
        .extracting(Verdict::rule)
        .containsExactly("rows < 0.5 * weekday|previous");
    assertThat(verdicts)
        .filteredOn(verdict -> !verdict.rule().startsWith("rows"))
        .allMatch(verdict -> verdict.result() == Verdict.Result.NOT_COMPARED);
  }

  @Test
  void nightsOfAFewRowsAreNotHeldForThem() throws RuleException {
    for (int night = 0; night < 200; night++) {
      Profile profile = COUNTED.profile(draw(1 + night % 10));
      assertThat(verdicts(profile, profile))
          .as("night %s of seed %s", night, SEED)
          .filteredOn(verdict -> !verdict.rule().equals("any.unseen >= 0.05")) // one row is enough
          .noneMatch(Verdict::holds);
    }
  }
}
