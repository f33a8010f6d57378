package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.outcome.MeasuredModel;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.tables.RunMarks;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownPartitionsTest {
  /** A version of a table of which one run's identity is known for each partition. */
  private record Marks(Map<String, String> identities) implements RunMarks {
    @Override
    public Set<String> partitions() {
      return identities.keySet();
    }

    @Override
    public boolean isPublished(String partition, String identity) {
      return identity.equals(identities.getOrDefault(partition, "without rows"));
    }
  }

  @TempDir private Path directory;

  private KnownPartitions of(Marks marks) throws IOException {
    Location table = Location.of(directory.resolve("table"));
    OutputPlace place = new OutputPlace(FileStore.of(table), table);
    return KnownPartitions.of(place, marks, partition -> !partition.equals("day=3"));
  }

  /** Writes the report of a run on one partition. */
  private void report(String kept, String day, String identity, int quarantined)
      throws IOException {
    Path file = directory.resolve("_paritree/table").resolve(kept).resolve("report.json");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        {"format": 1, "run": "r", "outcome": "published", "exitCode": 0, "startedAt": "2026-01-01T00:00:00Z",
          "model": {"name": "credit", "model_version": "credit/3", "digest": "of %2$s"},
          "partitions":
          [{"partition": "%1$s", "identity": "%2$s", "read": 9, "scored": 1, "quarantined": %3$s,
            "bytes": 0, "files": []}]}
        """
            .formatted(day, identity, quarantined));
  }

  @Test
  void theRunsThatTheVersionsFilesNameHaveTheRowsInQuarantine() throws IOException {
    report("runs/first", "day=1", "a", 2);
    report("runs/second", "day=1", "b", 3);
    report("runs/third", "day=2", "c", 0);
    report("runs/asked-no-more", "day=3", "d", 4);
    report("runs/all-of-its-rows", "day=4", "without rows", 5);
    report("killed-after-its-commit/kept", "day=5", "e", 6);
    Map<String, String> files = Map.of("day=1", "b", "day=2", "c", "day=3", "d", "day=5", "e");

    KnownPartitions known = of(new Marks(files));

    assertThat(known.areAll()).isTrue();
    assertThat(known.faulty())
        .isEqualTo(
            Map.of(
                "second", Set.of("day=1"),
                "all-of-its-rows", Set.of("day=4"),
                "killed-after-its-commit", Set.of("day=5")));
    assertThat(known.packages().of(Set.of("credit/3", "credit/4")))
        .extracting(MeasuredModel::digest)
        .containsExactly("of b", "of c", "of e", "of without rows", "");
  }

  @Test
  void aPartitionThatNoReportIsAboutMayHaveOthers() throws IOException {
    report("runs/first", "day=1", "a", 2);
    Files.writeString(
        Files.createDirectories(directory.resolve("_paritree/table/runs/broken"))
            .resolve("report.json"),
        "{");

    for (Marks marks :
        Set.of(
            new Marks(Map.of("day=1", "a", "day=2", "removed")),
            new Marks(Map.of("day=1", "changed since")))) {
      assertThat(of(marks).areAll()).isFalse();
      assertThat(of(marks).packages().of(Set.of("credit/3")))
          .containsExactly(new MeasuredModel("credit/3", ""));
    }

    assertThat(of(new Marks(Map.of("day=1", "a", "day=3", "not measured"))).areAll()).isTrue();
  }
}
