package io.paritree.model.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of mistakes between training and sealing, the cause that is advised is the true one, or none is
 * advised; and what was sealed after a cure scores other rows as the trainer does.
 *
 * <p>{@code -Dplanted.seed=N} draws others, {@code -Dplanted.cases=N} more or fewer of each kind.
 */
class PlantedMistakesTest {
  private static final long SEED = Long.getLong("planted.seed", 20_261_128L);

  /** Seeds of each kind. */
  private static final int CASES = 6;

  /** Cases of each kind on every run, which have its first seed; {@code -Plong} has them all. */
  private static final int FEW_CASES = 1;

  private static final int FEW_ROUNDS = 12;
  private static final int SMALL_MODELS = 12;

  /** Not every few trees that are drawn test what a mistake is about. */
  private static final int ATTEMPTS = 4;

  @TempDir Path directory;

  /** How diagnoses of one kind of mistake ended. */
  private static final class Tally {
    private int right;
    private int listed;
    private int none;
    private int invisible;
    private int wrong;

    @Override
    public String toString() {
      return "advised right %s, several named %s, none %s, invisible %s, wrong %s"
          .formatted(right, listed, none, invisible, wrong);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aMistakeIsNamedAndTheCureSealsOrNothingIsAdvised(String kind) throws Exception {
    String cause = PlantedMistakes.CAUSES.get(kind);
    boolean isNamed = cause == null;
    for (int next = 0; next < ATTEMPTS && (next == 0 || !isNamed); next++) {
      PlantedCase planted = new PlantedCase(SEED + next, directory, FEW_ROUNDS);
      planted.isClear = true;
      PlantedMistakes.ALL.get(kind).accept(planted);
      planted.train();
      String message = planted.seal(planted.planted());
      assertThat(fault(kind, planted, message, new Tally())).as(message).isEmpty();
      isNamed |= cause != null && Pattern.compile(cause).matcher(message).find();
    }

    assertThat(isNamed).as("the cause is named, where the few trees show it").isTrue();
  }

  static Set<String> kinds() {
    return PlantedMistakes.ALL.keySet();
  }

  /** Logarithms are below every threshold of the numbers, and so is any column of small numbers. */
  @Test
  void aLogarithmInASmallModelIsNotTakenForAnExchangeOfColumns() throws Exception {
    for (int seed = 0; seed < SMALL_MODELS; seed++) {
      PlantedCase planted = new PlantedCase(SEED + seed, directory, 1 + seed % 3);
      planted.only(List.of("rate", "income", "age"));
      planted.parameters.put("max_depth", 1 + seed % 2);
      planted.isClear = true;
      planted.madeLater.put("income", PlantedMistakes.on(Math::log1p));
      planted.train();
      String message = planted.seal(planted.planted());

      assertThat(WordedCure.advice(message)).as(message).isEmpty();
    }
  }

  @Test
  void causesThatAgreeAlikeAreAllNamedAndNoneIsAdvised() throws Exception {
    PlantedCase planted = new PlantedCase(SEED, directory, FEW_ROUNDS);
    planted.only(List.of("rate", "income", "age"));
    planted.made.put("income", PlantedMistakes.on(Math::log1p));
    planted.train();

    assertThat(planted.seal(planted.planted()))
        .contains("several causes agree alike, with 400 of 400 rows, so that none is advised")
        .contains("the natural logarithm of 'income'", "the logarithm of 1 + 'income'")
        .doesNotContain("write that into");
  }

  @Test
  @Tag("clusters")
  void causeThatIsAdvisedIsTheTrueOneOrNoneIsAdvised() throws Exception {
    check(Integer.getInteger("planted.cases", FEW_CASES));
  }

  private void check(int each) throws Exception {
    Map<String, Tally> tallies = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    long first = SEED;
    for (Map.Entry<String, Consumer<PlantedCase>> kind : PlantedMistakes.ALL.entrySet()) {
      long next = first;
      first += CASES;
      if (!kind.getKey().matches(System.getProperty("planted.kinds", ".*"))) {
        continue;
      }

      Tally tally = tallies.computeIfAbsent(kind.getKey(), key -> new Tally());
      for (int at = 0; at < each; at++) {
        long seed = next++;
        PlantedCase planted = new PlantedCase(seed, directory);
        kind.getValue().accept(planted);
        planted.train();
        String place = "%s, seed %s, %s rounds: ".formatted(kind.getKey(), seed, planted.rounds);
        String message = planted.seal(planted.planted());
        String fault = fault(kind.getKey(), planted, message, tally);
        if (!fault.isEmpty()) {
          tally.wrong++;
          wrong.add(place + fault + "\n    " + message);
        }

        if (Boolean.getBoolean("planted.show")) {
          System.out.println(place + message);
        }
      }
    }

    System.out.println("Planted mistakes, seed " + SEED + ":");
    tallies.forEach((kind, tally) -> System.out.println("  " + kind + ": " + tally));
    assertThat(wrong).isEmpty();
  }

  /** Returns what is wrong with a diagnosis; empty if nothing is. */
  private static String fault(String kind, PlantedCase planted, String message, Tally tally)
      throws Exception {
    if (message.isEmpty()) {
      tally.invisible++;
      return "";
    }

    String advice = WordedCure.advice(message);
    String cause = PlantedMistakes.CAUSES.get(kind);
    if (advice.isEmpty()) {
      boolean isNamed =
          message.contains("none is advised") || message.contains("but is not advised");
      tally.listed += isNamed ? 1 : 0;
      tally.none += isNamed ? 0 : 1;
      return "";
    }

    boolean isTrue = cause != null && Pattern.compile(cause).matcher(advice).find();
    Optional<PlantedCase.Cured> cured = WordedCure.of(planted, advice);
    if (cured.isEmpty()) {
      return "the cure is not understood";
    }

    String after = planted.seal(cured.get());
    if (after.isEmpty() && !planted.holdsForOthers(cured.get())) {
      return "sealed after the cure, but other rows differ (cause %s)".formatted(isTrue);
    }

    if (!isTrue) {
      return "another cause is advised (%s after it)".formatted(after.isEmpty() ? "sealed" : after);
    }

    if (!after.isEmpty() && !isPartial(message)) {
      return "the cure does not seal: " + after;
    }

    tally.right++;
    return "";
  }

  /** Returns whether a message says itself that some rows still differ. */
  private static boolean isPartial(String message) {
    Matcher rows =
        Pattern.compile("with (\\d+) of (\\d+) rows|(\\d+) of (\\d+) refused").matcher(message);
    while (rows.find()) {
      String agree = rows.group(1) == null ? rows.group(3) : rows.group(1);
      String all = rows.group(2) == null ? rows.group(4) : rows.group(2);
      if (!agree.equals(all)) {
        return true;
      }
    }

    return false;
  }
}
