package io.paritree.serving.log;

import ch.qos.logback.core.ContextBase;
import ch.qos.logback.core.rolling.SizeAndTimeBasedFileNamingAndTriggeringPolicy;
import ch.qos.logback.core.rolling.TimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A log file that logback rotates when it is full or a day is over, and whose old files are
 * deleted.
 *
 * <p>A rotated file is named after the log, with the UTC time and a number appended, such as {@code
 * predictions.jsonl.20261125T030405123Z-0}. All files together never have more bytes than
 * configured, and no file is kept longer after its last line than configured. Only the owner can
 * read them. Not thread-safe.
 */
final class RotatedFile implements LogTarget {
  private static final String STAMP = ".%d{yyyyMMdd, UTC}T%d{HHmmssSSS, AUX, UTC}Z-%i";
  private static final String STAMPED = "\\.[0-9]{8}T[0-9]{9}Z(-[0-9]+)?";
  private static final long EXPIRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LogFile current;
  private final File file;
  private final long maxBytes;
  private final long maxTotalBytes;
  private final Duration keep;
  private final Pattern names;
  private final Rotation rotation;
  private boolean isDue;
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
    this.file = current.file().toFile();
    this.maxBytes = maxBytes;
    this.maxTotalBytes = maxTotalBytes;
    this.keep = keep;
    this.names = Pattern.compile(Pattern.quote(this.file.getName()) + STAMPED);
    this.rotation = new Rotation();
    current.restrict();
    expire();
  }

  /** Renames the file. */
  private final class Rotation extends TimeBasedRollingPolicy<Integer> {
    Rotation() {
      setContext(new ContextBase());
      setFileNamePattern(STAMP);
      Trigger trigger = new Trigger();
      trigger.setMaxFileSize(new FileSize(maxBytes + 1)); // is due at this size, not above it
      setTimeBasedFileNamingAndTriggeringPolicy(trigger);
      start();
    }

    @Override
    public String getParentsRawFileProperty() {
      return file.toString();
    }
  }

  /** Says when the file is renamed, given the number of bytes to be written, and to which name. */
  private final class Trigger extends SizeAndTimeBasedFileNamingAndTriggeringPolicy<Integer> {
    @Override
    public boolean isTriggeringEvent(File active, Integer bytes) {
      setDateInCurrentPeriod(getCurrentTime());
      lengthCounter.reset();
      lengthCounter.add(active.length() + bytes);
      return super.isTriggeringEvent(active, bytes);
    }

    @Override
    public String getElapsedPeriodsFileName() {
      return file + super.getElapsedPeriodsFileName();
    }
  }

  @Override
  public void write(byte[] lines, int length) throws IOException {
    rotate(length);
    if (current.bytes() == 0) {
      current.restrict();
    }

    current.write(lines, length);
  }

  @Override
  public void tend() throws IOException {
    rotate(0);
    if (System.nanoTime() - expiredAt > EXPIRY_NANOS) {
      expire();
    }
  }

  /** Renames the file if it is due, and opens the one that has its name. */
  private void rotate(int nextBytes) throws IOException {
    isDue = (rotation.isTriggeringEvent(file, nextBytes) || isDue) && file.length() > 0;
    if (isDue) {
      rotation.rollover();
      isDue = file.length() > 0; // logback does not say that it cannot be renamed
      boolean isFull = file.length() + nextBytes > maxBytes;
      if (isDue && (nextBytes == 0 || isFull)) {
        throw new FileSystemException(file.getPath(), null, "it cannot be renamed");
      } else if (!isDue) {
        expire();
      }
    }

    current.prepare();
  }

  /**
   * Deletes the files that are too old, and the oldest ones until there is room for one full file.
   */
  private void expire() throws IOException {
    expiredAt = System.nanoTime();
    File[] oldestFirst =
        file.getParentFile().listFiles((directory, name) -> names.matcher(name).matches());
    if (oldestFirst == null) {
      throw new FileSystemException(file.getParent(), null, "it cannot be listed");
    }

    Arrays.sort(oldestFirst);
    long total = Arrays.stream(oldestFirst).mapToLong(File::length).sum();
    long limit = System.currentTimeMillis() - keep.toMillis();
    for (File old : oldestFirst) {
      if (total + maxBytes > maxTotalBytes || old.lastModified() < limit) {
        total -= old.length();
        Files.deleteIfExists(old.toPath());
      }
    }
  }

  @Override
  public void close() throws IOException {
    current.close();
  }
}
