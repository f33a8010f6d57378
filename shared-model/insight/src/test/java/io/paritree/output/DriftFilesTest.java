package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.rule.Verdict;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many partitions a run has, no file of their drift is long, and each is found. */
class DriftFilesTest {
  private static final int FULL = 4 << 20;
  private static final int BYTES = 30_000; // of a partition
  private static final int PARTITIONS = 750;

  @TempDir Path temporary;

  private final List<String> read = new ArrayList<>();

  private static String name(int partition) {
    return "day=" + partition;
  }

  private static RunDrift.Partition partition(int number) {
    List<String> reasons = List.of("é".repeat(BYTES / 2) + number);
    Verdict verdict =
        new Verdict("rows < previous", false, Verdict.Result.NOT_COMPARED, List.of(), reasons);
    return new RunDrift.Partition(name(number), Optional.empty(), List.of(), List.of(verdict));
  }

  private DriftFiles written(int partitions) throws IOException {
    Location directory = Location.of(temporary);
    FileStore store = FileStore.of(directory);
    List<RunDrift.Partition> all =
        new ArrayList<>(
            IntStream.range(0, partitions).mapToObj(DriftFilesTest::partition).toList());
    Collections.shuffle(all, new Random(partitions)); // the files have them in their order
    DriftFiles.write(store, directory, all);
    return new DriftFiles(
        directory,
        store,
        file -> {
          read.add(file.name());
          return store.readAtMost(file, DriftFiles.MAX_BYTES);
        });
  }

  private List<String> names() throws IOException {
    Location directory = Location.of(temporary);
    return FileStore.of(directory).list(directory).stream()
        .map(entry -> entry.location().name())
        .toList();
  }

  @Test
  void manyPartitionsAreInSeveralFilesThatAreShort() throws Exception {
    DriftFiles files = written(PARTITIONS);
    Location directory = Location.of(temporary);
    List<FileEntry> entries = FileStore.of(directory).list(directory);
    assertThat(entries).hasSize(1 + (int) ((long) PARTITIONS * BYTES / FULL));
    assertThat(entries).allMatch(entry -> entry.bytes() < FULL + 2 * BYTES);
    assertThat(names()).contains("drift.json", "drift-2.json", "drift-6.json");

    Set<String> asked = new HashSet<>(Set.of("day=x", "region=a", "day=-1"));
    IntStream.range(0, PARTITIONS).forEach(number -> asked.add(name(number)));
    assertThat(files.partitions(asked))
        .hasSize(PARTITIONS)
        .allSatisfy(
            (name, found) ->
                assertThat(found).isEqualTo(partition(Integer.parseInt(name.substring(4)))));
    assertThat(read).doesNotHaveDuplicates().hasSize(entries.size());
  }

  @Test
  void onePartitionIsFoundInFewFiles() throws Exception {
    DriftFiles files = written(PARTITIONS);
    for (int number : List.of(0, 1, 139, 140, 141, 375, 694, PARTITIONS - 1)) {
      read.clear();
      assertThat(files.partition(name(number))).contains(partition(number));
      assertThat(read).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(5);
    }

    assertThat(files.partition("day=2000")).isEmpty();
    RunDrift backwards = new RunDrift(List.of(partition(400), partition(300)));
    Files.write(temporary.resolve("drift-3.json"), backwards.toJson());
    assertThatThrownBy(() -> files.partition("day=350"))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("drift-3.json: its partition day=400 comes before day=300");
    Files.delete(temporary.resolve("drift-3.json"));
    assertThatThrownBy(() -> files.partition("day=2000"))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("drift-6.json is there, but not all files before it");
  }

  @Test
  void fewPartitionsAreInOneFileBesideWhichNothingIsLookedFor() throws Exception {
    DriftFiles files = written(3);
    assertThat(names()).containsExactly("drift.json");
    assertThat(files.partition("day=2")).isPresent();
    assertThat(files.partition("day=3")).isEmpty();
    assertThat(read).containsExactly("drift.json", "drift.json");
  }

  @Test
  void onlyThePartitionsOfTheDocumentAreReadAndEachIsThereOnce() throws Exception {
    String partition = "{\"partition\": \"day=%s\"}";
    String others =
        "{\"format\": 1, \"new\": {\"partitions\": [%s]}, \"partitions\": [%s, %s]}"
            .formatted(partition, partition, partition);
    Set<String> paths = Set.of("day=1", "day=2", "day=3");

    assertThat(RunDrift.partitions(utf8(others.formatted(3, 1, 2)), "x", paths).keySet())
        .containsExactlyInAnyOrder("day=1", "day=2");
    assertThatThrownBy(() -> RunDrift.partitions(utf8(others.formatted(3, 1, 1)), "x", paths))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("it has a partition twice");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aRunOfNoPartitionHasAFileAndOneWithoutAnyIsReported() throws Exception {
    assertThat(written(0).partition("day=1")).isEmpty();
    assertThat(names()).containsExactly("drift.json");
    DriftFiles none =
        new DriftFiles(
            Location.of(temporary.resolve("other")),
            FileStore.of(Location.of(temporary)),
            file -> FileStore.of(file).read(file));
    assertThatThrownBy(() -> none.partition("day=1")).isInstanceOf(NoSuchFileException.class);
  }
}
