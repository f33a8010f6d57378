package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.json.Documents;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReportedChallengerTest {
  private static ReportedChallenger read(String json) throws Exception {
    return Documents.TOLERANT.read(
        ReportedChallenger.class, "report", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatEarlierVersionsHaveWrittenIsReadWithoutItsNumbers() throws Exception {
    assertThat(
            read(
                """
                {"name": "next", "version": "credit/4", "digest": "d2",
                 "scoredAlone": "it encodes fields otherwise than the champion",
                 "comparison": "comparison-next.json", "rows": {"both": 30, "neither": 0},
                 "measures": {"ks": 0.25, "spearman": 0.99, "top.0.01": 0.5}}"""))
        .isEqualTo(new ReportedChallenger("next", "credit/4", "d2", "", "comparison-next.json"));
    assertThat(read("{\"name\": \"old\", \"leftOut\": \"it is gone\"}"))
        .isEqualTo(ReportedChallenger.leftOut("old", "it is gone"));
  }
}
