package io.paritree.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.paritree.Seed;
import io.paritree.lookup.StoredEntry.Quarantined;
import io.paritree.lookup.StoredEntry.Repeated;
import io.paritree.lookup.StoredEntry.Scored;
import io.paritree.output.DamagedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index answers with what was written under the key, or says that it is damaged. */
class LookupIndexTest {
  private static final KeyForm INTEGER =
      new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0)));
  private static final KeyForm TEXTS =
      new KeyForm(
          List.of(
              new KeyColumn("branch", KeyColumn.Type.TEXT, 0),
              new KeyColumn("loan", KeyColumn.Type.TEXT, 0)));

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 700, 20_000})
  void eachKeyHasTheRowThatWasWritten(int rows) throws IOException {
    long seed = Seed.next();
    Random random = new Random(seed);
    BuiltIndex built = new BuiltIndex("day=1", "run-00000000", TEXTS, 3, 4);
    Map<List<String>, String> written = new HashMap<>();
    for (int row = 0; row < rows; row++) {
      List<String> key = List.of(text(random), text(random));
      String before = written.get(key);
      if (random.nextInt(10) == 0) {
        built.addQuarantined(key, "[{\"row\":" + row + "}]");
        written.put(key, before == null ? "[{\"row\":" + row + "}]" : again(before));
      } else {
        String members = random.nextInt(3) == 0 ? "" : ",\"row\":" + "9".repeat(row % 200);
        float[] scores = {random.nextFloat(), row, -0.0f};
        built.add(key, members, scores);
        String shown = Arrays.toString(scores) + members;
        written.put(key, before == null ? shown : again(before));
      }
    }

    built.write(directory);
    LookupIndex.verify(directory);
    try (LookupIndex index = LookupIndex.open(directory)) {
      for (Map.Entry<List<String>, String> entry : written.entrySet()) {
        assertThat(found(index, TEXTS, entry.getKey()))
            .as("%s, -Dseed=%s", entry.getKey(), seed)
            .isEqualTo(entry.getValue());
      }

      for (int attempt = 0; attempt < 1_000; attempt++) {
        List<String> key = List.of(text(random), text(random) + "~");
        assertThat(found(index, TEXTS, key)).as("%s", key).isEqualTo("absent");
      }
    }
  }

  private static String again(String before) {
    return before.startsWith("rows ")
        ? "rows " + (Integer.parseInt(before.substring(5)) + 1)
        : "rows 2";
  }

  /** Returns short texts, which repeat, and some long ones. */
  private static String text(Random random) {
    int length = random.nextInt(200) == 0 ? random.nextInt(10_240) : random.nextInt(4);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.append("aé/ ".charAt(random.nextInt(4)));
    }

    return text.toString();
  }

  private static String found(LookupIndex index, KeyForm form, List<String> key)
      throws IOException {
    Optional<StoredEntry> entry = index.find(BuiltIndex.key(form, key, new KeyBytes()));
    if (entry.isEmpty()) {
      return "absent";
    }

    if (entry.get() instanceof Scored scored) {
      return Arrays.toString(scored.scores())
          + new String(scored.members(), StandardCharsets.UTF_8);
    }

    return entry.get() instanceof Quarantined quarantined
        ? new String(quarantined.faults(), StandardCharsets.UTF_8)
        : "rows " + ((Repeated) entry.get()).rows();
  }

  @Test
  void exampleOfAKeyIsOneOfOneScoredRow() throws IOException {
    BuiltIndex built = new BuiltIndex("day=1", "run-00000000", INTEGER, 1, 4);
    for (int row = 0; row < 40; row++) {
      built.addQuarantined(List.of("" + row), "[]");
      built.add(List.of("" + (100 + row % 20)), ",\"row\":1", 0.5f); // each twice
    }

    built.add(List.of("7000"), "", 0.25f);
    built.write(directory);
    try (LookupIndex index = LookupIndex.open(directory)) {
      byte[] key = index.someKey(8).orElseThrow();
      assertThat(ByteBuffer.wrap(key).getLong()).isEqualTo(7000);
      assertThat(index.someKey(7)).as("of at most 7 bytes").isEmpty();
    }
  }

  @Test
  void flippedBitNeverGivesAnotherAnswerAndIsFound() throws IOException {
    long seed = Seed.next();
    Random random = new Random(seed);
    List<Path> files = writeRows(200);
    Map<String, String> whole = answers(250);
    for (int trial = 0; trial < 600; trial++) {
      Path file = files.get(random.nextInt(files.size()));
      byte[] before = Files.readAllBytes(file);
      byte[] flipped = before.clone();
      int at = random.nextInt(flipped.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      String where = "byte %s of %s, -Dseed=%s".formatted(at, file.getFileName(), seed);
      onlyRightAnswers(whole, where);
      try {
        LookupIndex.verify(directory);
        fail(where + " is not found by the digests");
      } catch (DamagedFileException e) {
        // as it should be
      }

      Files.write(file, before);
    }
  }

  @Test
  void cutFileNeverGivesAnotherAnswerEvenIfItIsOpen() throws IOException {
    List<Path> files = writeRows(200);
    Map<String, String> whole = answers(250);
    for (Path file : files) {
      byte[] before = Files.readAllBytes(file);
      for (int length = 0; length < before.length; length += 1 + before.length / 20) {
        try (LookupIndex open = LookupIndex.open(directory)) {
          Files.write(file, Arrays.copyOf(before, length));
          isRight(open, whole, "cut while open at " + length);
        }

        assertThat(onlyRightAnswers(whole, "cut at " + length)).isTrue();
        Files.write(file, before);
      }
    }
  }

  @Test
  void fileOfAnotherShardOrAnotherRunIsRefused() throws IOException {
    writeRows(400);
    Path other = directory.resolve("other");
    built("run-00000002", 400).write(other);
    Files.copy(
        other.resolve("shard-1"),
        directory.resolve("shard-1"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> LookupIndex.open(directory))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("its header is not that of this shard");

    Files.copy(
        directory.resolve("shard-0"),
        directory.resolve("shard-1"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> LookupIndex.open(directory)).isInstanceOf(DamagedFileException.class);
  }

  @Test
  void indexOfANewerFormatIsRefusedInASentence() throws IOException {
    writeRows(10);
    Path file = directory.resolve(IndexManifest.FILE);
    byte[] newer =
        Files.readString(file)
            .replace("\"format\" : 1", "\"format\" : 2")
            .getBytes(StandardCharsets.UTF_8);
    Files.write(file, newer);
    Files.writeString(
        directory.resolve(IndexManifest.DIGESTS),
        io.paritree.Sha256.hex(newer) + "  " + IndexManifest.FILE + "\n");

    assertThatThrownBy(() -> LookupIndex.open(directory))
        .hasMessageContaining(
            "at /format: got 2, expected a whole number from 1 to 1; a newer version has written it");
  }

  @Test
  void threadThatIsInterruptedDoesNotCloseTheIndexOfOthers() throws Exception {
    writeRows(10);
    try (LookupIndex index = LookupIndex.open(directory)) {
      Thread interrupted =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  found(index, INTEGER, List.of("1"));
                } catch (IOException e) {
                  // this thread's own
                }
              });
      interrupted.start();
      interrupted.join();

      assertThat(found(index, INTEGER, List.of("1"))).startsWith("[1.0");
    }
  }

  @Test
  void rowOfAnIntegerAndAScoreTakesAtMost32Bytes() throws IOException {
    int rows = 100_000;
    BuiltIndex built = new BuiltIndex("", "run-00000000", INTEGER, 1, 1);
    for (int row = 0; row < rows; row++) {
      built.add(List.of(String.valueOf(row)), "", row);
    }

    long bytes = built.write(directory).shards().get(0).bytes();

    assertThat((double) bytes / rows).isBetween(12.0, 16.0);
  }

  private List<Path> writeRows(int rows) throws IOException {
    built("run-00000001", rows).write(directory);
    return List.of(
        directory.resolve("shard-0"),
        directory.resolve("shard-1"),
        directory.resolve(IndexManifest.FILE),
        directory.resolve(IndexManifest.DIGESTS));
  }

  private static BuiltIndex built(String run, int rows) {
    BuiltIndex built = new BuiltIndex("", run, INTEGER, 1, 2);
    for (int row = 0; row < rows; row++) {
      built.add(List.of(String.valueOf(row)), row % 2 == 0 ? ",\"label\":\"late\"" : "", row);
    }

    return built;
  }

  private Map<String, String> answers(int keys) throws IOException {
    Map<String, String> answers = new HashMap<>();
    try (LookupIndex index = LookupIndex.open(directory)) {
      for (int key = 0; key < keys; key++) {
        String text = String.valueOf(key);
        answers.put(text, found(index, INTEGER, List.of(text)));
      }
    }

    return answers;
  }

  /** Returns whether opening or a look-up has found that the index is damaged. */
  private boolean onlyRightAnswers(Map<String, String> whole, String where) throws IOException {
    try (LookupIndex index = LookupIndex.open(directory)) {
      return !isRight(index, whole, where);
    } catch (DamagedFileException e) {
      return true;
    }
  }

  private static boolean isRight(LookupIndex index, Map<String, String> whole, String where)
      throws IOException {
    List<String> damaged = new ArrayList<>();
    for (Map.Entry<String, String> entry : whole.entrySet()) {
      try {
        String found = found(index, INTEGER, List.of(entry.getKey()));
        if (!found.equals(entry.getValue())) {
          fail(
              "%s: got %s under key %s, expected %s"
                  .formatted(where, found, entry.getKey(), entry.getValue()));
        }
      } catch (DamagedFileException e) {
        damaged.add(entry.getKey());
      }
    }

    return damaged.isEmpty();
  }
}
