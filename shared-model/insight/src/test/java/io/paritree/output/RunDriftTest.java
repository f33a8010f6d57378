package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
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
  void eachPartitionHasItsProfileUnlessAnEarlierVersionLeftItOut() throws Exception {
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

  @Test
  void comparisonsAreReadAsTheyWereWritten() throws Exception {
    String text =
        """
        {"format": 1, "partitions": [
          {"partition": "day=1", "baselines": [{"baseline": "weekday", "partitions": ["day=0"],
           "rows": 2.5, "fields": [
             {"field": "when", "baseline": {"missing": 0.5, "unseen": 0.0, "faults": 0.0},
              "psi": 0.25, "noise": 0.125, "js": 0.5, "linf": 0.75, "impact": -0.5,
              "impacts": [0.25, -0.5],
              "features": [{"feature": "hour", "not_compared": "weekday has no bins"}]},
             {"field": "gone", "not_compared": "weekday does not have it", "impact": 0.5}],
           "outputs": [{"output": "score", "baseline_mean": 0.5, "baseline_above": 0.25,
             "not_compared": "no row was scored"}],
           "margins": [{"change": 1.0, "base": 0.5, "impacts": 0.25, "rest": 0.25,
             "explained": false, "deviations": 2.0}],
           "not_explained": "none"}], "verdicts": []}]}
        """;
    RunDrift read = RunDrift.fromJson(utf8(text), "drift.json");
    JsonMapper trees = new JsonMapper();
    assertThat(trees.readTree(read.toJson())).isEqualTo(trees.readTree(text));
    Set<String> days = Set.of("day=1", "day=2");
    assertThat(RunDrift.partitions(utf8(text), "drift.json", days))
        .isEqualTo(Map.of("day=1", read.partitions().get(0)));
    assertThat(RunDrift.partitions(utf8(text), "drift.json", Set.of("day=2"))).isEmpty();
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

  private static Profile profile(int features) {
    return new Profile(
        4,
        4,
        4,
        4,
        IntStream.range(0, features)
            .mapToObj(
                at ->
                    new FeatureProfile(
                        "f" + at,
                        "f" + at,
                        1,
                        0,
                        Optional.of(new BinCounts(new NumberBins(0.5f), List.of(3L, 0L, 1L))),
                        List.of((double) at)))
            .toList(),
        List.of(),
        List.of(new MarginProfile(1, 0.5, OptionalDouble.empty())),
        Map.of());
  }

  @Test
  void whatOnlyEarlierVersionsHaveWrittenIsPassedOver() throws Exception {
    String text =
        """
        {"format": 1, "partitions": [{"partition": "day=1", "baselines": [], "verdicts": [],
         "by": "region", "slices": [{"slice": "north", "profile": {}}]}]}
        """;
    assertThat(RunDrift.fromJson(utf8(text), "drift.json"))
        .isEqualTo(
            new RunDrift(
                List.of(new RunDrift.Partition("day=1", Optional.empty(), List.of(), List.of()))));
    StoredProfile stored = new StoredProfile("d1", profile(2));
    String earlier =
        new String(stored.toJson(), StandardCharsets.UTF_8)
            .replaceFirst(
                "\\}\\s*$", ", \"by\": \"region\", \"slices\": [{\"slice\": \"north\"}]}");
    assertThat(StoredProfile.fromJson(utf8(earlier), "profile")).isEqualTo(stored);
  }
}
