package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.spark.publish.StepObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A store that loses the answers to commits of a Delta table, with and without another writer to
 * the same partitions: no file that a version names is deleted, and each run reports what it did.
 * {@code -Dparitree.answers=200} loses as many.
 */
@Tag("clusters")
class LostAnswersTest extends DeltaScores {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JobRun runOf(String model, Object... more) {
    return JobRun.observed(
        StepObserver.NONE,
        Map.of("--model", model, "--input", input, "--keys", "parcel_id", "--table", table),
        Stream.concat(Stream.of("--create-table", "--force"), Stream.of(more)).toArray());
  }

  @AfterEach
  void loseNoAnswerOfOtherTests() {
    LossyLogStore.loseNone();
  }

  @Test
  void noFileThatAVersionNamesIsDeletedAndEachRunReportsWhatItDid() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int trial = 0; trial < Integer.getInteger("paritree.answers", 3); trial++) {
      String run = "run-" + trial;
      boolean isMade = trial < 2 || random.nextInt(4) > 0;
      boolean hasOther = trial % 2 == 0;
      Exception failure = failure(trial < 2 ? 0 : random.nextInt(4));
      String one = "day=2024-01-0" + (1 + random.nextInt(2));
      Object[] partitions =
          trial > 0 && random.nextBoolean() // at first all, so that none has others' rows only
              ? new Object[] {"--partition", one}
              : new Object[0];
      String as = "seed %s, trial %s: %s, %s, %s".formatted(seed, trial, isMade, hasOther, failure);
      LossyLogStore.loseNext(
          new LostAnswer(
              isMade, failure, hasOther && Files.exists(log()) ? () -> insert(one) : () -> {}));

      JobRun answer =
          runOf(
              random.nextBoolean() ? model : otherModel,
              Stream.concat(Stream.of("--run-id", run), Stream.of(partitions)).toArray());

      List<JsonNode> commits = commits();
      long made =
          commits.stream()
              .filter(commit -> commit.at("/txn/appId").asText().startsWith(run))
              .count();
      as = "%s%n%s%s".formatted(as, answer.out(), answer.err());
      assertThat(made).as(as).isEqualTo(answer.exitCode() == 0 ? 1 : 0);
      if (isMade) {
        assertThat(answer.exitCode()).as(as).isZero();
      }

      if (answer.exitCode() == 0) {
        assertThat(answer.out()).as(as).contains(one).doesNotContain("already published");
      }

      for (JsonNode commit : commits) {
        if (commit.has("add")) {
          String path = URI.create(commit.at("/add/path").asText()).getPath();
          assertThat(table.resolve(path)).as(as).exists();
        }
      }
    }

    assertThat(SPARK.read().format("delta").load(table.toString()).count()).isPositive();
  }

  private static Exception failure(int kind) {
    return switch (kind) {
      case 0 -> new FileAlreadyExistsException("the commit, of another writer");
      case 1 -> new IOException("connection reset");
      case 2 -> new UncheckedIOException(new IOException("timed out"));
      default -> new IllegalStateException("503 slow down");
    };
  }

  /** Another process, with a Delta of its own, adds a file to a partition. */
  private void insert(String partition) {
    try (Stream<Path> files = Files.list(table.resolve(partition))) {
      Path own = files.filter(Parquets::isParquet).findFirst().orElseThrow();
      Path other = own.resolveSibling("other-%s.parquet".formatted(version()));
      Files.copy(own, other);
      Map<String, Object> add =
          Map.of(
              "path",
              "%s/%s".formatted(partition, other.getFileName()),
              "partitionValues",
              Map.of("day", partition.substring("day=".length())),
              "size",
              Files.size(other),
              "modificationTime",
              0,
              "dataChange",
              true);
      Files.writeString(
          log().resolve("%020d.json".formatted(version() + 1)),
          JSON.writeValueAsString(
                  Map.of("commitInfo", Map.of("operation", "WRITE", "timestamp", 0)))
              + "\n"
              + JSON.writeValueAsString(Map.of("add", add))
              + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<JsonNode> commits() throws IOException {
    List<JsonNode> actions = new ArrayList<>();
    try (Stream<Path> commits = Files.exists(log()) ? Files.list(log()) : Stream.empty()) {
      for (Path commit :
          commits.filter(file -> file.getFileName().toString().matches("[0-9]+[.]json")).toList()) {
        for (String line : Files.readAllLines(commit)) {
          actions.add(JSON.readTree(line));
        }
      }
    }

    return actions;
  }
}
