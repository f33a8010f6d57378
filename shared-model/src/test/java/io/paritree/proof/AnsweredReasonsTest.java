package io.paritree.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.forest.explain.ContributionMode;
import io.paritree.proof.WayAnswers.Parting;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reasons of two ways part by their fields, codes, bits, order and number, and by what is left. */
class AnsweredReasonsTest {
  private static final AskedReasons ASKED = new AskedReasons(2, ContributionMode.FAST);
  private static final float[] SCORE = {0.5f};

  /** Returns the answers for one record: two reasons, one of them with a code. */
  private static WayAnswers answers(boolean haveSums) {
    WayAnswers answers = new WayAnswers(1, 0, 1, ASKED.answered(1, haveSums));
    answers.scored(0, SCORE, 0, SCORE, 0);
    answers.reasons().begin(0);
    if (haveSums) {
      answers.reasons().sums(0, 1, -0.25f);
    }

    return answers;
  }

  private static WayAnswers right() {
    WayAnswers answers = answers(true);
    answers.reasons().add(0, "distance", "R1", 0.5f);
    answers.reasons().add(0, "zone", null, -0.25f);
    return answers;
  }

  private static Optional<String> parting(WayAnswers other) {
    return right().part(0, 1).parting(0, other, 0).map(Parting::what);
  }

  @Test
  void theSameReasonsDoNotPart() {
    WayAnswers withoutSums = answers(false);
    withoutSums.reasons().add(0, "distance", "R1", 0.5f);
    withoutSums.reasons().add(0, "zone", null, -0.25f);
    WayAnswers withoutAny = new WayAnswers(1, 0, 1);
    withoutAny.scored(0, SCORE, 0, SCORE, 0);

    assertThat(parting(right())).isEmpty();
    assertThat(parting(withoutSums)).isEmpty();
    assertThat(parting(withoutAny)).isEmpty();
    assertThat(withoutSums.reasons().has(0)).isTrue();
    assertThat(withoutAny.reasons().has(0)).isFalse();
  }

  @Test
  void eachPartOfAReasonCounts() {
    WayAnswers exchanged = answers(true);
    exchanged.reasons().add(0, "zone", null, -0.25f);
    exchanged.reasons().add(0, "distance", "R1", 0.5f);
    WayAnswers otherBit = answers(true);
    otherBit.reasons().add(0, "distance", "R1", Math.nextUp(0.5f));
    WayAnswers withoutCode = answers(true);
    withoutCode.reasons().add(0, "distance", null, 0.5f);
    WayAnswers fewer = answers(true);
    fewer.reasons().add(0, "distance", "R1", 0.5f);
    WayAnswers more = right();
    more.reasons().add(0, "weight", null, 0.1f);
    WayAnswers otherBase = right();
    otherBase.reasons().sums(0, Math.nextUp(1f), -0.25f);
    WayAnswers otherRest = right();
    otherRest.reasons().sums(0, 1, 0.25f);

    assertThat(parting(exchanged)).contains("reason 0");
    assertThat(parting(otherBit)).contains("reason 0");
    assertThat(parting(withoutCode)).contains("reason 0");
    assertThat(parting(fewer)).contains("reason 1");
    assertThat(parting(more)).contains("reasons");
    assertThat(parting(otherBase)).contains("base of the reasons");
    assertThat(parting(otherRest)).contains("rest of the reasons");
  }

  @Test
  void manyReasonsOfManyRecordsTakeAsMuchHeapAsIsSaid() {
    int records = 20_000;
    AskedReasons many = new AskedReasons(100, ContributionMode.FAST);
    Runtime runtime = Runtime.getRuntime();

    System.gc();
    long before = runtime.totalMemory() - runtime.freeMemory();
    WayAnswers kept = new WayAnswers(records, 2, 3, many.answered(records, true));
    System.gc();
    long grown = runtime.totalMemory() - runtime.freeMemory() - before;

    assertThat(kept.reasons().has(0)).isFalse();
    assertThat(grown)
        .isBetween(
            records * many.keptBytes(2, 3) * 8 / 10, records * many.keptBytes(2, 3) * 12 / 10);
  }

  @Test
  void aWayThatWasAskedForReasonsAndHasNoneParts() {
    WayAnswers none = new WayAnswers(1, 0, 1, ASKED.answered(1, true));
    none.scored(0, SCORE, 0, SCORE, 0);

    Parting parting = right().parting(0, none, 0).orElseThrow();

    assertThat(parting.expected()).startsWith("distance [R1] 0.5 (0x");
    assertThat(parting.got()).isEqualTo("no answer");
  }
}
