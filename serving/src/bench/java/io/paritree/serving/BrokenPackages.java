package io.paritree.serving;

import io.paritree.model.TestPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Versions of a model that were sealed undamaged and then broken, each in one way; without that,
 * each would be put into service.
 */
public final class BrokenPackages {
  private static final String DIGESTS = "paritree.sha256";

  private final TestPackages source;
  private final Path target;
  private final Random random;

  /**
   * @param workshop directory where versions are made, on the target's file system
   * @param target the model's directory in the store that is served
   */
  public BrokenPackages(Path workshop, Path target, Random random) {
    this.source = new TestPackages(workshop);
    this.target = target;
    this.random = random;
  }

  /** A way to break a package. */
  public enum Harm {
    /** A file ends too early. */
    CUT,
    /** One bit of a file is flipped. */
    FLIPPED,
    /** A golden row has another margin; all digests are right. */
    GOLDEN_WRONG,
    /** A file is missing. */
    MISSING,
    /**
     * The first files by name exist, or none; the last of them is cut, and the digests are missing,
     * as in an unfinished copy.
     */
    HALF_COPIED
  }

  /** Makes an undamaged version, to be offered. */
  public void make(long version) {
    source.binary(version, 100);
  }

  /** Makes a broken version, to be offered. */
  public void make(long version, Harm harm) throws IOException {
    breakIt(source.binary(version, 100), harm);
  }

  /** Puts a version that was made into the store. */
  public void offer(long version) throws IOException {
    String name = String.valueOf(version);
    Files.move(source.store().resolve(TestPackages.BINARY).resolve(name), target.resolve(name));
  }

  private void breakIt(Path directory, Harm harm) throws IOException {
    List<Path> files = files(directory);
    Path victim = files.get(random.nextInt(files.size()));
    switch (harm) {
      case CUT -> cut(victim);
      case FLIPPED -> {
        byte[] bytes = Files.readAllBytes(victim);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(victim, bytes);
      }
      case MISSING -> Files.delete(victim);
      case GOLDEN_WRONG -> {
        changeMargin(directory.resolve("golden.jsonl"));
        TestPackages.digestAnew(directory);
      }
      case HALF_COPIED -> {
        Files.delete(directory.resolve(DIGESTS)); // a copy in the order of names brings it last
        files.remove(directory.resolve(DIGESTS));
        int copied = random.nextInt(files.size() + 1);
        for (Path file : files.subList(copied, files.size())) {
          Files.delete(file);
        }

        if (copied > 0) {
          cut(files.get(copied - 1));
        }
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      return new ArrayList<>(listed.sorted().toList());
    }
  }

  private void cut(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
  }

  /** Changes the last bit of the first margin of one row. */
  private void changeMargin(Path golden) throws IOException {
    List<String> rows = Files.readAllLines(golden, StandardCharsets.UTF_8);
    int row = random.nextInt(rows.size());
    String text = rows.get(row);
    int digit = text.indexOf("\"margins\":[\"") + "\"margins\":[\"".length() + 7;
    char changed = Character.forDigit(Character.digit(text.charAt(digit), 16) ^ 1, 16);
    rows.set(row, text.substring(0, digit) + changed + text.substring(digit + 1));
    Files.writeString(golden, String.join("\n", rows) + "\n");
  }
}
