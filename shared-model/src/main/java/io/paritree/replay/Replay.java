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
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a server has answered, scored again: the result.
 *
 * @param startedAt when it began
 * @param seconds how long it took
 * @param files that were read
 * @param versions whose lines they have, in the order of their names
 * @param unreadable how many lines are none of a prediction log
 * @param cut how many of these end their file without a line feed
 * @param firstUnreadable some of these
 */
public record Replay(
    Instant startedAt,
    double seconds,
    List<LoggedFile.Read> files,
    List<ReplayedVersion> versions,
    long unreadable,
    long cut,
    List<LineReplay.Unreadable> firstUnreadable) {
  private static final int FORMAT = 1;
  private static final double MILLIS = 1_000;

  /** A log of which a larger share cannot be read is refused. */
  private static final double MOST_UNREADABLE = 0.01;

  public Replay {
    files = List.copyOf(files);
    versions = List.copyOf(versions);
    firstUnreadable = List.copyOf(firstUnreadable);
  }

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
    List<LineReplay> parts =
        Stream.generate(() -> new LineReplay(models))
            .limit(Runtime.getRuntime().availableProcessors())
            .toList();
    List<LoggedFile.Read> files = new ArrayList<>();
    for (Path log : logs) {
      files.add(read(files.size(), log, parts));
    }

    return of(parts, files, startedAt);
  }

  private static LoggedFile.Read read(int file, Path log, List<LineReplay> parts)
      throws InputException, IOException {
    try (LoggedFile logged = new LoggedFile(file, log)) {
      for (List<LoggedLine> batch = logged.next(); !batch.isEmpty(); batch = logged.next()) {
        score(batch, parts);
      }

      return logged.end();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException e) {
      throw new InputException("Cannot read %s: %s".formatted(log, e.getMessage()), e);
    }
  }

  /** Gives each part its share of the lines, at the same time. */
  private static void score(List<LoggedLine> batch, List<LineReplay> parts) {
    int size = batch.size();
    int count = parts.size();
    IntStream.range(0, count)
        .parallel()
        .forEach(
            part -> {
              try {
                parts.get(part).read(batch.subList(size * part / count, size * (part + 1) / count));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private static Replay of(List<LineReplay> parts, List<LoggedFile.Read> files, Instant startedAt)
      throws InputException {
    Map<RecordedModels.Recorded, LineReplay.Version> versions =
        new TreeMap<>(
            Comparator.comparing(RecordedModels.Recorded::version)
                .thenComparing(RecordedModels.Recorded::digest));
    for (LineReplay part : parts) {
      part.versions().forEach((model, own) -> versions.merge(model, own, LineReplay.Version::with));
    }

    Instant endedAt = Instant.now();
    List<ReplayedVersion> replayed = new ArrayList<>();
    versions.forEach((model, own) -> replayed.add(new ReplayedVersion(model, own.tally())));
    Replay replay =
        new Replay(
            startedAt,
            Duration.between(startedAt, endedAt).toMillis() / MILLIS,
            files,
            replayed,
            parts.stream().mapToLong(LineReplay::unreadable).sum(),
            parts.stream().mapToLong(LineReplay::cut).sum(),
            parts.stream()
                .flatMap(part -> part.firstUnreadable().stream())
                .sorted(Comparator.comparing(LineReplay.Unreadable::at))
                .limit(ReplayTally.MOST_NAMED)
                .toList());
    replay.check();
    return replay;
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
              .formatted(unreadable, lines, firstUnreadable.get(0).text()));
    }
  }

  /** Returns how many lines were read. */
  public long lines() {
    return unreadable + versions.stream().mapToLong(own -> own.tally().lines()).sum();
  }

  /** Returns the versions whose lines differ. */
  public List<String> differing() {
    return versions.stream()
        .filter(own -> own.verdict() == ReplayedVersion.Verdict.DIFFERS)
        .map(own -> own.model().version())
        .toList();
  }

  /** Returns what was not scored again: versions, and that lines or files cannot be read. */
  public List<String> unproved() {
    List<String> unproved = new ArrayList<>();
    for (ReplayedVersion own : versions) {
      if (own.tally().incomplete() > 0) {
        unproved.add("%s lines of %s".formatted(own.tally().incomplete(), own.model().version()));
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
    int name = versions.stream().mapToInt(own -> own.model().version().length()).max().orElse(0);
    int count =
        versions.stream()
            .mapToInt(own -> String.valueOf(own.tally().lines()).length())
            .max()
            .orElse(0);
    for (ReplayedVersion own : versions) {
      lines.add(
          "  %s  %s  %s"
              .formatted(
                  own.model().version() + " ".repeat(name - own.model().version().length()),
                  " ".repeat(count - String.valueOf(own.tally().lines()).length())
                      + own.tally().lines(),
                  own.text()));
      own.details().forEach(detail -> lines.add("      " + detail));
    }

    if (unreadable > 0) {
      lines.add(
          "  %s lines cannot be read%s"
              .formatted(
                  unreadable,
                  cut == 0 ? "" : "; %s of them end a file that was cut".formatted(cut)));
      firstUnreadable.forEach(line -> lines.add("      " + line.text()));
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
    json.writeStringField("startedAt", startedAt.toString());
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
