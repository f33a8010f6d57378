package io.paritree.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import io.paritree.model.RecordedModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What came of the lines of one version. Not thread-safe. */
final class ReplayedVersion {
  /** So many differences are named. */
  static final int MOST_NAMED = 5;

  private static final int MOST_REASONS = 20;
  private static final String OTHERS = "other things";

  private final RecordedModels.Recorded model;
  private long lines;
  private long same;
  private long differing;
  private long refused;
  private long withRecord;
  private String replaced = "";
  private final Map<String, Long> missing = new TreeMap<>();
  private final List<LineDifference> first = new ArrayList<>();

  /** What is said of all lines of a version. */
  enum Verdict {
    /** All were scored again, with the same bits. */
    SAME("same"),
    /** One of them, or the model, is another one. */
    DIFFERS("differs"),
    /** None differs, but something is missing for one of them. */
    NOT_REPLAYABLE("not replayable");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    /** Returns its stable name in documents. */
    String word() {
      return text.replace(' ', '_');
    }
  }

  ReplayedVersion(RecordedModels.Recorded model) {
    this.model = model;
  }

  /** Counts a line of this version. */
  void add(ReplayedLine line) {
    lines++;
    withRecord += line.members().record().isEmpty() ? 0 : 1;
    if (line.result() instanceof LineResult.Same) {
      same++;
    } else if (line.result() instanceof LineResult.Refused) {
      refused++;
    } else if (line.result() instanceof LineResult.Incomplete incomplete) {
      String what = incomplete.missing();
      boolean isNamed = missing.size() < MOST_REASONS || missing.containsKey(what);
      missing.merge(isNamed ? what : OTHERS, 1L, Long::sum);
    } else {
      differing++;
      if (line.result() instanceof LineResult.Replaced now) {
        replaced = now.difference();
      } else if (line.result() instanceof LineResult.Different different
          && first.size() < MOST_NAMED) {
        first.add(new LineDifference(line.line(), line.members(), different));
      }
    }
  }

  /** Returns the version's name. */
  String name() {
    return model.version();
  }

  long lines() {
    return lines;
  }

  /** Returns how many lines could not be scored again. */
  long incomplete() {
    return missing.values().stream().mapToLong(Long::longValue).sum();
  }

  Verdict verdict() {
    if (differing > 0) {
      return Verdict.DIFFERS;
    }

    return missing.isEmpty() ? Verdict.SAME : Verdict.NOT_REPLAYABLE;
  }

  /** Returns the verdict in a line for people. */
  String text() {
    boolean isOfAll = verdict() == Verdict.SAME || same == 0;
    return isOfAll
        ? verdict().text
        : "%s: %s of %s lines are the same".formatted(verdict().text, same, lines);
  }

  /** Returns what is to be said besides. */
  List<String> details() {
    List<String> details = new ArrayList<>();
    first.forEach(difference -> details.add(difference.text()));
    if (!replaced.isEmpty()) {
      details.add(replaced);
    } else if (differing > first.size()) {
      details.add("... and %s more lines differ".formatted(differing - first.size()));
    }

    missing.forEach((what, count) -> details.add("%s lines lack %s".formatted(count, what)));
    if (refused > 0) {
      details.add("%s lines are of rows that were refused, which have no score".formatted(refused));
    }

    if (model.digest().isEmpty()) {
      details.add("its lines have no digest of the model, as earlier servers wrote none");
    }

    return details;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("version", model.version());
    JsonText.optional(json, "digest", model.digest());
    json.writeStringField("verdict", verdict().word());
    json.writeNumberField("lines", lines);
    json.writeNumberField("same", same);
    json.writeNumberField("differing", differing);
    json.writeNumberField("refused", refused);
    json.writeNumberField("with_record", withRecord);
    JsonText.optional(json, "replaced", replaced);
    JsonText.counts(json, "missing", missing);
    JsonText.objects(json, "differences", first, each -> each.write(json));
  }
}
