package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code drift.json} is read by other versions: its layout stays. */
class RunDriftTest {
  private static final RunDrift DRIFT =
      new RunDrift(
          List.of(
              new RunDrift.Partition(
                  "day=1",
                  Optional.of(new Profile(2, 1, 0, 0, List.of(), List.of(), List.of(), Map.of())),
                  List.of(),
                  List.of(
                      new Verdict(
                          "rows < previous",
                          false,
                          Verdict.Result.NOT_COMPARED,
                          List.of(),
                          List.of("the first night")))),
              new RunDrift.Partition("day=2", Optional.empty(), List.of(), List.of())));

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void eachPartitionHasItsProfileUnlessThatMustNotBeReadable() throws Exception {
    String text =
        """
        {"format": 1, "partitions": [
          {"partition": "day=1", "profile": {"format": 1, "rows": 2, "scored": 1, "sampled": 0,
           "explained": 0, "features": [], "outputs": [], "margins": [], "faults": {}},
           "baselines": [], "verdicts": [{"rule": "rows < previous", "result": "not compared",
           "findings": [], "not_compared": ["the first night"]}]},
          {"partition": "day=2", "baselines": [], "verdicts": []}]}
        """;
    assertThat(RunDrift.fromJson(utf8(text), "drift.json")).isEqualTo(DRIFT);
    assertThat(new String(DRIFT.toJson(), StandardCharsets.UTF_8))
        .isEqualToIgnoringWhitespace(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[1]",
        "{\"format\": 2, \"partitions\": []}",
        "{\"format\": 1, \"partitions\": [{}]}",
        "{\"format\": 1, \"partitions\": [{\"partition\": \"\", \"profile\": {}}]}"
      })
  void whatIsNoDriftIsRefusedWithItsFile(String text) {
    assertThatThrownBy(() -> RunDrift.fromJson(utf8(text), "/runs/a/drift.json"))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageStartingWith("Cannot read /runs/a/drift.json: it is not the drift of a run");
  }
}
