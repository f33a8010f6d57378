package io.paritree.serving.log;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A log file that is rotated when it is full or a day is over, and whose old files are deleted.
 *
 * <p>A rotated file is named after the log, with the UTC time appended, such as {@code
 * predictions.jsonl.20261125T030405123Z}. All files together never have more bytes than configured,
 * and no file is kept longer after its last line than configured. Only the owner can read them. Not
 * thread-safe.
 */
final class RotatedFile implements LogTarget {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String STAMPED = "\\.[0-9]{8}T[0-9]{9}Z(-[0-9]+)?";
  private static final long EXPIRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LogFile current;
  private final long maxBytes;
  private final long maxTotalBytes;
  private final Duration keep;
  private final Pattern names;
  private LocalDate day; // of the first line
  private long expiredAt;

  /**
   * Opens the file, and deletes old files that must not be kept.
   *
   * @param maxBytes maximum number of bytes of one file
   * @param maxTotalBytes maximum number of bytes of all files
   * @param keep how long a file is kept after its last line
   * @throws IOException if the file cannot be written, or an old one cannot be deleted
   */
  RotatedFile(Path file, long maxBytes, long maxTotalBytes, Duration keep) throws IOException {
    this.current = new LogFile(file);
    this.maxBytes = maxBytes;
    this.maxTotalBytes = maxTotalBytes;
    this.keep = keep;
    this.names = Pattern.compile(Pattern.quote(file.getFileName().toString()) + STAMPED);
    this.day = utcDay(Files.getLastModifiedTime(current.file()).toInstant());
    current.restrict();
    expire();
  }

  private static LocalDate utcDay(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
  }

  @Override
  public void write(byte[] lines, int length) throws IOException {
    current.prepare();
    if (current.bytes() == 0) {
      begin();
    } else if (current.bytes() + length > maxBytes) {
      rotate();
    }

    current.write(lines, length);
  }

  private void begin() throws IOException {
    day = utcDay(Instant.now());
    current.restrict();
  }

  @Override
  public void tend() throws IOException {
    current.prepare();
    if (current.bytes() > 0 && day.isBefore(utcDay(Instant.now()))) {
      rotate();
    } else if (System.nanoTime() - expiredAt > EXPIRY_NANOS) {
      expire();
    }
  }

  private void rotate() throws IOException {
    String stamped = current.file() + "." + STAMP.format(Instant.now());
    Path aside = Path.of(stamped);
    for (int next = 1; Files.exists(aside); next++) {
      aside = Path.of(stamped + "-" + next);
    }

    Files.move(current.file(), aside);
    current.prepare();
    begin();
    expire();
  }

  /**
   * Deletes the files that are too old, and the oldest ones until there is room for one full file.
   */
  private void expire() throws IOException {
    expiredAt = System.nanoTime();
    List<Path> oldestFirst = aside();
    long total = 0;
    for (Path file : oldestFirst) {
      total += size(file);
    }

    Instant limit = Instant.now().minus(keep);
    for (Path file : oldestFirst) {
      if (total + maxBytes > maxTotalBytes || lastChange(file).isBefore(limit)) {
        total -= size(file);
        Files.deleteIfExists(file);
      }
    }
  }

  private List<Path> aside() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(current.file().getParent())) {
      for (Path file : files) {
        if (names.matcher(file.getFileName().toString()).matches()) {
          found.add(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }

    found.sort(Comparator.comparing(Path::toString));
    return found;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static Instant lastChange(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException e) {
      return Instant.MAX;
    }
  }

  @Override
  public void close() throws IOException {
    current.close();
  }
}
