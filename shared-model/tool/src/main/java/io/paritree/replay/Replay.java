package io.paritree.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.model.RecordedModels;
import io.paritree.model.rows.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server has answered, scored again: the result.
 *
 * @param startedAt when it began
 * @param seconds how long it took
 * @param files that were read
 * @param versions whose lines they have, in the order of their names
 * @param unreadable how many lines are none of a prediction log
 * @param firstUnreadable some of these, each with its place and what is wrong
 */
public record Replay(
    Instant startedAt,
    double seconds,
    List<LoggedFile.Read> files,
    List<ReplayedVersion> versions,
    long unreadable,
    List<String> firstUnreadable) {
  private static final int FORMAT = 2;
  private static final double MILLIS = 1_000;

  /** A log of which a larger share cannot be read is refused. */
  private static final double MOST_UNREADABLE = 0.01;

  /**
   * Scores the lines of a log again.
   *
   * @param logs its files, in order, each once
   * @param stores where the models are that the lines name: stores, packages or model files
   * @throws InputException if a file cannot be read, or is none of a prediction log
   */
  public static Replay of(List<Path> logs, List<String> stores) throws InputException, IOException {
    Instant startedAt = Instant.now();
    ReplayedModels models = new ReplayedModels(stores);
    Tally tally = new Tally();
    List<LoggedFile.Read> files = new ArrayList<>();
    for (Path log : logs) {
      files.add(read(log, models, tally));
    }

    double seconds = Duration.between(startedAt, Instant.now()).toMillis() / MILLIS;
    List<ReplayedVersion> versions = List.copyOf(tally.versions.values());
    Replay replay =
        new Replay(startedAt, seconds, files, versions, tally.unreadable, tally.firstUnreadable);
    replay.check();
    return replay;
  }

  /** Scores the lines of a file again, some at the same time, and counts them in their order. */
  private static LoggedFile.Read read(Path log, ReplayedModels models, Tally tally)
      throws InputException, IOException {
    try (LoggedFile file = new LoggedFile(log)) {
      for (List<LoggedLine> batch = file.next(); !batch.isEmpty(); batch = file.next()) {
        batch.parallelStream()
            .filter(line -> !line.isBlank())
            .map(models::replay)
            .toList()
            .forEach(tally::add);
      }

      return file.end();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException e) {
      throw new InputException("Cannot read %s: %s".formatted(log, e.getMessage()), e);
    }
  }

  /** Counts lines. */
  private static final class Tally {
    private final Map<RecordedModels.Recorded, ReplayedVersion> versions =
        new TreeMap<>(
            Comparator.comparing(RecordedModels.Recorded::version)
                .thenComparing(RecordedModels.Recorded::digest));
    private final List<String> firstUnreadable = new ArrayList<>();
    private long unreadable;

    void add(ReplayedLine line) {
      if (!(line.result() instanceof LineResult.Unreadable broken)) {
        versions.computeIfAbsent(line.members().model(), ReplayedVersion::new).add(line);
        return;
      }

      unreadable++;
      if (firstUnreadable.size() < ReplayedVersion.MOST_NAMED) {
        firstUnreadable.add("%s: %s".formatted(line.line().place(), broken.why()));
      }
    }
  }

  private void check() throws InputException {
    long lines = lines();
    if (lines == 0) {
      throw new InputException(
          "Cannot replay %s: there is no line in it".formatted(files.get(0).path()));
    }

    boolean isNone = unreadable > MOST_UNREADABLE * lines && unreadable > files.size();
    if (isNone && differing().isEmpty()) {
      throw new InputException(
          "Cannot replay this: %s of %s lines are none of a prediction log, such as %s"
              .formatted(unreadable, lines, firstUnreadable.get(0)));
    }
  }

  /** Returns how many lines were read. */
  public long lines() {
    return unreadable + versions.stream().mapToLong(own -> own.lines()).sum();
  }

  /** Returns the versions whose lines differ. */
  public List<String> differing() {
    return versions.stream()
        .filter(own -> own.verdict() == ReplayedVersion.Verdict.DIFFERS)
        .map(own -> own.name())
        .toList();
  }

  /** Returns what was not scored again: versions, and that lines or files cannot be read. */
  public List<String> unproved() {
    List<String> unproved = new ArrayList<>();
    for (ReplayedVersion own : versions) {
      if (own.incomplete() > 0) {
        unproved.add("%s lines of %s".formatted(own.incomplete(), own.name()));
      }
    }

    if (unreadable > 0) {
      unproved.add("%s lines that cannot be read".formatted(unreadable));
    }

    files.stream()
        .filter(file -> !file.damage().isEmpty())
        .forEach(file -> unproved.add("the rest of " + file.path()));
    return unproved;
  }

  /** Returns the result for the console. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add("Replay of %s lines in %s files".formatted(lines(), files.size()));
    int name = versions.stream().mapToInt(own -> own.name().length()).max().orElse(1);
    int digits =
        versions.stream().mapToInt(own -> String.valueOf(own.lines()).length()).max().orElse(1);
    String form = "  %-" + name + "s  %" + digits + "s  %s";
    for (ReplayedVersion own : versions) {
      lines.add(String.format(Locale.ROOT, form, own.name(), own.lines(), own.text()));
      own.details().forEach(detail -> lines.add("      " + detail));
    }

    if (unreadable > 0) {
      lines.add("  %s lines cannot be read".formatted(unreadable));
      firstUnreadable.forEach(line -> lines.add("      " + line));
    }

    files.stream()
        .filter(file -> !file.damage().isEmpty())
        .forEach(file -> lines.add("  %s: %s".formatted(file.path(), file.damage())));
    return String.join("\n", lines.stream().map(Fault::printableLine).toList()) + "\n";
  }

  /** Returns the evidence: a document that ends with its own digest. */
  public byte[] json() {
    return SealedJson.of(this::write);
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("kind", "replay");
    json.writeStringField("result", result());
    json.writeStringField("started_at", startedAt.toString());
    json.writeNumberField("seconds", seconds);
    json.writeNumberField("lines", lines());
    json.writeNumberField("unreadable", unreadable);
    JsonText.objects(
        json,
        "files",
        files,
        file -> {
          json.writeStringField("path", file.path().toString());
          json.writeNumberField("lines", file.lines());
          json.writeStringField("sha256", file.sha256());
          JsonText.optional(json, "damage", file.damage());
        });
    JsonText.objects(json, "versions", versions, own -> own.write(json));
  }

  private String result() {
    if (!differing().isEmpty()) {
      return ReplayedVersion.Verdict.DIFFERS.word();
    }

    return unproved().isEmpty() ? ReplayedVersion.Verdict.SAME.word() : "not_proved";
  }
}
