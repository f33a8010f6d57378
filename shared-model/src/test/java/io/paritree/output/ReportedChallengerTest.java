package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.json.StrictJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReportedChallengerTest {
  private static ReportedChallenger read(String json) throws Exception {
    ReportedChallenger[] read = new ReportedChallenger[1];
    StrictJson document = new StrictJson("report", json.getBytes(StandardCharsets.UTF_8));
    document.document(() -> read[0] = ReportedChallenger.read(document));
    return read[0];
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
