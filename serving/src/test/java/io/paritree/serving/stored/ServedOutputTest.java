package io.paritree.serving.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyColumn.Type;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.output.DamagedFileException;
import io.paritree.serving.StoredOutput;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request reads the partitions that it began with, whatever is published meanwhile. */
class ServedOutputTest {
  private static final Duration LOOK = Duration.ofMinutes(1);

  @TempDir Path directory;
  private StoredOutput output;
  private final KeyBytes key = new KeyBytes();

  @BeforeEach
  void publish() throws Exception {
    KeyForm keys = new KeyForm(List.of(new KeyColumn("loan_id", Type.INTEGER, 0)));
    output = new StoredOutput(directory.resolve("loans"), keys, 1);
    keys.add(0, "1", key);
    publish(0.25f);
  }

  private void publish(float score) throws Exception {
    output.publish("", "m/1", rows -> rows.add(List.of("1"), "", score));
  }

  /** Returns a partition that was replaced two polls ago. */
  private OpenPartition replaced(int files) throws Exception {
    IndexDirectory own = new IndexDirectory(directory.resolve("own"), 1 << 20);
    ServedOutput served =
        new ServedOutput(
            "loans",
            output.path().toString(),
            1,
            LOOK,
            new OpenFiles(files),
            own,
            System::nanoTime);
    assertThat(served.poll()).isTrue();
    OpenPartition begun = served.partitions().get(0);
    publish(0.5f);
    assertThat(served.poll()).isTrue();
    assertThat(served.poll()).isTrue();
    assertThat(served.partitions()).doesNotContain(begun);
    return begun;
  }

  @Test
  void aReplacedPartitionStaysOpenForWhatBeganBefore() throws Exception {
    OpenPartition begun = replaced(1_000);

    assertThat(begun.find(key))
        .get()
        .isInstanceOfSatisfying(
            Scored.class,
            row -> {
              assertThat(row.scores()).containsExactly(0.25f);
            });
  }

  /** An output whose partition has a name that is not canonical. */
  private StoredOutput cities() throws Exception {
    StoredOutput cities = new StoredOutput(directory.resolve("cities"), output.keys(), 1);
    cities.publish("city=New%20York", "m/1", rows -> rows.add(List.of("1"), "", 0.25f));
    return cities;
  }

  private ServedOutput polled(Path output) throws Exception {
    IndexDirectory own = new IndexDirectory(directory.resolve("own"), 1 << 20);
    ServedOutput served =
        new ServedOutput(
            "cities", output.toString(), 9, LOOK, new OpenFiles(99), own, System::nanoTime);
    assertThat(served.poll()).isTrue();
    return served;
  }

  @Test
  void aPartitionUnderItsCanonicalNameIsTheOnlyOneOfItsValuesFromTheNextPollOn() throws Exception {
    StoredOutput cities = cities();
    Path named = cities.path();
    ServedOutput served = polled(named);

    Files.move(named.resolve("city=New%20York"), directory.resolve("away"));
    cities.publish("city=New York", "m/2", rows -> rows.add(List.of("1"), "", 0.5f));
    assertThat(served.poll()).isTrue();

    assertThat(served.partitions())
        .singleElement()
        .satisfies(one -> assertThat(one.manifest().modelVersion()).isEqualTo("m/2"));
    served.close();
  }

  @Test
  void aPartitionUnderItsCanonicalNameReplacesTheOneOfTheSameValuesAtOnce() throws Exception {
    StoredOutput cities = cities();
    Path named = cities.path();
    ServedOutput served = polled(named);
    Path away = Files.move(named.resolve("city=New%20York"), directory.resolve("away"));
    served.poll();
    assertThat(served.partitions()).hasSize(1); // between two renames, the old rows answer

    cities.publish("city=New York", "m/2", rows -> rows.add(List.of("1"), "", 0.5f));
    assertThat(served.poll()).isTrue();

    assertThat(served.partitions())
        .singleElement()
        .satisfies(
            partition -> {
              assertThat(partition.manifest().modelVersion()).isEqualTo("m/2");
              assertThat(partition.values()).containsEntry("city", "New York");
            });

    Files.move(away, named.resolve("city=New%20York")); // as an earlier version left both
    assertThat(served.poll()).isTrue();
    assertThat(served.partitions()).hasSize(2);
  }

