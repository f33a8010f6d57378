package io.paritree.serving.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.serving.LoggedErrors;
import io.paritree.serving.answer.JsonBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log is bounded, rotated and private, and its failures affect nothing else. */
class LineWriterTest {
  private static final byte[] LINE = "{\"line\":\"0123456789\"}\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  private record Same(int count) implements LogLines {
    @Override
    public void write(int index, JsonBytes out) {
      out.raw(LINE);
    }
  }

  private static void add(LineWriter writer, int count) {
    writer.add(count, (long) count * LINE.length, () -> new Same(count));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void closingWritesAllThatWaits() throws Exception {
    Path file = directory.resolve("log");
    try (LineWriter writer = new LineWriter("log", new LogFile(file), 1 << 20)) {
      for (int add = 0; add < 100; add++) {
        add(writer, 37);
      }
    }

    assertThat(lines(file)).hasSize(3_700).allMatch("{\"line\":\"0123456789\"}"::equals);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void blockedTargetHoldsNobodyAndTheLinesThatDoNotFitAreCounted() {
    CountDownLatch blocked = new CountDownLatch(1);
    LogTarget stuck =
        new LogTarget() {
          @Override
          public void write(byte[] lines, int length) {
            try {
              blocked.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public void close() {}
        };
    long begin = System.nanoTime();
    LineWriter writer = new LineWriter("log", stuck, 100_000);
    for (int add = 0; add < 100_000; add++) {
      add(writer, 1);
    }

    writer.close();
    assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(10));
    assertThat(writer.dropped()).isBetween(50_000L, 100_000L);
    blocked.countDown();
  }

  @Test
  void fullDiskIsLoggedOnceAndCounted() throws Exception {
    try (LoggedErrors log = LoggedErrors.fromWarn()) {
      LineWriter writer = new LineWriter("log", new LogFile(Path.of("/dev/full")), 1 << 20);
      for (int add = 0; add < 3; add++) {
        long before = writer.dropped();
        add(writer, 100);
        await(() -> writer.dropped() == before + 100);
      }

      assertThat(writer.isFailing()).isTrue();
      writer.close();
      assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("No space left"));
    }
  }

  @Test
  void lineThatAFullDiskHasCutTakesNoOtherWithIt() throws Exception {
    Path file = directory.resolve("out");
    try (Filling disk = new Filling(file, 10 * LINE.length + 5)) {
      StandardOutput target = new StandardOutput(disk);
      try (LineWriter writer = new LineWriter("log", target, 1 << 20)) {
        add(writer, 100);
        await(writer::isFailing);
        assertThat(writer.dropped()).isEqualTo(90);
      }

      assertThatThrownBy(() -> target.write(LINE, LINE.length)).hasMessage("No space left");
      disk.free += 1 << 10;
      target.write(LINE, LINE.length);
      target.write(LINE, LINE.length);
    }

    assertThat(lines(file)).hasSize(13).filteredOn("{\"line\":\"0123456789\"}"::equals).hasSize(12);
  }

  /** A file on a disk that takes only a given number of bytes. */
  private static final class Filling implements WritableByteChannel {
    private final FileChannel file;
    private long free;

    Filling(Path file, long free) throws IOException {
      this.file = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      this.free = free;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      if (free == 0) {
        throw new IOException("No space left");
      }

      int length = (int) Math.min(free, bytes.remaining());
      int written = file.write(bytes.slice().limit(length));
      bytes.position(bytes.position() + written);
      free -= written;
      return written;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  @Test
  void vanishedDirectoryIsSurvivedAndTheLogComesBackWithIt() throws Exception {
    Path logs = Files.createDirectory(directory.resolve("logs"));
    Path file = logs.resolve("log");
    try (LineWriter writer = new LineWriter("log", new LogFile(file), 1 << 20)) {
      add(writer, 1);
      await(() -> lines(file).size() == 1);
      Files.delete(file);
      Files.delete(logs);
      add(writer, 2);
      await(() -> writer.dropped() == 2);
      assertThat(writer.isFailing()).isTrue();

      Files.createDirectory(logs);
      await(
          () -> {
            add(writer, 1);
            return !writer.isFailing();
          });
      assertThat(lines(file)).isNotEmpty();
    }
  }

  @Test
  void renamedFileIsMadeAgain() throws Exception {
    Path file = directory.resolve("log");
    Path old = directory.resolve("log.1");
    try (LineWriter writer = new LineWriter("log", new LogFile(file), 1 << 20)) {
      add(writer, 1);
      await(() -> lines(file).size() == 1);
      Files.move(file, old);
      add(writer, 2);
      await(() -> lines(file).size() == 2);
      assertThat(lines(old)).hasSize(1);
      assertThat(writer.dropped()).isZero();
    }
  }

  @Test
  void whatCannotBeOpenedIsRefusedAtOnce() throws Exception {
    assertThatThrownBy(() -> new LogFile(directory.resolve("absent/log")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no such directory");
    assertThatThrownBy(() -> new LogFile(directory)).isInstanceOf(IOException.class);
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> new LogFile(pipe))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("named pipe");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private RotatedFile rotated(int maxLines, int maxTotalLines) throws IOException {
    long line = LINE.length;
    return new RotatedFile(
        directory.resolve("log"), maxLines * line, maxTotalLines * line, Duration.ofDays(3));
  }

  @Test
  void largeFilesAreSetAsideAndAllTogetherStayWithinTheirLimit() throws Exception {
    Path foreign = Files.createFile(directory.resolve("log.20261125T0304-notes"));
    Path earlier = Files.write(directory.resolve("log.20261125T030405123Z"), LINE);
    try (RotatedFile log = rotated(10, 35)) {
      for (int line = 0; line < 200; line++) {
        log.write(LINE, LINE.length);
        long bytes = 0;
        for (Path file : files()) {
          assertThat(Files.size(file)).isLessThanOrEqualTo(10L * LINE.length);
          bytes += Files.size(file);
        }

        assertThat(bytes).isLessThanOrEqualTo(35L * LINE.length);
      }
    }

    assertThat(files()).contains(foreign).doesNotContain(earlier).hasSize(4);
    for (Path file : files()) {
      assertThat(lines(file)).allMatch("{\"line\":\"0123456789\"}"::equals);
      if (!file.equals(foreign)) {
        assertThat(file.getFileName().toString()).matches("log(\\.[0-9]{8}T[0-9]{9}Z-[0-9]+)?");
        assertThat(Files.getPosixFilePermissions(file))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      }
    }
  }

  @Test
  void aFullFileThatCannotBeRenamedIsRefusedAgainAndAgainAndGetsNoLines() throws Exception {
    Path file = directory.resolve("l".repeat(250)); // no room for a time in a name of 255
    int length = LINE.length;
    try (RotatedFile log = new RotatedFile(file, length, 10L * length, Duration.ofDays(3))) {
      log.write(LINE, length);
      for (int attempt = 0; attempt < 3; attempt++) {
        assertThatThrownBy(() -> log.write(LINE, length))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("it cannot be renamed");
      }
    }

    assertThat(lines(file)).hasSize(1);
  }

  @Test
  void fileOfADayThatIsOverTakesLinesUntilItIsFullIfItCannotBeRenamed() throws Exception {
    Path file = directory.resolve("l".repeat(250)); // no room for a time in a name of 255
    Files.write(file, LINE);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    int length = LINE.length;
    try (RotatedFile log = new RotatedFile(file, 2 * length, 10L * length, Duration.ofDays(3))) {
      assertThatThrownBy(log::tend).hasMessageContaining("it cannot be renamed");
      log.write(LINE, length);
      assertThat(lines(file)).hasSize(2);
      assertThatThrownBy(() -> log.write(LINE, length))
          .hasMessageContaining("it cannot be renamed");
    }
  }

  @Test
  void fileOfADayThatIsOverIsSetAsideAndAnOldOneIsDeleted() throws Exception {
    Path file = directory.resolve("log");
    Path old = directory.resolve("log.20200101T000000000Z");
    for (Path each : new Path[] {file, old}) {
      Files.write(each, LINE);
      Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-r--r--"));
    }

    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(4))));
    try (RotatedFile log = rotated(100, 1_000)) {
      assertThat(Files.exists(old)).isFalse();
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      log.tend();
      assertThat(lines(file)).isEmpty();
      assertThat(files()).hasSize(2);
      log.tend();
      assertThat(files()).hasSize(2);
      log.write(LINE, LINE.length);
      assertThat(lines(file)).hasSize(1);
    }
  }
}
