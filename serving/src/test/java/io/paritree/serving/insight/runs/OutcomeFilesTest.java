package io.paritree.serving.insight.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.output.StoredOutcomes;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeFilesTest {
  private static final String DAY = "2026-11-24";
  private static final String SLICE =
      "{\"slice\":\"total\",\"name\":\"total\",\"mature\":true,\"scored\":2,\"matched\":1,\"leaks\":0,\"coverage\":[0.5]%s}";

  @TempDir Path directory;
  private final OutcomeFiles files = new OutcomeFiles(new RecentFiles());

  private OutcomeFiles.Found found(String asOf) throws IOException {
    Location place = Location.of(directory);
    return files.find(FileStore.of(place), place, Optional.of(asOf).filter(day -> !day.isEmpty()));
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(directory.resolve(file), content);
  }

  private static String report(String asOf, String more, String ofSlice) {
    String day = asOf.equals(StoredOutcomes.UNDATED) ? "" : "\"as_of\":\"%s\",".formatted(asOf);
    return "{\"format\":1,\"kind\":\"binary\",%s\"scores\":{},\"labels\":{},\"warnings\":[],\"requirements\":[],\"slices\":[%s]%s}"
        .formatted(day, SLICE.formatted(ofSlice), more);
  }

  private static String report(String asOf) {
    return report(asOf, "", ",\"measures\":{\"n\":1,\"auc\":0.5,\"rate_z\":\"Infinity\"}");
  }

  @Test
  void daysAreNewestFirstAndOtherFilesAreNone() throws Exception {
    for (String asOf : List.of(DAY, "2026-11-25", "undated", "2025-12-31")) {
      write(asOf + ".json", report(asOf));
    }

    Files.createDirectory(directory.resolve("2026-11-26.json"));
    for (String other : List.of("2026-11-27.json.tmp", ".2026-11-27.json", "now.json", "notes")) {
      write(other, "x");
    }

    OutcomeFiles.Found newest = found("");
    assertThat(newest.asOfs()).containsExactly("2026-11-25", DAY, "2025-12-31", "undated");
    assertThat(newest.asOf()).contains("2026-11-25");
    assertThat(new String(newest.report().orElseThrow())).isEqualTo(report("2026-11-25"));
    assertThat(new String(found("undated").report().orElseThrow())).isEqualTo(report("undated"));
    assertThat(found("2026-11-26").asOf()).isEmpty();
  }

  @Test
  void withoutReportsThereIsNothing() throws Exception {
    Location place = Location.of(directory.resolve("none"));
    OutcomeFiles.Found found = files.find(FileStore.of(place), place, Optional.empty());

    assertThat(found.asOfs()).isEmpty();
    assertThat(found.report()).isEmpty();
    assertThat(found.failure()).isEmpty();
  }

  @Test
  void whatIsNoReportOfItsDayIsAFailureUntilItIsMended() throws Exception {
    String good = report(DAY);
    for (String bad :
        List.of(
            "",
            "{",
            "[]",
            "{}",
            good + good,
            good.replace("\"format\":1", "\"format\":2"),
            good.replace("binary", "kinds"),
            good.replace("[]", "[5]"),
            good.replace("true", "\"yes\""),
            good.replace("\"scored\":2", "\"scored\":-2"),
            report("2026-11-25"),
            report("undated"),
            report(DAY, "", ",\"measures\":{\"auc\":\"<b>\"}"),
            report(DAY, "", ",\"measures\":{\"groups\":[{\"n\":null}]}"),
            report(DAY, "", ",\"measures\":" + "[".repeat(5_000) + "]".repeat(5_000)),
            report(DAY, ",\"labels\":5", ""),
            report(DAY, ",\"models\":[\"credit/3\"]", ""),
            report(DAY, ",\"sha256\":\"%s\"".formatted("0".repeat(64)), ""),
            report(DAY, ",\"comparison\":{\"n\":5}", ""))) {
      write(DAY + ".json", bad);

      OutcomeFiles.Found found = found("");
      assertThat(found.failure())
          .as(bad)
          .matches("The report is (not whole, or too long|wrong at /.+)");
      assertThat(found.report()).isEmpty();
      assertThat(found.asOfs()).containsExactly(DAY);
    }

    write(DAY + ".json", good);
    assertThat(found(DAY).failure()).isEmpty();
  }

  @Test
  void aReportOfALaterFormOfTheSameNumberIsPassedOn() throws Exception {
    write(DAY + ".json", report(DAY, ",\"challenger\":{\"x\":[null]}", ""));

    assertThat(found(DAY).report()).isPresent();
  }

  @Test
  void reportThatIsTooLongIsNotRead() throws Exception {
    write(DAY + ".json", report(DAY) + " ".repeat(StoredOutcomes.MAX_BYTES));

    assertThat(found(DAY).failure()).contains("too long");
  }

  @Test
  void reportThatIsReplacedIsReadAgain() throws Exception {
    write(DAY + ".json", report(DAY));
    assertThat(found("").report()).isPresent();
    String next = report(DAY, "", "");
    write(DAY + ".json", next);

    assertThat(new String(found("").report().orElseThrow())).isEqualTo(next);
  }
}
