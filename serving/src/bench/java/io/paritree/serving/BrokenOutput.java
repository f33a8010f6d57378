package io.paritree.serving;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.ShardLayout;
import io.paritree.output.PartitionManifest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A way to break an output of stored scores, as a hostile or failing publisher might. */
enum BrokenOutput {
  LARGE_FILE,
  LINK_TO_DEVICE,
  PIPE,
  DIRECTORY,
  BLANKS,
  CUT,
  FLIPPED,
  REMOVED,
  WRONG_DIGESTS,
  OTHER_INDEX,
  DEEP_JSON,
  WRONG_TEXT,
  LIES,
  SEALED_LIES,
  LINK_CIRCLES,
  MANY_PARTITIONS,
  ODD_NAMES,
  NO_PERMISSION,
  LARGE_LOG,
  BROKEN_LOG,
  GROWING,
  VANISHING;

  private static final long LARGE = 3L << 30;
  private static final List<String> ODD =
      List.of(
          "day=%2F..%2F..",
          "day=%ZZ",
          "day=a\nb",
          "day=\t",
          "day=😀",
          "day=%00",
          "day=" + "x".repeat(250),
          "day=%F0%9F",
          "day=__HIVE_DEFAULT_PARTITION__",
          "day==",
          "day=99999999999999999999999999",
          "%64ay=2026-11-24",
          "=x",
          "day=..",
          "other=1");

  /** What goes on until the output is mended. */
  interface Meddling extends AutoCloseable {
    /** Returns what is broken. */
    String what();

    @Override
    default void close() {}
  }

  /** Returns whether each look finds the same, and can read the output. */
  boolean isSteady() {
    return switch (this) {
      case GROWING, VANISHING, NO_PERMISSION, REMOVED -> false;
      case LINK_CIRCLES, MANY_PARTITIONS, LARGE_LOG, BROKEN_LOG -> false;
      default -> true;
    };
  }

  /** Returns whether a partition may be as if it were deleted. */
  boolean isDeletion() {
    return this == VANISHING || this == REMOVED || this == BROKEN_LOG || this == LARGE_LOG;
  }

  Meddling breakOne(ServedOutputs outputs, Random random) throws Exception {
    switch (this) {
      case LINK_CIRCLES -> {
        return said(circles(outputs, random));
      }
      case MANY_PARTITIONS -> {
        return said(many(outputs, random));
      }
      case ODD_NAMES -> {
        return said(odd(outputs, random));
      }
      case LARGE_LOG, BROKEN_LOG -> {
        return said(new BrokenLog(outputs, random).broken(this));
      }
      case SEALED_LIES -> {
        return said(sealed(outputs, random));
      }
      case GROWING, VANISHING -> {
        return meddle(outputs, random);
      }
      case OTHER_INDEX -> {
        Path index = outputs.loans().index(ServedOutputs.DAY);
        Path other = outputs.loans().index("day=2026-11-23");
        String file = any(random, IndexManifest.FILE, IndexManifest.DIGESTS, "shard-0", "shard-1");
        Files.copy(other.resolve(file), index.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        return said(file);
      }
      default -> {
        Path file = file(outputs, random);
        one(file, random);
        return said(outputs.data().relativize(file));
      }
    }
  }

  private static Meddling said(Object what) {
    return what::toString;
  }

  static String any(Random random, String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  /** Returns a file that the server reads. */
  private static Path file(ServedOutputs outputs, Random random) throws IOException {
    Path index = outputs.loans().index(ServedOutputs.DAY);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(outputs.data())) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    }

    for (int more = 0; more < 3; more++) { // those that matter most
      files.add(outputs.loans().path().resolve(ServedOutputs.DAY).resolve(PartitionManifest.FILE));
      files.add(index.resolve(IndexManifest.FILE));
      files.add(index.resolve(IndexManifest.DIGESTS));
      files.add(index.resolve("shard-" + random.nextInt(2)));
      files.add(outputs.table().resolve("_delta_log").resolve(ServedOutputs.commit(2)));
    }

    return files.get(random.nextInt(files.size()));
  }

