package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportedChallengerTest {
  private static ReportedChallenger compared(String name, long both) {
    return new ReportedChallenger(
        name, "credit/4", "d", "", "", "comparison.json", Map.of("both", both), Map.of());
  }

  @Test
  void ofSeveralGroupsItSaysThatOneWasLeftOutOrHowTheLastWithRowsCompares() {
    ReportedChallenger absent = ReportedChallenger.leftOut("next", "it is gone");

    assertThat(
            ReportedChallenger.ofGroups(
                List.of(
                    List.of(compared("next", 10), compared("other", 10)),
                    List.of(absent, compared("other", 20)),
                    List.of(),
                    List.of(compared("next", 30), compared("other", 0)))))
        .containsExactly(
            ReportedChallenger.leftOut("next", "in 1 of 3 groups: it is gone"),
            compared("other", 20));
    assertThat(
            ReportedChallenger.ofGroups(
                List.of(List.of(absent), List.of(absent, compared("other", 0)))))
        .containsExactly(absent, compared("other", 0));
  }
}
