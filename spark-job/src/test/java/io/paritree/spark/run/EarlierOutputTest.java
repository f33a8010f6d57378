package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.StoredEntry;
import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.model.EarlierOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that an earlier version has published are read, looked up and continued. */
class EarlierOutputTest {
  private static final String FIRST = "day=2026-11-20";
  private static final String SECOND = "day=2026-11-21";
  private static final String THIRD = "day=2026-11-22";

  @TempDir Path directory;
  private Path output;
  private Path table;

  @BeforeEach
  void unpack() throws Exception {
    EarlierOutput.unpack(directory);
    output = directory.resolve("data/scores");
    table = directory.resolve("data/table");
  }

  private JobRun score(int format, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("--model"));
    arguments.add(directory.resolve("models/parcel-late/" + format));
    arguments.addAll(List.of("--input", directory.resolve("data/parcels")));
    arguments.addAll(List.of("--input-format", "csv", "--keys", "parcel_id", "--pass", "note"));
    arguments.addAll(List.of("--margin", "--reasons", "2"));
    arguments.addAll(List.of(more));
    JobRun run = JobRun.of(arguments.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private void addDay() throws IOException {
    Path first = directory.resolve("data/parcels").resolve(FIRST);
    Path third = Files.createDirectory(first.resolveSibling(THIRD));
    String lines = Files.readString(first.resolve("parcels.csv"));
    Files.writeString(third.resolve("parcels.csv"), lines.replaceAll("(?m)^([0-9]+),", "1000$1,"));
  }

  /** Returns the bits of all scores in the indexes of an output. */
  private static Map<Long, Integer> stored(Path output, int quarantined) throws IOException {
    Map<Long, Integer> scores = new TreeMap<>();
    int faulty = 0;
    Path state = output.resolveSibling("_paritree").resolve(output.getFileName());
    try (Stream<Path> all = Files.walk(state.resolve("lookup"))) {
      for (Path file : all.filter(path -> path.endsWith("lookup.json")).toList()) {
        LookupIndex.verify(file.getParent());
        try (LookupIndex index = LookupIndex.open(file.getParent())) {
          for (long key = 0; key < 100_040; key++) {
            KeyBytes bytes = new KeyBytes();
            bytes.putText(String.valueOf(key).getBytes(StandardCharsets.UTF_8), true);
            StoredEntry entry = index.find(bytes).orElse(null);
            if (entry instanceof Scored row) {
              scores.put(key, Float.floatToRawIntBits(row.scores()[0]));
            } else if (entry instanceof Quarantined) {
              faulty++;
            }
          }
        }
      }
    }

    assertThat(faulty).isEqualTo(quarantined);
    return scores;
  }

  @Test
  void outputHasTheRowsAndBitsThatAreScoredNow() throws Exception {
    Path now = directory.resolve("now");
    score(2, "--output", now);
    Map<Long, Integer> scores = Scores.of(output);
    assertThat(scores).hasSize(78).isEqualTo(Scores.of(now));
    assertThat(stored(output, 1)).isEqualTo(Scores.only(scores, 0, 40));
    assertThat(stored(table, 1)).isEqualTo(Scores.only(scores, 40, 80));
    Path first = directory.resolve("first format");
    score(1, "--output", first);
    assertThat(Scores.of(first)).isEqualTo(scores);
  }

  @Test
  void runsHaveNothingToDoForDaysThatAreUnchanged() throws Exception {
    Map<String, String> before = Scores.files(output);
    JobRun first = score(2, "--output", output, "--lookup-index", "--partition", FIRST);
    JobRun second = score(2, "--output", output, "--partition", SECOND);
    assertThat(first.out()).contains("already published, nothing to do: 1 partition");
    assertThat(second.out()).contains("already published, nothing to do: 1 partition");
    assertThat(Scores.files(output)).isEqualTo(before);
    StatusTest.assertEnded(output, "first", 0, "first  published, exit code 0, 39 scored");
    assertThat(StatusTest.status(output)).contains("second  published, exit code 0, 39 scored");
  }

  @Test
  void outputIsContinuedWithNewDaysAndIndexes() throws Exception {
    Map<String, String> first = Scores.files(output.resolve(FIRST));
    Map<Long, Integer> before = Scores.of(output);
    addDay();
    JobRun run = score(2, "--output", output, "--lookup-index");
    assertThat(run.out()).contains("published before: 1 partition (" + FIRST + ")");
    assertThat(Scores.files(output.resolve(FIRST))).isEqualTo(first);
    Map<Long, Integer> after = Scores.of(output);
    assertThat(after).hasSize(3 * 39).containsAllEntriesOf(before);
    assertThat(stored(output, 3)).isEqualTo(after);
  }

  @Test
  @Tag("clusters")
  void tableIsContinuedWithNewDaysAndIndexes() throws Exception {
    addDay();
    JobRun same = score(2, "--table", table, "--lookup-index", "--partition", SECOND);
    assertThat(same.out()).contains("already published, nothing to do: 1 partition");
    JobRun run = score(2, "--table", table, "--lookup-index");
    assertThat(run.out()).contains("published before: 1 partition (" + SECOND + ")");
    Map<Long, Integer> after =
        Scores.of(TestSpark.session().read().format("delta").load(table.toString()));
    assertThat(after).hasSize(3 * 39).containsAllEntriesOf(Scores.of(output));
    assertThat(stored(table, 3)).isEqualTo(after);
  }
}
