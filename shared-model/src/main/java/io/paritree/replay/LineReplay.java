package io.paritree.replay;

import io.paritree.Fault;
import io.paritree.model.RecordedModels;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Scores a part of the lines again, and counts what it finds. Not thread-safe. */
final class LineReplay {
  /** The message of a line that is read as a document of its own. */
  private static final Pattern MESSAGE =
      Pattern.compile("^Cannot read the JSON document: (.*), at line 1, (column [0-9]+)$");

  private final ReplayedModels models;
  private final Map<RecordedModels.Recorded, Version> versions = new HashMap<>();
  private final List<Unreadable> firstUnreadable = new ArrayList<>();
  private long unreadable;
  private long cut;

  /**
   * The lines of a version.
   *
   * @param lines scores them; null if the model is not there
   * @param tally of {@code lines}, or of its own
   */
  record Version(RecordedModels.Found found, ModelReplay lines, ReplayTally tally) {

    /** Returns this with the lines of another part, which are added. */
    Version with(Version other) {
      tally.add(other.tally);
      return this;
    }
  }

  /** A line that cannot be read. */
  record Unreadable(LinePlace at, String why) {
    String text() {
      return "%s line %s: %s".formatted(Fault.printableLine(at.path()), at.line(), why);
    }
  }

  LineReplay(ReplayedModels models) {
    this.models = models;
  }

  Map<RecordedModels.Recorded, Version> versions() {
    return versions;
  }

  /** Returns how many lines are none of a prediction log. */
  long unreadable() {
    return unreadable;
  }

  /** Returns how many of them are the last of their file, without a line feed. */
  long cut() {
    return cut;
  }

  List<Unreadable> firstUnreadable() {
    return firstUnreadable;
  }

  /** Scores lines again, in their order. */
  void read(List<LoggedLine> lines) throws IOException {
    for (LoggedLine line : lines) {
      if (!line.isBlank()) {
        read(line);
      }
    }

    for (Version version : versions.values()) {
      if (version.lines() != null) {
        version.lines().flush();
      }
    }
  }

  private void read(LoggedLine line) throws IOException {
    LinePlace at = line.place("", "");
    try {
      LineOutline outline;
      try (JsonDocument json = JsonDocument.of(line.bytes(), 0, line.bytes().length)) {
        outline = LineOutline.of(json);
      }

      at = line.place(outline.requestId(), outline.row());
      Version version = version(outline.model());
      if (version.lines() != null) {
        try (JsonDocument json = JsonDocument.of(line.bytes(), 0, line.bytes().length)) {
          if (outline.isRefused()) {
            version.lines().addRefused(json, at);
          } else {
            version.lines().add(json, at);
          }
        }
      } else if (version.found() instanceof RecordedModels.Found.Missing missing) {
        version.tally().addMissing(missing.reason(), 1);
      } else if (version.found() instanceof RecordedModels.Found.Replaced replaced) {
        version.tally().addReplaced(replaced.difference());
      }
    } catch (MalformedJsonException e) {
      unreadable++;
      cut += line.isCut() ? 1 : 0;
      firstUnreadable.add(
          new Unreadable(at, MESSAGE.matcher(e.getMessage()).replaceFirst("$1, at $2")));
      firstUnreadable.sort(Comparator.comparing(Unreadable::at));
      if (firstUnreadable.size() > ReplayTally.MOST_NAMED) {
        firstUnreadable.remove(ReplayTally.MOST_NAMED);
      }
    }
  }

  private Version version(RecordedModels.Recorded model) throws IOException {
    Version known = versions.get(model);
    if (known == null) {
      known = open(models.find(model));
      versions.put(model, known);
    }

    return known;
  }

  private Version open(RecordedModels.Found found) {
    if (!(found instanceof RecordedModels.Found.Same same)) {
      return new Version(found, null, new ReplayTally());
    }

    ModelReplay lines = new ModelReplay(same.model());
    return new Version(found, lines, lines.tally());
  }
}