  @Test
  void whereFilesAreShortItIsClosedAtTheSecondPoll() throws Exception {
    OpenPartition begun = replaced(5);

    assertThatThrownBy(() -> begun.find(key)).isInstanceOf(ClosedChannelException.class);
  }

  private ServedOutput served(Path path, AtomicLong nanos) throws IOException {
    IndexDirectory own = new IndexDirectory(directory.resolve("own"), 64 << 20);
    return new ServedOutput(
        "loans", path.toString(), 1, LOOK, new OpenFiles(1_000), own, nanos::get);
  }

  /** Writes a content, and keeps the time of the file. */
  private static void restore(Path file, byte[] content) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.write(file, content);
    Files.setLastModifiedTime(file, time);
  }

  private static byte[] flipped(byte[] content, int from) {
    byte[] flipped = content.clone();
    for (int at = from; at < Math.min(from + 900, content.length); at++) {
      flipped[at] ^= 0x55;
    }

    return flipped;
  }

  @Test
  void aDamagedIndexThatIsRestoredWithItsTimesAnswersAgainAfterAWhile() throws Exception {
    AtomicLong nanos = new AtomicLong();
    ServedOutput served = served(output.path(), nanos);
    assertThat(served.poll()).isTrue();
    List<Path> shards =
        List.of(output.index("").resolve("shard-0"), output.index("").resolve("shard-1"));
    List<byte[]> whole =
        List.of(Files.readAllBytes(shards.get(0)), Files.readAllBytes(shards.get(1)));
    for (int shard = 0; shard < 2; shard++) {
      restore(shards.get(shard), flipped(whole.get(shard), 56));
    }

    OpenPartition damaged = served.partitions().get(0);
    served.damaged(damaged, assertThrows(DamagedFileException.class, () -> damaged.find(key)));
    assertThat(served.poll()).isFalse();
    for (int shard = 0; shard < 2; shard++) {
      restore(shards.get(shard), whole.get(shard));
    }

    assertThat(served.poll()).as("the files look as they did").isFalse();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(31));

    assertThat(served.poll()).isTrue();
    assertThat(served.partitions().get(0).find(key)).isPresent();
    served.close();
  }

  @Test
  void eachDamageIsSaidOnceThoughDamagedPartsAreAskedInTurn() throws Exception {
    ServedOutput served = served(output.path(), new AtomicLong());
    assertThat(served.poll()).isTrue();
    OpenPartition damaged = served.partitions().get(0);

    assertThat(damaged.isNewDamage("shard-0")).isTrue();
    assertThat(damaged.isNewDamage("shard-1")).isTrue();
    assertThat(damaged.isNewDamage("shard-0")).isFalse();
    assertThat(damaged.isNewDamage("shard-1")).isFalse();
    assertThat(served.problems()).containsEntry("", "shard-0");
    served.close();
  }

  @Test
  void anIndexThatIsReadWholeIsNoStoreThatDoesNotAnswer() throws Exception {
    IndexDirectory own = new IndexDirectory(directory.resolve("own"), 64 << 20);
    ServedOutput[] served = new ServedOutput[1];
    String[] said = new String[1]; // of the last look at the index
    served[0] =
        new ServedOutput(
            "loans",
            output.path().toString(),
            1,
            Duration.ofNanos(1),
            new OpenFiles(1_000),
            own,
            () -> {
              said[0] = served[0].problems().toString();
              return 0;
            });
    assertThat(served[0].poll()).isTrue();
    for (String shard : List.of("shard-0", "shard-1")) {
      Path file = output.index("").resolve(shard);
      restore(file, flipped(Files.readAllBytes(file), 56));
    }

    OpenPartition damaged = served[0].partitions().get(0);
    served[0].damaged(damaged, assertThrows(DamagedFileException.class, () -> damaged.find(key)));

    assertThat(served[0].poll()).isFalse();

    assertThat(said[0]).contains("checksum").doesNotContain("has not answered");
    served[0].close();
  }
}