  private void one(Path file, Random random) throws Exception {
    byte[] content = Files.readAllBytes(file);
    int at = content.length == 0 ? 0 : random.nextInt(content.length);
    switch (this) {
      case LARGE_FILE -> large(file);
      case LINK_TO_DEVICE -> {
        Files.delete(file);
        Files.createSymbolicLink(
            file, Path.of(any(random, "/dev/zero", "/dev/random", "/dev/full", "/dev/tty")));
      }
      case PIPE -> {
        Files.delete(file);
        new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
      }
      case DIRECTORY -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
      case BLANKS -> {
        byte[] blanks = new byte[1 << 20];
        Arrays.fill(blanks, (byte) ' ');
        int mebibytes = 1 + random.nextInt(80);
        for (int count = 0; count < mebibytes; count++) {
          Files.write(file, blanks, StandardOpenOption.APPEND);
        }
      }
      case CUT -> Files.write(file, Arrays.copyOf(content, at));
      case FLIPPED -> {
        for (int flips = 1 + random.nextInt(4); flips > 0 && content.length > 0; flips--) {
          content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        }

        Files.write(file, content);
      }
      case REMOVED -> Files.delete(file);
      case WRONG_DIGESTS -> {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String other = text.replaceAll("[0-9a-f]{8}", "%08x".formatted(random.nextInt()));
        Files.writeString(file, other, StandardCharsets.ISO_8859_1);
      }
      case DEEP_JSON -> {
        String open = any(random, "[", "{\"a\":", "[{\"a\":");
        String start = any(random, "", "{\"x\":", "{\"files\":", "{\"runs\":", "{\"add\":");
        Files.writeString(file, start + open.repeat(1 << 8 + random.nextInt(11)));
      }
      case WRONG_TEXT -> {
        for (int count = 0; count < 5 && content.length > 0; count++) {
          content[random.nextInt(content.length)] = (byte) (0x80 + random.nextInt(128));
        }

        Files.write(file, content);
      }
      case LIES -> {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String number =
            any(random, "0", "-1", "9223372036854775807", "1e400", "4611686018427387904");
        String name =
            any(random, "../../x", "", "/etc/passwd", ".", "a/b", "x".repeat(300), "\\u0000");
        String lied =
            random.nextBoolean()
                ? text.replaceAll("(: ?)[0-9]+", "$1" + number)
                : text.replaceAll(
                    "(\"(directory|identity|name|file|partition|run)\" ?: ?)\"[^\"]*\"",
                    "$1\"" + name.replace("\\", "\\\\\\\\") + "\"");
        Files.writeString(file, lied, StandardCharsets.ISO_8859_1);
      }
      case NO_PERMISSION ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
      default -> throw new IllegalStateException(name());
    }
  }

