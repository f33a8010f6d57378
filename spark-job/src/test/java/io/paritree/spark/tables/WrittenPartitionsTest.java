package io.paritree.spark.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs have written to a table stays known, whatever other programs do with its files. */
class WrittenPartitionsTest {
  @TempDir Path directory;
  private OutputPlace place;

  @BeforeEach
  void place() throws IOException {
    Location table = Location.of(directory.resolve("table"));
    place = new OutputPlace(FileStore.of(table), table);
    Files.createDirectories(place.state().toPath());
  }

  private int files() throws IOException {
    try (Stream<Path> all = Files.list(place.state().toPath())) {
      return (int) all.count();
    }
  }

  @Test
  void allPartitionsOfAllRunsAreKnownInFewFiles() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> runs = new ArrayList<>();
    for (int run = 0; run < 400; run++) {
      String day = "day=" + run;
      String name = "run-" + run;
      runs.add(
          threads.submit(
              () ->
                  new WrittenPartitions(place, "id")
                      .add(name, 7, List.of(of(day), of("city=Köln")))));
    }

    for (Future<?> run : runs) {
      run.get();
      new WrittenPartitions(place, "id").in(commit -> commit == 7);
    }

    threads.shutdown();
    assertThat(new WrittenPartitions(place, "id").in(commit -> commit == 7))
        .hasSize(401)
        .containsKeys("day=0", "day=399", "city=Köln");
    assertThat(files()).isLessThan(100);
  }

  private static PreparedPartition of(String partition) {
    return new PreparedPartition(partition, "a", "", List.of());
  }

  @Test
  void whatOlderJobsHaveRecordedIsKnownWithoutIdentities() throws Exception {
    Files.writeString(
        place.state().resolve("written-id-old").toPath(), "7 day=1\n8 day=3\n7 region=a b\n");
    new WrittenPartitions(place, "id").add("run", 7, List.of(of("day=2"), of("region=a b")));

    assertThat(new WrittenPartitions(place, "id").in(commit -> commit == 7))
        .isEqualTo(Map.of("day=1", Set.of(), "day=2", Set.of("a"), "region=a b", Set.of("a")));
  }

  @Test
  void aTableWithoutPartitionsIsOnePartition() throws Exception {
    new WrittenPartitions(place, "id").add("run", 7, List.of(of("")));

    assertThat(new WrittenPartitions(place, "id").in(commit -> commit == 7))
        .isEqualTo(Map.of("", Set.of("a")));
  }

  @Test
  void whatWasCommittedBeforeATableWasSetBackDoesNotCount() throws Exception {
    new WrittenPartitions(place, "id").add("run", 7, List.of(of("day=1")));
    new WrittenPartitions(place, "id").add("audit", 8, List.of(of("day=2")));

    assertThat(new WrittenPartitions(place, "id").in(commit -> commit == 7))
        .containsOnlyKeys("day=1");
  }

  @Test
  void anotherTableInTheSamePlaceHasItsOwn() throws Exception {
    new WrittenPartitions(place, "id").add("run", 7, List.of(of("day=1")));

    assertThat(new WrittenPartitions(place, "other").in(commit -> commit == 7)).isEmpty();
    new WrittenPartitions(place, "").add("run", 7, List.of(of("day=1")));
    assertThat(new WrittenPartitions(place, "").in(commit -> commit == 7)).isEmpty();
  }
}
