package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.outcome.OutcomeKind;
import io.paritree.output.StoredOutcomes;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OutcomeReportTest {
  private static final int MAX_BYTES = 20_000;

  private static OutcomeReport report(List<SliceOutcome> slices) {
    return new OutcomeReport(
        TestQuery.ofOutput("/out"),
        OutcomeKind.BINARY,
        Optional.empty(),
        "",
        List.of(),
        new LabelTable(null, List.of(), "", Optional.empty(), 0, 0, 0, 0, 0),
        0,
        OptionalLong.empty(),
        slices,
        Optional.empty(),
        OptionalDouble.empty(),
        Optional.empty(),
        List.of());
  }

  private static SliceOutcome slice(Slice.Kind kind, String name, long scored) {
    return new SliceOutcome(
        new Slice(kind, name), true, scored, 0, 0, List.of(0.5), Optional.empty());
  }

  @Test
  void wherePartOfTheRowsHasALabelAndAllScoresAreAlikeItIsSaidThatSelectionCannotBeSeen() {
    Slice total = new Slice(Slice.Kind.TOTAL, "total");
    List<Double> share = List.of(0.3);
    SliceOutcome part = new SliceOutcome(total, true, 100, 30, 0, share, Optional.empty());
    SliceOutcome all = new SliceOutcome(total, true, 100, 100, 0, List.of(1.0), Optional.empty());

    assertThat(report(List.of(part)).warnings())
        .anyMatch(
            own -> own.startsWith("Whether labels are of selected rows cannot be seen: 30 %"));
    assertThat(report(List.of(all)).warnings()).noneMatch(own -> own.contains("selected rows"));
  }

  @Test
  void aReportThatIsTooLargeForAServerIsWithoutTheFirstPartitions() throws Exception {
    List<SliceOutcome> slices = new ArrayList<>();
    slices.add(slice(Slice.Kind.TOTAL, "total", 1));
    slices.add(slice(Slice.Kind.SEGMENT, "region=DE", 2));
    LocalDate first = LocalDate.of(2020, 1, 1);
    for (int day = 0; day < 1_000; day++) {
      slices.add(slice(Slice.Kind.PARTITION, "day=" + first.plusDays(day), 9));
    }

    byte[] all = report(slices).toJson();
    byte[] bounded = report(slices).toJson(MAX_BYTES);

    assertThat(new ObjectMapper().readTree(all).get("slices")).hasSize(1_002);
    assertThat(bounded).hasSizeBetween(MAX_BYTES / 2, MAX_BYTES);
    StoredOutcomes.checked(bounded, StoredOutcomes.UNDATED, "it");
    JsonNode json = new ObjectMapper().readTree(bounded);
    int left = json.get("slices").size();
    assertThat(json.get("slices").get(1).get("name").asText()).isEqualTo("region=DE");
    assertThat(json.get("slices").get(2).get("name").asText())
        .isEqualTo("day=" + first.plusDays(1_002 - left));
    assertThat(json.get("warnings").toString()).contains(1_002 - left + " of 1002 slices");
  }

  @Test
  void segmentsOfFewRowsAreLeftOutWhenNoPartitionIsLeft() throws Exception {
    List<SliceOutcome> slices = new ArrayList<>();
    slices.add(slice(Slice.Kind.TOTAL, "total", 1));
    for (int segment = 0; segment < 1_000; segment++) {
      slices.add(slice(Slice.Kind.SEGMENT, "region=" + segment, segment));
    }

    slices.add(slice(Slice.Kind.PARTITION, "day=2020-01-01", 9));

    JsonNode json = new ObjectMapper().readTree(report(slices).toJson(MAX_BYTES));

    int left = json.get("slices").size();
    assertThat(left).isBetween(50, 999);
    for (int at = 1; at < left; at++) {
      assertThat(json.get("slices").get(at).get("scored").asInt()).isEqualTo(1_000 - left + at);
    }
  }
}