  /** Changes a number of an index, and all checksums and digests with it, which have no secret. */
  private static String sealed(ServedOutputs outputs, Random random) throws IOException {
    Path index = outputs.loans().index(ServedOutputs.DAY);
    IndexManifest manifest = LookupIndex.manifest(index);
    Path file = index.resolve(IndexManifest.FILE);
    String json = Files.readString(file);
    String digests = Files.readString(index.resolve(IndexManifest.DIGESTS));
    String before = Sha256.hex(json.getBytes(StandardCharsets.UTF_8));
    String what = IndexManifest.FILE;
    if (random.nextBoolean()) {
      String name = any(random, "scale", "bytes", "rows", "format", "mean", "repeated_keys");
      String number = any(random, "0", "39", "400000000", "4294967297", "9223372036854775807");
      what += " " + name + " " + number;
      json = json.replaceAll("(\"" + name + "\" ?: ?)[0-9]+", "$1" + number);
    } else {
      int number = random.nextInt(manifest.shards().size());
      what = manifest.shards().get(number).name();
      byte[] content = Files.readAllBytes(index.resolve(what));
      ByteBuffer shard = ByteBuffer.wrap(content);
      switch (random.nextInt(3)) {
        case 0 -> shard.putInt(24, random.nextInt());
        case 1 -> shard.putLong(28, random.nextLong());
        default -> shard.putLong(36, random.nextLong());
      }

      long seal = IndexManifest.seal(manifest.directory(), manifest.partition(), number);
      int end = ShardLayout.HEADER - ShardLayout.CRC;
      shard.putInt(end, ShardLayout.checksum(seal, 0, ByteBuffer.wrap(content, 0, end)));
      Files.write(index.resolve(what), content);
      String old = manifest.shards().get(number).sha256();
      json = json.replace(old, Sha256.hex(content));
      digests = digests.replace(old, Sha256.hex(content));
    }

    Files.writeString(file, json);
    String after = Sha256.hex(json.getBytes(StandardCharsets.UTF_8));
    Files.writeString(index.resolve(IndexManifest.DIGESTS), digests.replace(before, after));
    return what;
  }

  static Path large(Path file) throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(LARGE); // without blocks on the disk
    }

    return file;
  }

  private static String circles(ServedOutputs outputs, Random random) throws IOException {
    Path output = outputs.path(random);
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      Path link = output.resolve(any(random, "day=", "a=", "zone=") + count);
      Files.createSymbolicLink(
          link, Path.of(any(random, ".", "..", "../..", link.getFileName() + "")));
    }

    return output.getFileName() + " with links";
  }

  private static String many(ServedOutputs outputs, Random random) throws IOException {
    Path output = outputs.loans().path();
    byte[] whole =
        Files.readAllBytes(output.resolve(ServedOutputs.DAY).resolve(PartitionManifest.FILE));
    int count = 1 << 5 + random.nextInt(8);
    int how = random.nextInt(3);
    for (int number = 0; number < count; number++) {
      Path partition = Files.createDirectories(output.resolve("day=3026-" + number));
      if (how > 0) {
        Files.write(
            partition.resolve(PartitionManifest.FILE),
            how == 1 ? whole : "{".getBytes(StandardCharsets.UTF_8));
      }
    }

    return "%s partitions, %s".formatted(count, how);
  }

  private static String odd(ServedOutputs outputs, Random random) throws IOException {
    Path output = outputs.loans().path();
    byte[] whole =
        Files.readAllBytes(output.resolve(ServedOutputs.DAY).resolve(PartitionManifest.FILE));
    List<String> names = new ArrayList<>();
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      String name = ODD.get(random.nextInt(ODD.size()));
      Path partition = Files.createDirectories(output.resolve(name));
      Files.write(partition.resolve(PartitionManifest.FILE), whole);
      names.add(name.substring(0, Math.min(30, name.length())));
    }

    return String.join(" ", names);
  }

  /** Changes files until it is closed. */
  private Meddling meddle(ServedOutputs outputs, Random random) throws IOException {
    Path file = file(outputs, random);
    Path partition = outputs.loans().path().resolve(ServedOutputs.DAY);
    Path aside = outputs.data().resolveSibling("aside");
    AtomicBoolean isEnding = new AtomicBoolean();
    CompletableFuture<Void> going =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (!isEnding.get()) {
                  if (this == GROWING) {
                    Files.write(file, new byte[1_000], StandardOpenOption.APPEND);
                  } else {
                    Files.move(partition, aside);
                    Trial.pause(1);
                    Files.move(aside, partition);
                  }

                  Trial.pause(1);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            PublisherTrial::begin);
    return new Meddling() {
      @Override
      public String what() {
        return String.valueOf(
            outputs.data().relativize(BrokenOutput.this == GROWING ? file : partition));
      }

      @Override
      public void close() {
        isEnding.set(true);
        going.join();
      }
    };
  }
}
